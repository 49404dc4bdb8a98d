import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { FaultSpec } from '../../src/drill/index.ts'
import { networkWire, type Wire } from './network-wire.ts'
import { testClock } from './test-clock.ts'

/** An answer of the server behind the wire is its body of 2000 bytes and some headers. */
const WHOLE = 2100
/** Long enough to be sure that nothing comes. */
const A_WHILE_MS = 300

export const NETWORK_FAULTS: FaultSpec[] = [
  { kind: 'refused' },
  { kind: 'black-hole', share: 1 },
  { kind: 'reset', share: 1 },
  { kind: 'flapping', down: 3_000_000, up: 3_000_000 },
  { kind: 'latency', latency: 50, jitter: 10, share: 0.3 },
  { kind: 'throttle', rate: 10_000, share: 1 },
  { kind: 'slow-close', delay: 50, share: 1 },
  { kind: 'sliced', size: 100, variation: 20, delay: 1, share: 1 },
  { kind: 'cut-after', bytes: 1000, share: 1 },
  { kind: 'reset-mid-answer', bytes: 1000, share: 1 },
]

/**
 * What every fault of the network does to real connections through a Toxiproxy: the same for the embedded server and for
 * a real one.
 */
export function describeNetworkFaults(server: () => { url: string }): void {
  const wireOf = async (spec: FaultSpec, clock?: ReturnType<typeof testClock>): Promise<Wire> => {
    const wire = await networkWire(server().url, spec, clock)
    onTestFinished(() => wire.close())
    return wire
  }
  /** Puts a fault in force with one connection open before, over which one answer has come. */
  const struck = async (spec: FaultSpec) => {
    const wire = await wireOf(spec)
    const before = await wire.open()
    before.ask()
    await before.until(2000)
    await sleep(20)
    const carried = before.bytes()
    const asked = wire.asked()
    await wire.fault.apply()
    return { wire, before, carried, asked, fresh: await wire.open() }
  }
  const servedNow = async ({ open }: Wire) => {
    const line = await open()
    line.ask()
    await line.until(2000)
    return line
  }

  describe('a fault of the network', () => {
    it.each(NETWORK_FAULTS)(
      'is read back, gone when it is undone, and leaves nothing: $kind',
      async (spec) => {
        const { fault, control, proxy } = await wireOf(spec)
        const before = await control.getProxy(proxy)
        await fault.plan()
        await fault.apply()
        expect(await fault.readBack()).toMatch(/^Toxiproxy (lists|reports)/)
        expect(await fault.proveGone()).toMatchObject({ proven: false })
        await fault.revert()
        expect(await fault.proveGone()).toMatchObject({ proven: true, evidence: ['p1'] })
        expect(await control.getProxy(proxy)).toEqual(before)
        await fault.revert()
      },
    )

    it.each(NETWORK_FAULTS)('is undone by its plan as well: $kind', async (spec) => {
      const { fault, control, proxy, undo } = await wireOf(spec)
      const before = await control.getProxy(proxy)
      const plan = await fault.plan()
      await fault.apply()
      expect(await control.getProxy(proxy)).not.toEqual(before)
      expect(await undo(plan)).toMatchObject({ state: 'gone', theirs: [] })
      expect(await control.getProxy(proxy)).toEqual(before)
      expect(await undo(plan)).toMatchObject({ state: 'gone' })
    })

    it.each(NETWORK_FAULTS)('is not read back when somebody else has undone it: $kind', async (spec) => {
      const { fault, control, proxy } = await wireOf(spec)
      await fault.apply()
      const found = await control.getProxy(proxy)
      for (const { name } of found?.toxics ?? []) await control.removeToxic(proxy, name)
      await control.setEnabled(proxy, true)
      await expect(fault.readBack()).rejects.toThrow(/enabled|does not list/)
    })
  })

  it('refused: connections are cut, and nobody is there', async () => {
    const wire = await wireOf({ kind: 'refused' })
    const before = await wire.open()
    await wire.fault.apply()
    await before.ended
    await expect(wire.open()).rejects.toThrow('ECONNREFUSED')
  })

  it('black-hole: connections open, and nothing comes back; its removal cuts those that wait', async () => {
    const { wire, before, carried, asked, fresh } = await struck({ kind: 'black-hole', share: 1 })
    before.ask()
    fresh.ask()
    await sleep(A_WHILE_MS)
    expect({ before: before.bytes() - carried, fresh: fresh.bytes() }).toEqual({ before: 0, fresh: 0 })
    expect({ before: before.isOpen(), fresh: fresh.isOpen() }).toEqual({ before: true, fresh: true })
    // The questions arrive all the same, and a provider bills what it answers into nothing.
    expect(wire.asked() - asked).toBe(2)
    await wire.fault.revert()
    await Promise.all([before.ended, fresh.ended])
    await servedNow(wire)
  })

  it('reset: a new connection is reset, one from before is closed, and no question arrives', async () => {
    const { wire, before, asked, fresh } = await struck({ kind: 'reset', share: 1 })
    before.ask()
    fresh.ask()
    expect(await fresh.ended).toMatchObject({ how: 'ECONNRESET' })
    expect(await before.ended).toMatchObject({ how: 'end' })
    expect({ bytes: fresh.bytes(), asked: wire.asked() - asked }).toEqual({ bytes: 0, asked: 0 })
    await wire.fault.revert()
    await servedNow(wire)
  })

  it('reset-mid-answer: a new connection is reset when it has brought so much, one from before is closed', async () => {
    const { wire, before, carried, fresh } = await struck({ kind: 'reset-mid-answer', bytes: 1000, share: 1 })
    before.ask()
    fresh.ask()
    expect(await fresh.ended).toMatchObject({ how: 'ECONNRESET' })
    expect(await before.ended).toMatchObject({ how: 'end' })
    expect({ before: before.bytes() - carried, fresh: fresh.bytes() }).toEqual({ before: 1000, fresh: 1000 })
    await wire.fault.revert()
    await servedNow(wire)
  })

  it('cut-after: the bytes are counted for a connection, so that a later answer is cut', async () => {
    const { wire, fresh } = await struck({ kind: 'cut-after', bytes: 3000, share: 1 })
    fresh.ask()
    await fresh.until(2000)
    await sleep(20)
    fresh.ask()
    expect(await fresh.ended).toMatchObject({ how: 'end' })
    expect(fresh.bytes()).toBe(3000)
    await wire.fault.revert()
    await servedNow(wire)
  })

  it('throttle: an answer takes as long as its bytes do', async () => {
    const { wire, fresh } = await struck({ kind: 'throttle', rate: 10_000, share: 1 })
    const fromMs = performance.now()
    fresh.ask()
    expect((await fresh.until(2000)) - fromMs).toBeGreaterThan(190)
    await wire.fault.revert()
    const again = await servedNow(wire)
    expect(again.bytes()).toBeLessThanOrEqual(WHOLE + 200)
  })

  it('sliced: an answer comes in pieces, with a pause between', async () => {
    const { fresh } = await struck({ kind: 'sliced', size: 200, variation: 0, delay: 20, share: 1 })
    const fromMs = performance.now()
    fresh.ask()
    // Halved until none is over 200: at least ten of them.
    expect((await fresh.until(2000)) - fromMs).toBeGreaterThan(9 * 20)
    expect(fresh.pieces()).toBeGreaterThan(5)
  })

  it('slow-close: the end comes late, and an answer with a length does not wait for it', async () => {
    const { fresh } = await struck({ kind: 'slow-close', delay: 500, share: 1 })
    fresh.ask()
    await fresh.until(2000)
    await sleep(20)
    const first = fresh.bytes()
    fresh.ask('/to-the-end')
    const lastByteMs = await fresh.until(first + 2000)
    const { how, atMs } = await fresh.ended
    expect(how).toBe('end')
    expect(atMs - lastByteMs).toBeGreaterThan(400)
  })

  it('latency on a share of the connections: some are late and some are not', async () => {
    const wire = await wireOf({ kind: 'latency', latency: 700, jitter: 0, share: 0.5 })
    await wire.fault.apply()
    const lines = await Promise.all(Array.from({ length: 24 }, () => wire.open()))
    for (const line of lines) line.ask()
    await sleep(400)
    const quick = lines.filter((line) => line.bytes() > 0).length
    // One chance in a million to fall outside.
    expect(quick).toBeGreaterThan(0)
    expect(quick).toBeLessThan(24)
    await Promise.all(lines.map((line) => line.until(2000)))
  })

  it('flapping: refuses and lets through in turn, and ends enabled in whichever turn', async () => {
    const clock = testClock()
    const wire = await wireOf({ kind: 'flapping', down: 3000, up: 5000 }, clock)
    const { fault } = wire
    const isEnabled = async (wanted: boolean) => {
      while ((await wire.control.getProxy(wire.proxy))?.enabled !== wanted) await sleep(5)
    }
    await fault.plan()
    await fault.apply()
    await expect(wire.open()).rejects.toThrow('ECONNREFUSED')
    expect(await fault.readBack()).toContain('disabled, in turns of 3s down and 5s up')

    await clock.advance(3000)
    await isEnabled(true)
    const line = await servedNow(wire)
    while (clock.sleepers === 0) await sleep(5)
    expect(await fault.readBack()).toContain('enabled, in turns')

    await clock.advance(5000)
    await line.ended
    await isEnabled(false)
    await fault.revert()
    await isEnabled(true)
    expect(clock.sleepers).toBe(0)
    expect(await fault.proveGone()).toMatchObject({ proven: true })
  })
}
