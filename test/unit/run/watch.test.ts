import { afterEach, describe, expect, it } from 'vitest'
import { mostRequests, type AbortRule } from '../../../src/drill/index.ts'
import { liveVitals } from '../../../src/run/live.ts'
import { statusBoard } from '../../../src/run/status.ts'
import { watch } from '../../../src/run/watch.ts'
import { runContext, someProxy, type ContextOptions } from '../../support/run-context.ts'
import { faultRunBench } from '../../support/run-fault.ts'
import { attempt, sample } from '../../support/sample.ts'
import { testClock } from '../../support/test-clock.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A watch over a run whose baseline has begun. */
async function watched(options: Omit<ContextOptions, 'clock'> = {}) {
  const clock = testClock()
  const context = await runContext({ clock, ...options })
  context.progress.push({ index: 0, name: 'baseline', kind: 'baseline', startMs: 0, endMs: 60_000 })
  const over = new AbortController()
  const watching = watch(
    context,
    liveVitals(context.input.drill, context.observations),
    statusBoard(context),
    over.signal,
  )
  stops.push(async () => {
    over.abort()
    await watching
    context.recorder.close()
  })
  return { clock, context }
}

const { run: someFault } = faultRunBench()
const floor: AbortRule = { when: 'success-below', floor: 0.5, for: 2000 }
const lost: AbortRule = { when: 'lost-toxiproxy', for: 5000 }

describe('the watch over a drill', () => {
  it('shows the status four times a second', async () => {
    let shown = 0
    const { clock } = await watched({ onStatus: () => shown++ })
    await clock.advance(10_000)
    expect(shown).toBeGreaterThanOrEqual(39)
    expect(shown).toBeLessThanOrEqual(42)
  })

  it.each([
    { name: 'ends the drill when a rule fires', faults: 1, measured: false, rule: 'success-below' },
    { name: 'does not watch the rules before the first fault', faults: 0, measured: false, rule: undefined },
    {
      name: 'does not watch the rules after the last measured phase',
      faults: 1,
      measured: true,
      rule: undefined,
    },
  ])('$name', async ({ faults, measured, rule }) => {
    const { clock, context } = await watched({ abort: [floor] })
    if (faults > 0) context.faults.push(someFault)
    context.measured = measured
    for (let ms = 0; ms < 4000; ms += 50)
      context.observations.addSample(
        sample({ id: `m${ms}`, intendedMs: ms, outcome: 'failed', class: 'credential' }),
      )
    await clock.advance(4000)
    const { stop } = context.ending
    expect([stop?.reason, stop?.rule]).toEqual(rule === undefined ? [undefined, undefined] : ['abort', rule])
  })

  it.each([
    { name: 'ends the drill when a fault is in force past its cap', afterMs: 62_000, rule: 'cap' },
    { name: 'gives its undoing at the cap a moment', afterMs: 60_500, rule: undefined },
  ])('$name', async ({ afterMs, rule }) => {
    const { clock, context } = await watched()
    const { run } = faultRunBench({ capMs: 60_000 })
    run.inForceMs = 0
    context.faults.push(run)
    await clock.advance(afterMs)
    expect(context.ending.stop?.rule).toBe(rule)
  })

  it('does not take one for overlong that is undone and still to be proven gone', async () => {
    const { clock, context } = await watched()
    const { run } = faultRunBench({ capMs: 60_000 })
    run.inForceMs = 0
    run.revertedMs = 59_000
    context.faults.push(run)
    await clock.advance(70_000)
    expect(context.ending.stop).toBeNull()
  })

  it.each([
    { name: 'ends the drill when it has spent more than it may', maxCostUsd: 0.0025, rule: 'max-cost' },
    { name: 'lets it spend what it may', maxCostUsd: 0.0035, rule: undefined },
    { name: 'knows no limit where nothing costs money', maxCostUsd: null, rule: undefined },
  ])('$name', async ({ maxCostUsd, rule }) => {
    const { clock, context } = await watched({ maxCostUsd })
    for (const requestId of ['m1', 'm2', 'm3'])
      context.observations.addAttempt(attempt({ requestId, costUsd: 0.001 }))
    context.observations.addAttempt(attempt({ requestId: 'm4', costUsd: null }))
    await clock.advance(1000)
    expect(context.ending.stop?.rule).toBe(rule)
  })

  it.each([
    { name: 'ends a drill that sends more than it stated', maxCostUsd: 5, rule: 'max-requests' },
    { name: 'lets it send what it likes where nothing costs money', maxCostUsd: null, rule: undefined },
  ])('$name', async ({ maxCostUsd, rule }) => {
    const { clock, context } = await watched({ maxCostUsd })
    const { drill, planned, perSecond } = context.input
    const most = mostRequests(drill, planned, perSecond)
    for (let n = 1; n <= most; n++) context.observations.addSample(sample({ id: `m${n}` }))
    await clock.advance(1000)
    expect(context.ending.stop).toBeNull()
    context.observations.addSample(sample({ id: 'm0' }))
    await clock.advance(1000)
    expect(context.ending.stop?.rule).toBe(rule)
  })

  it('watches the cost from the start, before anything is broken', async () => {
    const { clock, context } = await watched({ maxCostUsd: 0.0005 })
    context.observations.addAttempt(attempt())
    await clock.advance(500)
    expect(context.ending.stop).toMatchObject({
      reason: 'abort',
      rule: 'max-cost',
      detail: 'the drill has spent $0.0010, over its limit of $0.0005',
    })
  })

  it('ends the drill when it breaks itself', async () => {
    const broken = new Error('a status without a phase')
    const { clock, context } = await watched({
      onStatus: () => {
        throw broken
      },
    })
    await clock.advance(500)
    expect(context.ending.stop).toMatchObject({ reason: 'error', rule: 'watch', cause: broken })
  })

  it('goes on showing the status after the drill was told to end, and changes nothing about why', async () => {
    let shown = 0
    const { clock, context } = await watched({ onStatus: () => shown++, maxCostUsd: 0.0005 })
    context.ending.decide({ reason: 'signal', rule: 'signal', detail: 'SIGINT' })
    context.observations.addAttempt(attempt())
    await clock.advance(2000)
    expect(context.ending.stop?.rule).toBe('signal')
    expect(shown).toBeGreaterThan(5)
  })
})

describe('the health of Toxiproxy', () => {
  const cases: { name: string; getProxy: ContextOptions['getProxy']; lost: boolean }[] = [
    { name: 'that answers is not lost', getProxy: () => Promise.resolve(someProxy), lost: false },
    { name: 'that never answers is lost', getProxy: () => new Promise(() => undefined), lost: true },
    { name: 'that refuses is lost', getProxy: () => Promise.reject(new Error('ECONNREFUSED')), lost: true },
    { name: 'that no longer knows the proxy is lost', getProxy: () => Promise.resolve(null), lost: true },
  ]
  it.each(cases)('$name', async ({ getProxy, lost: isLost }) => {
    const { clock, context } = await watched({
      abort: [lost],
      ...(getProxy === undefined ? {} : { getProxy }),
    })
    context.faults.push(someFault)
    await clock.advance(6000)
    expect(context.ending.stop).toBeNull()
    await clock.advance(3000)
    expect(context.ending.stop?.rule).toBe(isLost ? 'lost-toxiproxy' : undefined)
  })

  it('is asked once a second, and never two questions at a time', async () => {
    const asked: (() => void)[] = []
    const { clock } = await watched({
      getProxy: () => new Promise((resolve) => asked.push(() => resolve(someProxy))),
    })
    await clock.advance(5000)
    expect(asked).toHaveLength(1)
    asked[0]?.()
    await clock.advance(1000)
    expect(asked).toHaveLength(2)
  })
})
