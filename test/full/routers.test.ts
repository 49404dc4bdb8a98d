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
 * Routers that are not gameday's, in the drill that all are compared in, cut down to some seconds of its server errors:
 * those tell the layouts apart. It is too short to say that one holds, since each clock takes a hundred requests, and too
 * slow to be in the way of other drills on two cores: `npm run compare` holds all of it, one router at a time, and keeps
 * the runs. The embedded router is what every other long test drills.
 */
const home = mkdtempSync(join(tmpdir(), 'gameday-routers-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const DRILL = cutDown('4/s', ['8s', '1s', '10s', '3s'])
/** Whatever else this machine has to do, a plain answer may not take the two seconds that LiteLLM's layout waits for one. */
const QUICK = { kind: 'simulated', model: 'gpt-4o-mini', firstToken: { p50: '100ms', p95: '150ms' } }
const PROVIDERS = { primary: { name: 'one', ...QUICK }, secondary: { name: 'two', ...QUICK } }

const IDS = [
  'litellm-ordered',
  'litellm-fallbacks',
  'litellm-weights',
  'portkey-fallback',
  'no-router',
] as const
type Id = (typeof IDS)[number]

/** It could not be installed, and why. */
class Missing extends Error {}

const drilled = new Map<Id, PromiseSettledResult<Result>>()

beforeAll(async () => {
  const endings = await Promise.allSettled(IDS.map(installAndHold))
  for (const [nth, id] of IDS.entries()) drilled.set(id, endings[nth]!)
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
  const { result, forget } = await hold(row, DRILL, PROVIDERS)
  forget()
  return result
}

/** Writes the first four phases of the drill, which end with the server errors and what comes after them. */
function cutDown(rate: string, lengths: readonly string[]): string {
  const document = parseDocument(readFileSync(join(ROOT, 'drills', 'your-router.yaml'), 'utf8'))
  const { agenda } = document.toJS() as { agenda: object[] }
  document.set(
    'agenda',
    lengths.map((length, nth) => ({ ...agenda[nth], length })),
  )
  document.setIn(['load', 'rate'], rate)
  document.setIn(['load', 'prompts'], join(ROOT, 'drills', 'prompts.yaml'))
  const file = join(home, 'server-errors.yaml')
  writeFileSync(file, document.toString())
  return file
}

/** The one fault of a router's drill, once that has ended as it deserves. */
function faultOf(id: Id, verdict: Result['verdict'], skip: (why: string) => never): FaultResult {
  const ending = drilled.get(id)!
  if (ending.status === 'rejected') {
    if (ending.reason instanceof Missing) skip(ending.reason.message)
    throw ending.reason
  }
  const { decidedBy, load, faults, ...result } = ending.value
  expect(result.verdict, decidedBy).toBe(verdict)
  expect(load.unmatched).toBe(0)
  expect(faults).toMatchObject([
    {
      kind: 'server-error',
      proof: expect.stringContaining('answered 500') as unknown,
      goneProof: expect.any(String) as unknown,
      notObservable: { trip: expect.any(String) as unknown },
    },
  ])
  return faults[0]!
}

const p95Of = ({ objectives }: FaultResult) => objectives.find(({ id }) => id === 'p95')

// Of 40 requests while the fault is in force, and 12 after it.
describe('while the primary answers every request with an error,', () => {
  it('LiteLLM in the layout of the SLO kit fails nobody, and leaves the primary alone', ({ skip }) => {
    const fault = faultOf('litellm-ordered', 'unproven', skip)
    expect(fault.failedRequests).toBe(0)
    expect(fault.probes).toBeLessThan(5)
    expect(p95Of(fault)?.verdict).not.toBe('missed')
  })

  it('Portkey’s gateway fails nobody, and asks the primary first every time', ({ skip }) => {
    const fault = faultOf('portkey-fallback', 'unproven', skip)
    expect(fault.failedRequests).toBe(0)
    expect(fault.probes).toBeGreaterThan(25)
    expect(p95Of(fault)?.verdict).not.toBe('missed')
  })

  it('LiteLLM’s fallbacks are weak: nobody fails, and everybody waits', ({ skip }) => {
    const fault = faultOf('litellm-fallbacks', 'weak', skip)
    expect(fault.failedRequests).toBe(0)
    expect(p95Of(fault)?.verdict).toBe('missed')
  })

  it('LiteLLM’s weights are weak: the retry draws the dead primary again', ({ skip }) => {
    // Its window of a minute began with the first requests before the drill: so many have to fail first as were good.
    expect(faultOf('litellm-weights', 'weak', skip).failedRequests).toBeGreaterThan(5)
  })

  it('the official client without a router is weak: it retries at the dead primary', ({ skip }) => {
    const fault = faultOf('no-router', 'weak', skip)
    // But for those whose retries outlive the fault.
    expect(fault.failedRequests).toBeGreaterThan(20)
    expect(fault.stableMs).toBeNull()
  })
})
