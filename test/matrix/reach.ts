import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Hold, Where } from '../support/matrix-relay.ts'
import { felt, inForce, proxiesOn } from './look.ts'
import { EVIDENCE, type Moment } from './moments.ts'
import { isToHold } from './rows.ts'
import type { Line, Scene } from './scene.ts'
import { comesTrue, within } from './watch.ts'

/** Longest that a drill may take to come to a moment, on a busy machine. */
const REACH_MS = 60_000
const SHOW_MS = 3000

interface Trap {
  where: Where
  /** Whether this is the call; the first one of which it is so is held. */
  match: (call: Call) => boolean
}

const STAYS_MS = 150

/** The drill came past its moment: another call was held in place of the one that was meant. */
export class MomentMissed extends Error {}

/**
 * Brings the drill to its moment and keeps it there until the hold that comes back is released; null where nothing has
 * to be held. Throws `MomentMissed` unless everything shows that it is that moment, and an `Error` if the drill ends
 * before it.
 */
export async function reach(scene: Scene): Promise<Hold | null> {
  const { row, relay, runner } = scene
  const trap = trapFor(scene)
  const hold = trap === null ? null : relay.hold(trap.where, trap.match)
  const came = hold?.reached ?? comesTrue(() => says(scene, EVIDENCE[row.moment].said), REACH_MS)
  const ended = runner.ended.then((exit) => {
    throw new Error(`the drill ended with ${exit} before the moment “${row.moment}”`)
  })
  await within(`the moment “${row.moment}”`, REACH_MS, Promise.race([came, ended]))
  ended.catch(() => undefined) // It ends later, as it is to.
  let problems: string[] = []
  await comesTrue(async () => (problems = await against(scene)).length === 0, SHOW_MS)
  // Were it another call that is held, in place of the one that was meant, the drill would go on by now.
  await sleep(STAYS_MS)
  if (problems.length === 0) problems = await against(scene)
  if (problems.length > 0) throw new MomentMissed(problems.join('; '))
  // It would be taken for a server that does not answer.
  if (isToHold(row) && (hold?.held() ?? 0) > 1) throw new MomentMissed('another call was held beside it')
  return hold
}

const isBreak = (line: Line) => line.type === 'phase.started' && line['kind'] === 'break'
const says = (scene: Scene, type: string) => scene.lines('journal').some((line) => line.type === type)

/**
 * Which call to hold. The drill also looks at the primary's proxy once a second, with the same call as the plan's and
 * the proof's, so these are told apart by what the journal says: each is among the first after its line.
 */
function trapFor(scene: Scene): Trap | null {
  const path = () => `/proxies/${scene.primary()}`
  const enables = (call: Call, enabled: boolean) =>
    ['POST', 'PATCH'].includes(call.method) &&
    call.path === path() &&
    new RegExp(`"enabled":\\s*${enabled}`).test(call.body)
  const reads = ({ method, path: of }: Call) =>
    method === 'GET' && (of === path() || of.startsWith(`${path()}/`))
  const applies = (call: Call) =>
    enables(call, false) || (call.method === 'POST' && call.path === `${path()}/toxics`)
  const reverts = (call: Call) =>
    enables(call, true) || (call.method === 'DELETE' && call.path.startsWith(`${path()}/toxics/`))

  const traps: Record<Moment, Trap | null> = {
    'before the record': {
      where: 'before it is forwarded',
      match: (call) => reads(call) && scene.lines('journal').some(isBreak),
    },
    'between record and apply': { where: 'before it is forwarded', match: applies },
    'during apply': { where: 'before its answer is handed on', match: applies },
    'fault in force': null,
    'during revert': { where: 'before it is forwarded', match: reverts },
    'between revert and proof': {
      where: 'before it is forwarded',
      match: (call) => reads(call) && says(scene, 'fault.reverted'),
    },
  }
  return traps[scene.row.moment]
}

/** What speaks against the moment being now. */
async function against(scene: Scene): Promise<string[]> {
  const { row, server } = scene
  const expected = EVIDENCE[row.moment]
  const problems: string[] = []
  const check = (what: string, found: boolean, wanted: boolean) => {
    if (found !== wanted) problems.push(`not the moment: ${what} is ${found}, not ${wanted}`)
  }
  const records = scene.records()
  check(
    'the fault’s record on disk',
    records.some((name) => name.includes('-f0')),
    expected.record,
  )
  check(
    'the records of the proxies on disk',
    records.filter((name) => !name.includes('-f0')).length >= 2,
    true,
  )
  check(`“${expected.said}” in the journal`, says(scene, expected.said), true)
  check(`“${expected.unsaid}” in the journal`, says(scene, expected.unsaid), false)
  const proxy = (await proxiesOn(server.url)).find(({ name }) => name === scene.primary())
  check('the primary’s proxy on the server', proxy !== undefined, true)
  check('the fault on the server', inForce(row, proxy), expected.inForce)
  if (proxy !== undefined && problems.length === 0)
    check('the fault felt by a request', await felt(row, proxy, expected.inForce), expected.inForce)
  return problems
}
