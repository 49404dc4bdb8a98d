import { describe, expect, it } from 'vitest'
import { openOutbox, type Delivery } from '../../../src/log/index.ts'
import { testClock } from '../../support/test-clock.ts'

function outbox({
  most = 10,
  batch = 4,
  deliver,
}: {
  most?: number
  batch?: number
  deliver: (items: readonly number[], lost: number) => Promise<Delivery>
}) {
  const clock = testClock()
  const changes: { failing: boolean; why: string; lost: number }[] = []
  const box = openOutbox<number>({
    clock,
    most,
    batch,
    everyMs: 100,
    slowestMs: 1000,
    deliver,
    onChange: (change) => changes.push(change),
  })
  return {
    box,
    clock,
    changes,
    fill: (count: number) => {
      for (let i = 0; i < count; i++) box.add(i)
    },
  }
}

const later: Delivery = { state: 'later', why: 'down' }
const taken: Delivery = { state: 'taken' }

describe('an outbox', () => {
  it('delivers in order and in batches, and never two at a time', async () => {
    const seen: (readonly number[])[] = []
    let under = 0
    const { box, clock, fill } = outbox({
      deliver: async (items) => {
        expect(++under).toBe(1)
        await Promise.resolve()
        under--
        seen.push(items)
        return taken
      },
    })
    fill(9)
    expect(seen).toEqual([])
    await clock.advance(100)
    expect(seen).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8]])
    expect(box.figures()).toEqual({ taken: 9, lost: 0 })
    await box.close(0)
  })

  it('drops and counts what is too much while a delivery hangs', async () => {
    const { box, clock, fill } = outbox({ deliver: () => new Promise(() => undefined) })
    fill(1)
    await clock.advance(100)
    fill(25)
    expect(box.figures()).toEqual({ taken: 0, lost: 15 })
  })

  it('keeps what was not taken, tries ever more slowly, says so once, and once that it goes again', async () => {
    let isDown = true
    const [tries, told]: [number[], number[]] = [[], []]
    const { box, clock, changes, fill } = outbox({
      deliver: async (_items, lost) => {
        tries.push(clock.now())
        if (!isDown) told.push(lost)
        return isDown ? later : taken
      },
    })
    fill(4)
    await clock.advance(100)
    fill(10)
    await clock.advance(3000)
    const gaps = tries.slice(1).map((at, index) => at - tries[index]!)
    expect(gaps.slice(0, 5)).toEqual([200, 400, 800, 1000])
    expect(changes).toEqual([{ failing: true, why: 'down', lost: 0 }])
    isDown = false
    await clock.advance(1000)
    expect(box.figures()).toEqual({ taken: 10, lost: 4 })
    // The receiver learns how many are missing, once.
    expect(told).toEqual([4, 0, 0])
    expect(changes.at(-1)).toEqual({ failing: false, why: '', lost: 4 })
    await box.close(0)
  })

  it('drops and counts what is refused for good, and goes on with the rest', async () => {
    const { box, clock, changes, fill } = outbox({
      deliver: async (items) => (items.includes(0) ? { state: 'refused', why: 'answered 400' } : taken),
    })
    fill(6)
    await clock.advance(300)
    expect(box.figures()).toEqual({ taken: 2, lost: 4 })
    expect(changes.map(({ failing, why }) => [failing, why])).toEqual([
      [true, 'answered 400'],
      [false, ''],
    ])
    await box.close(0)
  })

  it('takes what throws for a delivery to be tried again', async () => {
    let tries = 0
    const { box, clock, fill } = outbox({
      deliver: async () => {
        if (tries++ === 0) throw new Error('no route')
        return taken
      },
    })
    fill(1)
    await clock.advance(1000)
    expect(box.figures()).toEqual({ taken: 1, lost: 0 })
    await box.close(0)
  })

  it('delivers what waits when it is closed, and takes nothing more', async () => {
    const { box, fill } = outbox({ deliver: async () => taken })
    fill(9)
    await box.close(1000)
    fill(1)
    expect(box.figures()).toEqual({ taken: 9, lost: 1 })
  })

  it('gives up after its grace, and counts the rest', async () => {
    const { box, clock, fill } = outbox({ deliver: async () => later })
    fill(9)
    const closed = box.close(500)
    await clock.advance(2000)
    await closed
    expect(box.figures()).toEqual({ taken: 0, lost: 9 })
  })
})
