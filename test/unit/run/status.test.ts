import { afterEach, describe, expect, it } from 'vitest'
import { statusSchema } from '../../../src/crew/hub/status-schema.ts'
import type { RunContext } from '../../../src/run/context.ts'
import { statusBoard } from '../../../src/run/status.ts'
import { runContext } from '../../support/run-context.ts'
import { faultRunBench } from '../../support/run-fault.ts'
import { attempt, sample } from '../../support/sample.ts'
import { testClock } from '../../support/test-clock.ts'

const open: RunContext[] = []
afterEach(() => {
  for (const context of open.splice(0)) context.recorder.close()
})

/** A run in its break phase whose fault is in force since the first second. */
async function broken() {
  const clock = testClock()
  const context = await runContext({ clock, maxCostUsd: 1 })
  open.push(context)
  const board = statusBoard(context)
  const { run } = faultRunBench()
  context.progress.push({ index: 2, name: 'revoked key', kind: 'break', startMs: 0, endMs: 60_000 })
  context.loadSinceMs = 0
  context.faults.push(Object.assign(run, { inForceMs: 1000, proven: true }))
  await clock.advance(10_000)
  return { board, context, clock }
}

describe('the status of a broken system', () => {
  it('counts what met the fault, and what went past the router', async () => {
    const { board, context } = await broken()
    const at = { intendedMs: 2000, endMs: 2200 }
    for (const outcome of ['ok', 'ok', 'ok', 'failed'] as const)
      context.observations.addSample(sample({ ...at, outcome }))
    context.observations.addSample(sample({ ...at, lane: 'control', outcome: 'failed' }))
    // Meant before it was in force.
    context.observations.addSample(sample({ intendedMs: 500, endMs: 1500, outcome: 'failed' }))
    context.observations.addAttempt(attempt({ costUsd: 0.25 }))
    const status = board.read()
    expect(status).toMatchObject({
      fault: { number: 1, count: 1, proven: true, sinceMs: 9000 },
      withoutRouter: { requests: 1, ok: 0 },
      money: { spentUsd: 0.25, capUsd: 1 },
      next: { name: 'restore', kind: 'restore', atMs: 60_000 },
      sentTotal: 5,
      failedTotal: 2,
    })
    // A quarter of 14 requests an hour, for four hours.
    expect(status?.budget.fourHours).toBeCloseTo(14)
  })

  it('names both faults of a phase, and counts them as one outage', async () => {
    const { board, context } = await broken()
    const { run } = faultRunBench()
    // The secondary's strikes first and is undone last.
    context.faults.unshift(Object.assign(run, { inForceMs: 990, proven: false }))
    const status = board.read()
    expect(status?.fault).toMatchObject({ number: 1, count: 1, proven: true, beside: { proven: false } })
    expect(statusSchema.parse(JSON.parse(JSON.stringify(status)))).toEqual(status)
  })

  it('can be told to another process, whatever is known by then', async () => {
    const { board, context } = await broken()
    const bare = board.read()
    expect(statusSchema.parse(JSON.parse(JSON.stringify(bare)))).toEqual(bare)
    context.observations.addSample(sample({ intendedMs: 2000, endMs: 2200, servedBy: 'secondary' }))
    const full = board.read()
    expect(full?.clocks).not.toBeNull()
    expect(statusSchema.parse(JSON.parse(JSON.stringify(full)))).toEqual(full)
  })
})
