import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../../src/base/index.ts'
import type { JournalEvent, UndoPlan } from '../../../src/record/index.ts'
import { rollbackRecords } from '../../../src/rollback/index.ts'
import { PATIENCE_MS, watchRunner } from '../../../src/rollback/watchdog/watch.ts'
import { emptyFolder, foundAs, RUN, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'
import { httpServer, refusingUrl, toxiproxyScene } from '../../support/rollback-servers.ts'
import { testClock } from '../../support/test-clock.ts'
import { toxic } from '../../support/toxiproxy-bench.ts'

const START_MS = 1_000_000
const slow = (name: string) => toxic('latency', { latency: 1, jitter: 0 }, { name })

/**
 * A watchdog's logic at work on what a run left on record. Its time passes only while it sleeps, so that what it asks of
 * real servers may take as long as it takes.
 */
function watched(plans: UndoPlan[]) {
  const clock = testClock(START_MS)
  let skippedMs = 0
  const seen: Clock = {
    now: () => clock.now() + skippedMs,
    wall: () => clock.wall(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  }
  const records = rollbackRecords(emptyFolder())
  for (const plan of plans) records.write(plan)
  const runner = { heardAtMs: seen.now(), gone: false }
  const written: JournalEvent[] = []
  const told: string[] = []
  const world = { writable: (_event: JournalEvent) => true, over: false }
  void watchRunner(
    {
      run: RUN,
      clock: seen,
      records,
      write: (event) => {
        if (!world.writable(event)) return false
        written.push(event)
        return true
      },
      tell: (why, detail) => void told.push(`${why}: ${detail}`),
    },
    runner,
  ).finally(() => (world.over = true))

  /** Waits until it has done what it does, and pauses. */
  const asleep = async () => {
    const giveUpAt = performance.now() + 15_000
    while (clock.sleepers === 0 && !world.over) {
      if (performance.now() > giveUpAt) throw new Error('the watchdog neither sleeps nor ends')
      await delay(1)
    }
  }
  const step = async () => {
    await asleep()
    await clock.advance(250)
  }
  return {
    clock,
    records,
    runner,
    written,
    told,
    world,
    asleep,
    step,
    beat: () => void (runner.heardAtMs = seen.now()),
    /** Lets the watchdog stand still for a while: its clock goes on, and nothing of it runs. */
    standStill: (ms: number) => void (skippedMs += ms),
    until: async (isSo: () => boolean) => {
      while (!isSo()) await step()
    },
    /** Time as the watchdog knows it, from the start. */
    elapsedMs: () => seen.now() - START_MS,
    why: () => told.map((line) => line.split(':')[0]),
  }
}

const typesOf = (events: JournalEvent[]) => events.map(({ type }) => type)
/** A change whose server is dead: undone as soon as it is looked at. */
const light = async (rest: Partial<Omit<UndoPlan, 'change' | 'undo'>> = {}) =>
  toxicAdded({ url: await refusingUrl(), proxy: 'p' }, undefined, rest)

const deadlineIn = (ms: number, wallMs = ms): UndoPlan['deadline'] => ({
  at: new Date(Date.parse('2026-11-20T12:00:00Z') + wallMs).toISOString(),
  atMs: START_MS + ms,
})

describe('the watchdog of a runner that is gone', () => {
  it('undoes what it left, at once, tells it, removes the record and ends', async () => {
    const { control, proxy, place } = await toxiproxyScene(onTestFinished)
    await control.addToxic(proxy.name, slow(TOXIC))
    const { runner, records, written, told, world, until, elapsedMs } = watched([
      toxicAdded(place, foundAs(proxy)),
    ])
    runner.gone = true
    await until(() => world.over)
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
    expect(written).toEqual([
      { type: 'watchdog.undoing', why: 'gone', detail: 'its runner is gone' },
      {
        type: 'rollback.undone',
        plan: TOXIC,
        by: 'watchdog',
        proven: true,
        detail: `the proxy ${proxy.name} lists no toxic ${TOXIC}`,
      },
    ])
    expect(told).toEqual(['gone: its runner is gone'])
    expect(records.all().plans).toEqual([])
    expect(elapsedMs()).toBeLessThan(1500)
  })

  it('has nothing to do and says nothing when it left nothing', async () => {
    const { runner, written, told, world, step } = watched([])
    await step()
    expect(world.over).toBe(false)
    runner.gone = true
    await step()
    await step()
    expect(world.over).toBe(true)
    expect([written, told]).toEqual([[], []])
  })

  it('leaves the records of other runs alone', async () => {
    const theirs = await light({ id: 'other-f0', run: 'other', deadline: deadlineIn(-1) })
    const { runner, records, written, world, until, step } = watched([theirs])
    for (let look = 0; look < 4; look++) await step()
    expect(written).toEqual([])
    runner.gone = true
    await until(() => world.over)
    expect(written).toEqual([])
    expect(records.all().plans).toEqual([theirs])
  })

  it('undoes once more what a call did that was still under way', async () => {
    const { control, proxy, place } = await toxiproxyScene(onTestFinished)
    await control.addToxic(proxy.name, slow(TOXIC))
    const { runner, records, written, world, asleep, step, until } = watched([
      toxicAdded(place, foundAs(proxy)),
    ])
    await asleep()
    runner.gone = true
    await step()
    await asleep()
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
    expect(typesOf(written)).toEqual(['watchdog.undoing'])
    await control.addToxic(proxy.name, slow(TOXIC))
    await until(() => world.over)
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
    expect(records.all().plans).toEqual([])
    expect(typesOf(written)).toEqual(['watchdog.undoing', 'rollback.undone'])
  })

  it('does not call gone, and keeps on record, what it cannot prove once more', async () => {
    let answered = 0
    const dying = await httpServer((_request, response) => {
      if (answered++ > 0) response.writeHead(500).end('lost my mind')
      else response.writeHead(404).end('{"error":"proxy not found","status":404}')
    }, onTestFinished)
    const { runner, records, written, world, until } = watched([toxicAdded({ url: dying.url, proxy: 'p' })])
    runner.gone = true
    await until(() => world.over)
    expect(written.slice(1)).toMatchObject([
      { type: 'rollback.undone', proven: false, detail: expect.stringContaining('lost my mind') },
    ])
    expect(records.all().plans).toHaveLength(1)
  })

  it('gives up when its patience ends, says so, and leaves the record for recover', async () => {
    const deaf = await httpServer((_request, response) => response.writeHead(500).end('no'), onTestFinished)
    const { runner, records, written, world, until, elapsedMs } = watched([
      toxicAdded({ url: deaf.url, proxy: 'p' }),
    ])
    runner.gone = true
    await until(() => world.over)
    expect(written).toMatchObject([
      { type: 'watchdog.undoing' },
      { type: 'rollback.undone', plan: TOXIC, proven: false, detail: expect.stringContaining('500') },
    ])
    expect(records.all().plans).toHaveLength(1)
    expect(PATIENCE_MS).toBe(30_000)
    expect(elapsedMs()).toBeGreaterThan(PATIENCE_MS - 1000)
    expect(elapsedMs()).toBeLessThan(PATIENCE_MS + 1000)
  })

  it('goes on trying until then, and proves what becomes reachable', async () => {
    let refusals = 40
    const slowServer = await httpServer((_request, response) => {
      if (refusals-- > 0) response.writeHead(503).end('booting')
      else response.writeHead(404).end('{"error":"proxy not found","status":404}')
    }, onTestFinished)
    const { runner, records, written, world, until, elapsedMs } = watched([
      toxicAdded({ url: slowServer.url, proxy: 'p' }),
    ])
    runner.gone = true
    await until(() => world.over)
    expect(written.at(-1)).toMatchObject({ type: 'rollback.undone', proven: true })
    expect(records.all().plans).toEqual([])
    expect(elapsedMs()).toBeGreaterThan(40 * 250 - 1)
  })

  it('removes the record of each change that it has proven, whatever became of the others', async () => {
    const deaf = await httpServer((_request, response) => response.writeHead(500).end('no'), onTestFinished)
    const stuck = toxicAdded({ url: deaf.url, proxy: 'p' }, undefined, { toxic: `${RUN}-f1` })
    const { runner, records, written, world, until } = watched([await light(), stuck])
    runner.gone = true
    await until(() => typesOf(written).includes('rollback.undone'))
    expect(world.over).toBe(false)
    expect(records.all().plans).toEqual([stuck])
    await until(() => world.over)
    expect(written.slice(1)).toMatchObject([
      { plan: TOXIC, proven: true },
      { plan: `${RUN}-f1`, proven: false },
    ])
  })

  it.each([
    { what: 'at all', writable: () => false, lines: [] },
    {
      what: 'but for its first line',
      writable: ({ type }: JournalEvent) => type === 'watchdog.undoing',
      lines: ['watchdog.undoing'],
    },
    {
      what: 'at first',
      writable: ({ type }: JournalEvent) => type !== 'watchdog.undoing',
      lines: ['rollback.undone'],
    },
  ])(
    'undoes what it cannot write down, and leaves the record, so that recover tells it: $what',
    async ({ writable, lines }) => {
      const { control, proxy, place } = await toxiproxyScene(onTestFinished)
      await control.addToxic(proxy.name, slow(TOXIC))
      const plan = toxicAdded(place, foundAs(proxy))
      const { runner, records, written, world, until } = watched([plan])
      world.writable = writable
      runner.gone = true
      await until(() => world.over)
      expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
      expect(records.all().plans).toEqual([plan])
      expect(typesOf(written)).toEqual(lines)
    },
  )
})

describe('the watchdog of a runner that is silent', () => {
  it('waits for more than five seconds, and looks twice', async () => {
    const { told, step, elapsedMs } = watched([await light()])
    while (elapsedMs() < 5250) await step()
    expect([elapsedMs(), told]).toEqual([5250, []])
    await step()
    expect(told).toEqual(['silent: its runner has given no sign of life for 5.5 s'])
  })

  it('begins to wait anew with every sign of life, even between its two looks', async () => {
    const { told, step, beat, elapsedMs } = watched([await light()])
    while (elapsedMs() < 5250) await step()
    beat()
    while (elapsedMs() < 10_500) await step()
    expect(told).toEqual([])
    await step()
    expect(told).toHaveLength(1)
  })

  it('does not take its own standing still for the runner’s', async () => {
    const { told, step, beat, standStill } = watched([await light()])
    await step()
    standStill(60_000)
    await step()
    // What the runner sent meanwhile was in the pipe.
    beat()
    for (let look = 0; look < 20; look++) await step()
    expect(told).toEqual([])
  })

  it('undoes while it stands still, keeps the records, and proves all once more when it is gone', async () => {
    const { control, proxy, place } = await toxiproxyScene(onTestFinished)
    await control.addToxic(proxy.name, slow(TOXIC))
    const plan = toxicAdded(place, foundAs(proxy))
    const { runner, records, written, why, world, until, step } = watched([plan])
    await until(() => typesOf(written).includes('rollback.undone'))
    expect(why()).toEqual(['silent'])
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
    for (let look = 0; look < 8; look++) await step()
    expect(world.over).toBe(false)
    expect(records.all().plans).toEqual([plan])

    // It wakes up in the middle of a call, and dies.
    await control.addToxic(proxy.name, slow(TOXIC))
    runner.gone = true
    await until(() => world.over)
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
    expect(records.all().plans).toEqual([])
    expect(typesOf(written)).toEqual(['watchdog.undoing', 'rollback.undone'])
  })

  it('undoes again and again what a runner does that has woken up', async () => {
    const { control, proxy, place } = await toxiproxyScene(onTestFinished)
    const { written, until, step, beat } = watched([toxicAdded(place, foundAs(proxy))])
    await until(() => typesOf(written).includes('rollback.undone'))
    beat()
    for (let again = 0; again < 3; again++) {
      await control.addToxic(proxy.name, slow(TOXIC))
      for (let look = 0; look < 3; look++) await step()
      expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
    }
  })

  it('says so although it has nothing to undo: the runner may not begin anything any more', async () => {
    const { runner, written, told, world, until } = watched([])
    await until(() => told.length > 0)
    expect(written).toMatchObject([{ type: 'watchdog.undoing', why: 'silent' }])
    expect(world.over).toBe(false)
    runner.gone = true
    await until(() => world.over)
    expect(written).toHaveLength(1)
  })

  it('asks the parts of its process while it lives, and nobody once it is dead', async () => {
    const own = await httpServer((_request, response) => response.writeHead(500).end(), onTestFinished)
    const { runner, records, written, world, until } = watched([
      toxicAdded({ url: own.url, proxy: 'p', withRun: true }),
    ])
    await until(() => own.asked.length >= 2)
    expect(typesOf(written)).toEqual(['watchdog.undoing'])
    runner.gone = true
    await until(() => world.over)
    expect(written.at(-1)).toMatchObject({
      type: 'rollback.undone',
      proven: true,
      detail: 'it was in the memory of the run’s own process, which is dead',
    })
    expect(records.all().plans).toEqual([])
  })
})

describe('the watchdog of a run whose fault outlasts its deadline', () => {
  it.each<{
    what: string
    deadline: UndoPlan['deadline']
    wallAfter5s?: string
    between: [number, number] | null
  }>([
    { what: 'both clocks pass it', deadline: deadlineIn(10_000), between: [10_000, 10_500] },
    {
      what: 'the monotonic clock passes it first',
      deadline: deadlineIn(10_000, 3_600_000),
      between: [10_000, 10_500],
    },
    {
      what: 'the wall clock passes it first',
      deadline: deadlineIn(3_600_000, 10_000),
      between: [10_000, 10_500],
    },
    {
      what: 'the wall clock jumps forward',
      deadline: deadlineIn(600_000),
      wallAfter5s: '2026-11-20T13:00:00Z',
      between: [5000, 5500],
    },
    {
      what: 'the wall clock is set back',
      deadline: deadlineIn(10_000),
      wallAfter5s: '2026-11-20T11:00:00Z',
      between: [10_000, 10_500],
    },
    { what: 'neither clock passes it', deadline: deadlineIn(60_000), between: null },
    { what: 'it has none', deadline: null, between: null },
  ])('undoes it although the runner lives: $what', async ({ deadline, wallAfter5s, between }) => {
    const { clock, told, why, step, beat, elapsedMs } = watched([await light({ deadline })])
    while (told.length === 0 && elapsedMs() < 15_000) {
      if (elapsedMs() === 5000 && wallAfter5s !== undefined) clock.setWall(new Date(wallAfter5s))
      beat()
      await step()
    }
    expect(why()).toEqual(between === null ? [] : ['overdue'])
    if (between === null) return
    expect(elapsedMs()).toBeGreaterThan(between[0])
    expect(elapsedMs()).toBeLessThanOrEqual(between[1])
    expect(told[0]).toContain(`should have been undone by ${deadline?.at}`)
  })

  it('looks at what is recorded later as well, and no more at what is settled', async () => {
    const { records, why, step, beat } = watched([])
    const settled = await light({ deadline: deadlineIn(1000) })
    records.write(settled)
    beat()
    await step()
    records.remove(settled)
    for (let look = 0; look < 8; look++) {
      beat()
      await step()
    }
    expect(why()).toEqual([])
    records.write(await light({ deadline: deadlineIn(1000) }))
    beat()
    await step()
    expect(why()).toEqual(['overdue'])
  })

  it('keeps the record as long as the runner lives, and removes it then', async () => {
    const { records, runner, written, world, until, step, beat } = watched([
      await light({ deadline: deadlineIn(1000) }),
    ])
    await until(() => typesOf(written).includes('rollback.undone'))
    for (let look = 0; look < 8; look++) {
      beat()
      await step()
    }
    expect(records.all().plans).toHaveLength(1)
    runner.gone = true
    await until(() => world.over)
    expect(records.all().plans).toEqual([])
  })
})
