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
const WHOLE = cutDown('whole', '10/s', ['5s', '1s', '13s', '19s'])
/** What fails shows sooner, and with half of the work for the machine. */
const SHORT = cutDown('short', '4/s', ['8s', '1s', '12s', '4s'])

/** Whatever else this machine has to do, a plain answer may not take the two seconds that LiteLLM's layout waits for one. */
const QUICK = { kind: 'simulated', model: 'gpt-4o-mini', firstToken: { p50: '100ms', p95: '150ms' } }
const PROVIDERS = { primary: { name: 'one', ...QUICK }, secondary: { name: 'two', ...QUICK } }

const DRILLED = {
  'litellm-ordered': WHOLE,
  'portkey-fallback': WHOLE,
  'no-router': SHORT,
  'litellm-fallbacks': SHORT,
  'litellm-weights': SHORT,
}
type Id = keyof typeof DRILLED

/** It could not be installed, and why. */
class Missing extends Error {}

const drilled = new Map<Id, PromiseSettledResult<Result>>()

beforeAll(async () => {
  const ids = Object.keys(DRILLED) as Id[]
  const endings = await Promise.allSettled(ids.map(installAndHold))
  for (const [nth, id] of ids.entries()) drilled.set(id, endings[nth]!)
}, 400_000)

async function installAndHold(id: Id): Promise<Result> {
  const row = rowNamed(id)
  try {
    await row.prepare()
  } catch (error) {
    process.stderr.write(
      `SKIPPED: ${id} was not drilled, for it could not be installed: ${messageOf(error)}\n`,
    )
    throw new Missing(messageOf(error))
  }
  const { result, forget } = await hold(row, DRILLED[id], PROVIDERS)
  forget()
  return result
}

/** Writes the first four phases of the drill, which end with the server errors and what comes after them. */
function cutDown(name: string, rate: string, lengths: readonly string[]): string {
  const document = parseDocument(readFileSync(join(ROOT, 'drills', 'your-router.yaml'), 'utf8'))
  const { agenda } = document.toJS() as { agenda: object[] }
  document.set(
    'agenda',
    lengths.map((length, nth) => ({ ...agenda[nth], length })),
  )
  document.setIn(['load', 'rate'], rate)
  document.setIn(['load', 'prompts'], join(ROOT, 'drills', 'prompts.yaml'))
  const file = join(home, `${name}.yaml`)
  writeFileSync(file, document.toString())
  return file
}

/** The one fault of a router's drill, once that has ended as it deserves. */
function faultOf(id: Id, exitCode: number, skip: (why: string) => never): FaultResult {
  const ending = drilled.get(id)!
  if (ending.status === 'rejected') {
    if (ending.reason instanceof Missing) skip(ending.reason.message)
    throw ending.reason
  }
  const { decidedBy, load, faults, ...result } = ending.value
  expect(result.exitCode, decidedBy).toBe(exitCode)
  expect(load.unmatched).toBe(0)
  expect(faults).toMatchObject([
    { kind: 'server-error', notObservable: { trip: expect.any(String) as unknown } },
  ])
  return faults[0]!
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
