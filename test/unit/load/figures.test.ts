import { describe, expect, it } from 'vitest'
import { keepFigures } from '../../../src/load/figures.ts'

describe('the figures of the load', () => {
  it('are null where nothing was measured', () => {
    const figures = keepFigures()
    expect(figures.read()).toEqual({
      offered: 0,
      sent: 0,
      dropped: 0,
      dispatchLagP99Ms: null,
      loopDelayP99Ms: null,
    })
    figures.stop()
  })

  it('give the 99th percentile of the lag by nearest rank, to three significant figures', () => {
    const figures = keepFigures()
    for (let ms = 1; ms <= 200; ms++) figures.noteLag(ms)
    const { dispatchLagP99Ms } = figures.read()
    expect(dispatchLagP99Ms).toBeGreaterThan(197.5)
    expect(dispatchLagP99Ms).toBeLessThan(198.5)
    figures.stop()
  })

  it('forget no lag, however short or long', () => {
    const figures = keepFigures()
    for (const ms of [0, 0.0001, 0.4, 3_600_000]) figures.noteLag(ms)
    expect(figures.read().dispatchLagP99Ms).toBeGreaterThan(590_000)
    figures.stop()
  })

  it('count what was sent as what was due and not dropped', () => {
    const figures = keepFigures()
    for (let n = 0; n < 5; n++) figures.countDue()
    figures.countDropped()
    expect(figures.read()).toMatchObject({ offered: 5, sent: 4, dropped: 1 })
    figures.stop()
  })

  it('tell the delay of a blocked event loop, and not the monitor’s own interval', async () => {
    const figures = keepFigures()
    await new Promise((resolve) => setTimeout(resolve, 60))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    await new Promise((resolve) => setTimeout(resolve, 60))
    const { loopDelayP99Ms } = figures.read()
    expect(loopDelayP99Ms).toBeGreaterThan(150)
    figures.stop()
  })
})
