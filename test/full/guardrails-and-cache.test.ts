import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/program.ts'
import { runInProcess, type DrillOutcome } from '../support/run-drill.ts'

/** A copy of a shipped drill in which one thing is otherwise. */
function otherwise(drill: string, from: string, to: string): string {
  const text = readFileSync(join(ROOT, 'drills', `${drill}.yaml`), 'utf8')
  expect(text).toContain(from)
  const file = join(mkdtempSync(join(tmpdir(), 'gameday-drill-')), `${drill}.yaml`)
  writeFileSync(file, text.replace(from, to))
  return file
}

const verdictOf = ({ result }: DrillOutcome) => ({ exitCode: result.exitCode, verdict: result.verdict })
const objective = ({ result }: DrillOutcome, wanted: string) =>
  result.faults[0]!.objectives.find(({ id }) => id === wanted)!
const outageOf = ({ result, records }: DrillOutcome) => {
  const { inForceMs, revertedMs } = result.faults[0]!
  return records.samples.filter(
    ({ lane, startedMs, endMs }) =>
      lane === 'main' &&
      startedMs !== null &&
      startedMs > inForceMs! &&
      endMs !== null &&
      endMs < revertedMs!,
  )
}
/** The load's own requests that the secondary was asked, by the model they asked for. */
const askedOfSecondary = ({ records }: DrillOutcome) => [
  ...new Set(
    records.attempts
      .filter(({ provider, lane }) => provider === 'secondary' && lane === 'main')
      .map(({ model }) => model),
  ),
]

describe.concurrent('cache-holds', () => {
  it('holds: with both providers out the cache answers, and every answer is known to be its', async () => {
    const outcome = await runInProcess({ drill: 'cache-holds' })
    expect(verdictOf(outcome), outcome.result.decidedBy).toEqual({ exitCode: 0, verdict: 'held' })
    const outage = outageOf(outcome)
    expect(outage.length).toBeGreaterThan(100)
    expect(new Set(outage.map(({ outcome: ended, servedBy }) => `${ended} ${servedBy}`))).toEqual(
      new Set(['ok cache']),
    )
    // The router says the same of itself, and some of them were tried at a provider first.
    expect(new Set(outage.map(({ claimedBy }) => claimedBy))).toEqual(new Set(['cache']))
    expect(outage.some(({ attempts }) => attempts !== null && attempts > 0)).toBe(true)
    expect(outcome.result.load.unmatched).toBe(0)
    expect(outcome.result.findings).toEqual([])
  })

  it('is weak with the cache off', async () => {
    const drill = otherwise('cache-holds', 'mode: stale-if-error', 'mode: "off"')
    const outcome = await runInProcess({ drill })
    expect(verdictOf(outcome), outcome.result.decidedBy).toEqual({ exitCode: 1, verdict: 'weak' })
    expect(outageOf(outcome).filter(({ outcome: ended }) => ended === 'ok')).toEqual([])
  })
})

describe.concurrent('budget-blowout', () => {
  it('holds: the dear model is never asked, and the cost stays within its objective', async () => {
    const outcome = await runInProcess({ drill: 'budget-blowout' })
    expect(verdictOf(outcome), outcome.result.decidedBy).toEqual({ exitCode: 0, verdict: 'held' })
    expect(askedOfSecondary(outcome)).toEqual(['gpt-4.1-nano'])
    expect(objective(outcome, 'cost').verdict).toBe('met')
  })

  it('is weak without the guardrail: failover works, and nobody looks at the price', async () => {
    const outcome = await runInProcess({ drill: otherwise('budget-blowout', 'cost: $0.001', 'cost: $1') })
    expect(verdictOf(outcome), outcome.result.decidedBy).toEqual({ exitCode: 1, verdict: 'weak' })
    expect(askedOfSecondary(outcome)).toEqual(['gpt-4o-mini'])
    expect(objective(outcome, 'cost').verdict).toBe('missed')
    expect(objective(outcome, 'success').verdict).not.toBe('missed')
  })

  it('is weak where the guardrail may only refuse: nothing is spent, and nobody is served', async () => {
    const drill = otherwise('budget-blowout', '[cheaper-model, refuse]', '[refuse]')
    const outcome = await runInProcess({ drill })
    expect(verdictOf(outcome), outcome.result.decidedBy).toEqual({ exitCode: 1, verdict: 'weak' })
    expect(askedOfSecondary(outcome)).toEqual([])
    const refused = outageOf(outcome).filter(({ class: why }) => why === 'refused')
    expect(refused.length).toBeGreaterThan(100)
    expect(new Set(refused.map(({ status, costUsd }) => `${status} ${costUsd}`))).toEqual(new Set(['402 0']))
  })
})
