import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { hold } from '../../routers/hold.ts'
import { rowNamed } from '../../routers/rows.ts'
import { messageOf } from '../../src/base/index.ts'
import type { FaultResult, Result } from '../../src/record/index.ts'
import { ROOT } from '../support/program.ts'

/**
 * Routers that are not gameday's, in the drill that all are compared in, cut down to its server errors: those tell the
 * layouts apart. All are held at the same time, since most of it is waiting. The embedded router is the control of every
 * other long test. `npm run compare` holds the whole drill with all of them.
 */
const home = mkdtempSync(join(tmpdir(), 'gameday-routers-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Stable service, out there and at home again after LiteLLM's cooldown, is a hundred requests in a row each. */
const WHOLE = cutDown('whole', { rate: '10/s', broken: '12500ms', after: '18s' })
/** What fails shows sooner, and with half of the work for the machine. */
const SHORT = cutDown('short', { rate: '4/s', broken: '12s', after: '4s' })

const DRILLED = {
  'litellm-ordered': WHOLE,
  'portkey-fallback': WHOLE,
  'no-router': SHORT,
  'litellm-fallbacks': SHORT,
  'litellm-weights': SHORT,
}
type Id = keyof typeof DRILLED

interface Drilled {
  result: Result | null
  /** Why it could not be installed. */
  missing: string | null
}
const drilled = new Map<Id, Drilled>()

beforeAll(async () => {
  const all = Object.entries(DRILLED) as [Id, string][]
  await Promise.all(all.map(async ([id, drill]) => drilled.set(id, await installAndHold(id, drill))))
}, 400_000)

async function installAndHold(id: Id, drill: string): Promise<Drilled> {
  const row = rowNamed(id)
  try {
    await row.prepare()
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    const missing = messageOf(error)
    process.stderr.write(`SKIPPED: ${id} was not drilled, for it could not be installed: ${missing}\n`)
    return { result: null, missing }
  }
  const { result, forget } = await hold(row, drill)
  forget()
  return { result, missing: null }
}

function cutDown(
  name: string,
  { rate, broken, after }: { rate: string; broken: string; after: string },
): string {
  const document = parseDocument(readFileSync(join(ROOT, 'drills', 'your-router.yaml'), 'utf8'))
  const { agenda } = document.toJS() as { agenda: { name?: string }[] }
  const errors = agenda.findIndex(({ name: phase }) => phase === 'server errors')
  document.set('agenda', [
    ...agenda.filter(({ name: phase }) => phase === undefined),
    { ...agenda[errors], length: broken },
    { ...agenda[errors + 1], length: after },
  ])
  document.setIn(['load', 'rate'], rate)
  document.setIn(['load', 'prompts'], join(ROOT, 'drills', 'prompts.yaml'))
  const file = join(home, `${name}.yaml`)
  writeFileSync(file, document.toString())
  return file
}

/** The one fault of a router's drill, once that has ended as it deserves. */
function faultOf(id: Id, exitCode: number, skip: (why: string) => never): FaultResult {
  const { result, missing } = drilled.get(id)!
  if (missing !== null) skip(missing)
  expect(result?.exitCode, result?.decidedBy).toBe(exitCode)
  expect(result?.load.unmatched).toBe(0)
  expect(result?.faults).toHaveLength(1)
  expect(result?.faults[0]).toMatchObject({
    kind: 'server-error',
    notObservable: { trip: expect.any(String) as unknown },
  })
  return result!.faults[0]!
}

const p95Of = ({ objectives }: FaultResult) => objectives.find(({ id }) => id === 'p95')?.verdict

describe('while the primary answers every request with an error,', () => {
  it('LiteLLM in the layout of the SLO kit holds, and leaves the primary alone', ({ skip }) => {
    const { failedRequests, probes } = faultOf('litellm-ordered', 0, skip)
    expect(failedRequests).toBe(0)
    expect(probes).toBeLessThan(5)
  })

  it('Portkey’s gateway holds, and asks the primary first every time', ({ skip }) => {
    const { failedRequests, probes } = faultOf('portkey-fallback', 0, skip)
    expect(failedRequests).toBe(0)
    expect(probes).toBeGreaterThan(100)
  })

  it('the official client without a router is weak: it retries at the dead primary', ({ skip }) => {
    const { failedRequests, stableMs } = faultOf('no-router', 1, skip)
    // Of 48, but for those whose retries outlive the fault.
    expect(failedRequests).toBeGreaterThan(24)
    expect(stableMs).toBeNull()
  })

  it('LiteLLM’s fallbacks are weak: nobody fails, and everybody waits', ({ skip }) => {
    const fault = faultOf('litellm-fallbacks', 1, skip)
    expect(fault.failedRequests).toBe(0)
    expect(p95Of(fault)).toBe('missed')
  })

  it('LiteLLM’s weights are weak: the retry draws the dead primary again', ({ skip }) => {
    // Its window of a minute began with the first requests before the drill: so many failures first as there are good ones.
    expect(faultOf('litellm-weights', 1, skip).failedRequests).toBeGreaterThan(5)
  })
})
