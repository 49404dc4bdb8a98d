import { EXIT, formatDuration, messageOf } from '../base/index.ts'
import { resolveKeys, resolveRedis, routerAccess } from '../config/index.ts'
import { asker } from '../crew/index.ts'
import { agendaLength } from '../drill/index.ts'
import { beforeOf, checkTemplate, readHistory, type History } from '../report/index.ts'
import { livingRuns, stateFolder } from '../rollback/index.ts'
import { attachStage, stageToken, type AttachedStage } from '../stage/index.ts'
import { deskOfNobody, deskOfPeople } from './assemble.ts'
import { wantsPeople } from './attendance.ts'
import {
  askDrill,
  askLength,
  askPeople,
  callTheRoll,
  sayBriefing,
  sayRetests,
  USUAL_DRILL,
} from './briefing.ts'
import { knownDrills } from './drill-list.ts'
import { refuseWhenFrozen, type RunFlags } from './flags.ts'
import { bypassOf } from './foreign-router.ts'
import { hold, type Meant } from './hold.ts'
import { interruptions, type Interruptions } from './interruptions.ts'
import type { Io } from './io.ts'
import { askLimit, readMaxCost, refuseUnpriced, sayBill } from './money.ts'
import { printError } from './print-error.ts'
import { recoverFirst } from './recover.ts'
import { prepare, type Setup } from './setup.ts'
import { tooFewRequests } from './too-few.ts'

/** Names the drills that can be run, a line each: name, length, and what is rehearsed. */
export async function list(io: Io): Promise<number> {
  const drills = await knownDrills(io)
  const width = Math.max(...drills.map(({ name }) => name.length))
  for (const { name, drill } of drills) {
    const length = formatDuration(agendaLength(drill))
    io.stdout.write(`${name.padEnd(width)}  ${length.padStart(6)}  ${drill.title}\n`)
  }
  return EXIT.ok
}

/** Runs a drill and returns the exit code of its verdict. */
export async function run(name: string | undefined, flags: RunFlags, io: Io): Promise<number> {
  const people = wantsPeople(flags, io)
  const interruption = interruptions(io)
  try {
    const meant = people
      ? await withPeople(name, flags, io, interruption)
      : await withoutPeople(name ?? USUAL_DRILL, flags, io)
    return await hold(meant, io, interruption)
  } catch (error) {
    return printError(error, io)
  } finally {
    interruption.release()
  }
}

async function withoutPeople(name: string, flags: RunFlags, io: Io): Promise<Meant> {
  const setup = await prepare(name, flags, io)
  const maxCostUsd = readMaxCost(flags.maxCost, setup)
  const standing = await check(setup, flags, io)
  warnOfSmallSamples(setup, io)
  sayBill(setup, maxCostUsd, io)
  const before = beforeOf(await pastDrills(flags.out, io), setup.drill.name, io.clock.wall())
  sayRetests(before, io)
  return {
    name,
    flags,
    setup,
    standing,
    people: setup.answers?.crew ?? null,
    attended: false,
    rollCall: [],
    before,
    desk: deskOfNobody(setup, flags, io),
  }
}

/** Asks what is missing and nothing else, says what will happen, and calls the roll. */
async function withPeople(
  name: string | undefined,
  flags: RunFlags,
  io: Io,
  { signal, interrupt }: Interruptions,
): Promise<Meant> {
  const ask = asker({ input: io.stdin, output: io.stderr, signal, onExit: io.onExit })
  const chosen = name ?? (await askDrill(ask, io))
  const first = await prepare(chosen, flags, io, { people: true })
  if (flags.maxCost === undefined) refuseUnpriced(first)
  else readMaxCost(flags.maxCost, first)
  const standing = await check(first, flags, io)
  const history = await pastDrills(flags.out, io)
  const people = await askPeople(
    ask,
    flags,
    history.drills.findLast((past) => past.people !== null)?.people ?? null,
  )
  const sized = await askLength(ask, { ...flags, seed: String(first.seed) }, first)
  const setup = await prepare(chosen, sized, io, { people: true })
  const meant = await askLimit(ask, sized, setup)
  const before = beforeOf(history, setup.drill.name, io.clock.wall(), 'attended')
  sayBriefing(setup, meant, before, io)
  const rollCall = await callTheRoll(ask, people)
  const desk = deskOfPeople(people, meant, io, (why) =>
    interrupt({ by: 'signal', detail: why === 'SIGINT' ? 'SIGINT' : 'the end of the input' }),
  )
  return { name: chosen, flags: meant, setup, standing, people, attended: true, rollCall, before, desk }
}

/** The drills in the reports folder; a drill is held even where they cannot be read. */
async function pastDrills(folder: string, { stderr, env }: Io): Promise<History> {
  try {
    const history = readHistory(folder, await livingRuns(stateFolder(env)))
    for (const { folder: run, why } of history.unreadable)
      stderr.write(`gameday: left out of the comparison: ${run}: ${why}\n`)
    return history
  } catch (error) {
    stderr.write(`gameday: nothing to compare with: ${messageOf(error)}\n`)
    return { drills: [], unreadable: [] }
  }
}

/**
 * Finds out what can be wrong before anything is started, and undoes what an earlier run left behind. Returns the stage
 * that stands already; null where the drill has its own.
 */
async function check(setup: Setup, flags: RunFlags, io: Io): Promise<AttachedStage | null> {
  const { config } = setup
  const { url } = config.stage
  if (url === undefined) resolveKeys(config, io.env)
  resolveRedis(config, io.env)
  routerAccess(config, io.env)
  bypassOf(config, io)
  if (flags.template !== undefined) await checkTemplate(flags.template)
  refuseWhenFrozen(setup, flags.despiteFreeze)
  const standing =
    url === undefined
      ? null
      : await attachStage(
          { url, token: stageToken(stateFolder(io.env), io.env) },
          { providers: config.providers, clock: io.clock },
        )
  await recoverFirst(
    standing === null ? [config.toxiproxy.url] : [standing.url, standing.facts.toxiproxy.url],
    io,
  )
  return standing
}

/** What the sample cannot prove is said before the drill and not half an hour later; people read it in the briefing. */
function warnOfSmallSamples(setup: Setup, { stderr }: Io): void {
  for (const warning of tooFewRequests(setup.drill, setup.planned, setup)) stderr.write(`gameday: ${warning}`)
}
