import { describe, expect, it } from 'vitest'
import { GamedayError } from '../../../src/base/index.ts'
import { undoPlanSchema } from '../../../src/record/index.ts'
import { applyFailure } from '../../../src/run/fault-run.ts'
import { UNDO_MS } from '../../../src/run/changes.ts'
import { faultRunBench, never, type BenchOptions } from '../../support/run-fault.ts'

const refusedByServer = new GamedayError('Toxiproxy did not answer within 5000 ms', {
  code: 'TOXIPROXY_TIMEOUT',
  exitCode: 3,
  hint: 'Is it running?',
})

/** A bench whose fault has begun. */
async function begun(options: BenchOptions = {}) {
  const bench = faultRunBench(options)
  await bench.run.begin(never())
  return bench
}

describe('a fault that begins', () => {
  it('is planned, recorded on disk, announced, applied and read back, in this order', async () => {
    const seen: string[] = []
    const { fault, run, onDisk } = await begun({
      onSaid: (event, { fault: at, onDisk: disk }) =>
        seen.push(`${event.type} after ${at.calls.join(' ')} with ${disk().length} on disk`),
    })
    expect(seen).toEqual([
      'rollback.recorded after plan with 1 on disk',
      'fault.requested after plan with 1 on disk',
      'fault.in-force after plan apply readBack with 1 on disk',
      'fault.proven after plan apply readBack with 1 on disk',
    ])
    expect(fault.calls).toEqual(['plan', 'apply', 'readBack'])
    expect(run).toMatchObject({ planned: true, proven: true })
    expect(onDisk()).toEqual(['abc-f0.json'])
  })

  it('records a plan that says by when it must be undone', async () => {
    const plans: unknown[] = []
    await begun({
      capMs: 90_000,
      records: (real) => ({ ...real, write: (plan) => (plans.push(plan), real.write(plan)) }),
    })
    expect(plans.map((plan) => undoPlanSchema.parse(plan))).toMatchObject([
      {
        id: 'abc-f0',
        run: 'abc',
        writtenAt: '2026-11-20T12:00:00.000Z',
        // Its cap and five seconds: the run itself undoes it at the cap.
        deadline: { at: '2026-11-20T12:01:35.000Z', atMs: 1_095_000 },
      },
    ])
  })

  it('is stamped with the acknowledgement, not with the reading back, and says how uncertain the stamp is', async () => {
    const bench = faultRunBench({
      script: (fault) => ({
        apply: async () => {
          await bench.clock.sleep(40)
          fault.inForce = true
        },
        readBack: async () => {
          await bench.clock.sleep(300)
          return 'read back'
        },
      }),
    })
    await bench.clock.advance(10_000)
    const beginning = bench.run.begin(never())
    await bench.clock.advance(1000)
    await beginning
    expect(bench.run).toMatchObject({ inForceMs: 10_040, uncertaintyMs: 40 })
    expect(bench.said.find(({ event }) => event.type === 'fault.in-force')).toMatchObject({
      atMs: 10_040,
      event: { uncertaintyMs: 40, detail: 'read back' },
    })
    expect(bench.said.find(({ event }) => event.type === 'fault.proven')?.atMs).toBe(10_340)
  })

  it('looks at what was seen since it came into force until that proves it', async () => {
    const looks: number[] = []
    const { run, clock, last, said } = await begun({
      script: () => ({
        prove: ({ inForceMs }) => {
          looks.push(inForceMs)
          return looks.length < 4
            ? { proven: false, reason: 'nobody felt it yet' }
            : { proven: true, proof: 'felt at last', evidence: ['c1'] }
        },
      }),
    })
    expect(run.proven).toBe(false)
    await clock.advance(5000)
    expect(run.proven).toBe(true)
    expect(looks).toEqual([0, 0, 0, 0])
    expect(last('fault.proven')).toMatchObject({ proof: 'felt at last', evidence: ['c1'] })
    expect(said.findLast(({ event }) => event.type === 'fault.proven')?.atMs).toBe(600)
    expect(last('fault.not-proven')).toBeUndefined()
  })
})

describe('a fault that does not begin', () => {
  it('is never applied when its record cannot be written', async () => {
    const { run, fault, said } = faultRunBench({
      records: (real) => ({
        ...real,
        write: () => {
          throw new GamedayError('cannot write the rollback record', { code: 'ROLLBACK_RECORD_UNWRITABLE' })
        },
      }),
    })
    await expect(run.begin(never())).rejects.toMatchObject({ code: 'ROLLBACK_RECORD_UNWRITABLE' })
    expect(fault.calls).toEqual(['plan'])
    expect(said).toEqual([])
    expect(run).toMatchObject({ planned: false, inForceMs: null, undoByHand: [] })
  })

  it('is never applied when the state before it cannot be read', async () => {
    const { run, fault, onDisk } = faultRunBench({
      script: () => ({ plan: () => Promise.reject(new Error('no proxy p')) }),
    })
    await expect(run.begin(never())).rejects.toThrow('no proxy p')
    expect({ calls: fault.calls, planned: run.planned, onDisk: onDisk() }).toEqual({
      calls: ['plan'],
      planned: false,
      onDisk: [],
    })
  })

  it('changes nothing and records nothing when the run is stopped while it is planned', async () => {
    const stopping = new AbortController()
    const stop = { reason: 'abort', rule: 'person', detail: 'enough' }
    const { run, fault, said, onDisk } = faultRunBench({
      script: (at) => ({
        plan: async () => {
          stopping.abort(stop)
          return Promise.resolve({
            what: at.kind,
            change: { type: 'gate-fault' as const, url: 'u', withRun: true, fault: 'n', before: [] },
            undo: [],
          })
        },
      }),
    })
    await expect(run.begin(stopping.signal)).rejects.toBe(stop)
    expect({ calls: fault.calls, said, onDisk: onDisk() }).toEqual({ calls: ['plan'], said: [], onDisk: [] })
    expect(await run.end('abort')).toBe(true)
    expect(fault.calls).toEqual(['plan'])
  })

  it('is not applied when the run is stopped by saying so: its journal, for one, can no longer be written', async () => {
    const stopping = new AbortController()
    const bench = faultRunBench({
      onSaid: ({ type }) => {
        if (type === 'fault.requested') stopping.abort(new Error('the disk is full'))
      },
    })
    await expect(bench.run.begin(stopping.signal)).rejects.toThrow('the disk is full')
    expect(bench.fault.calls).not.toContain('apply')
    // It is on disk, so it is undone and proven gone all the same.
    expect(await bench.run.end('abort')).toBe(true)
    expect(bench.onDisk()).toEqual([])
  })

  it.each([
    {
      name: 'whose acknowledgement is lost though it took hold',
      script: (fault: { inForce: boolean }) => ({
        apply: async () => {
          fault.inForce = true
          return Promise.reject(refusedByServer)
        },
      }),
    },
    { name: 'that is refused', script: () => ({ apply: () => Promise.reject(refusedByServer) }) },
    {
      name: 'that cannot be read back',
      script: () => ({ readBack: () => Promise.reject(refusedByServer) }),
    },
  ])('$name is undone and proven gone all the same', async ({ script }) => {
    const { run, fault, types, onDisk, last, clock } = faultRunBench({ script })
    await expect(run.begin(never())).rejects.toBe(refusedByServer)
    expect({ planned: run.planned, onDisk: onDisk() }).toEqual({ planned: true, onDisk: ['abc-f0.json'] })
    expect(run.undoByHand).not.toEqual([])
    expect(types()).toEqual(['rollback.recorded', 'fault.requested'])

    const ended = run.end('abort')
    await clock.advance(1000)
    expect(await ended).toBe(true)
    expect(fault.inForce).toBe(false)
    expect(fault.calls.slice(-2)).toEqual(['revert', 'proveGone'])
    expect(types().slice(2)).toEqual(['fault.reverting', 'fault.reverted', 'fault.gone', 'rollback.undone'])
    expect(last('rollback.undone')).toMatchObject({ proven: true, by: 'run' })
    expect({ onDisk: onDisk(), byHand: run.undoByHand }).toEqual({ onDisk: [], byHand: [] })
  })

  it('that a frozen server carries out after its undoing is found by a second look, and undone again', async () => {
    const { run, fault, clock, onDisk } = faultRunBench({
      script: () => ({ apply: () => Promise.reject(refusedByServer) }),
    })
    await expect(run.begin(never())).rejects.toBe(refusedByServer)
    const ended = run.end('abort')
    await clock.advance(100)
    expect(onDisk()).toEqual(['abc-f0.json'])
    // The server thaws, and what was sent to it long ago is done.
    fault.inForce = true
    await clock.advance(1000)
    expect(await ended).toBe(true)
    expect({ inForce: fault.inForce, onDisk: onDisk() }).toEqual({ inForce: false, onDisk: [] })
  })

  it('that was never begun has nothing to undo', async () => {
    const { run, fault, said } = faultRunBench()
    expect(await run.end('abort')).toBe(true)
    expect({ calls: fault.calls, said }).toEqual({ calls: [], said: [] })
  })
})

describe('a fault that ends', () => {
  it('is undone, proven gone, and leaves no record', async () => {
    const { run, clock, said, onDisk, fault } = await begun()
    await clock.advance(30_000)
    expect(await run.end('agenda')).toBe(true)
    expect(said.slice(4).map(({ atMs, event }) => [atMs, event.type])).toEqual([
      [30_000, 'fault.reverting'],
      [30_000, 'fault.reverted'],
      [30_000, 'fault.gone'],
      [30_000, 'rollback.undone'],
    ])
    expect(run).toMatchObject({ revertingMs: 30_000, revertedMs: 30_000, goneMs: 30_000, proven: true })
    expect({ onDisk: onDisk(), inForce: fault.inForce }).toEqual({ onDisk: [], inForce: false })
  })

  it.each(['agenda', 'cap', 'abort', 'signal', 'error'] as const)(
    'says why it was undone: %s',
    async (why) => {
      const { run, last } = await begun()
      await run.end(why)
      expect(last('fault.reverting')).toMatchObject({ why })
    },
  )

  it('is not proven when nothing was seen of it, for the last reason there was', async () => {
    let looks = 0
    const { run, clock, types, last } = await begun({
      script: () => ({ prove: () => ({ proven: false, reason: `look ${++looks}` }) }),
    })
    await clock.advance(1000)
    expect(await run.end('agenda')).toBe(true)
    expect(run.proven).toBe(false)
    expect(last('fault.not-proven')).toMatchObject({ reason: `look ${looks}` })
    expect(types().indexOf('fault.not-proven')).toBeLessThan(types().indexOf('fault.reverted'))
    expect(clock.sleepers).toBe(0)
  })

  it('is not proven when looking for its proof throws', async () => {
    const { run, clock, last } = await begun({
      script: () => ({
        prove: () => {
          throw new Error('a sample without an end')
        },
      }),
    })
    await clock.advance(0)
    expect(last('fault.not-proven')).toMatchObject({ reason: 'a sample without an end' })
    expect(await run.end('agenda')).toBe(true)
  })

  it('tries again until undoing works, and reverts no more once that did', async () => {
    let [reverts, looks] = [0, 0]
    const { run, clock, types, fault } = await begun({
      script: (at) => ({
        revert: async () => {
          if (++reverts < 3) return Promise.reject(refusedByServer)
          at.inForce = false
        },
        proveGone: async () =>
          Promise.resolve(
            ++looks < 3
              ? { proven: false, reason: 'a request through the proxy ended timeout' }
              : { proven: true, proof: 'clean', evidence: [] },
          ),
      }),
    })
    const ended = run.end('abort')
    await clock.advance(5000)
    expect(await ended).toBe(true)
    expect({ reverts, looks, inForce: fault.inForce }).toEqual({ reverts: 3, looks: 3, inForce: false })
    expect(types().filter((type) => type === 'fault.reverted')).toHaveLength(1)
    expect(run).toMatchObject({ revertedMs: 400, goneMs: 800 })
  })

  it.each([
    {
      name: 'that is never proven gone',
      script: () => ({
        proveGone: async () => Promise.resolve({ proven: false, reason: 'still there' } as const),
      }),
      reason: 'still there',
    },
    {
      name: 'that cannot be undone',
      script: () => ({ revert: () => Promise.reject(refusedByServer) }),
      reason: 'Toxiproxy did not answer within 5000 ms',
    },
  ])(
    '$name is given up at the deadline, with its record on disk and the commands to undo it',
    async ({ script, reason }) => {
      const { run, clock, last, onDisk, types } = await begun({ script })
      const ended = run.end('abort', 3000)
      await clock.advance(2500)
      expect(last('fault.not-gone')).toBeUndefined()
      await clock.advance(1000)
      expect(await ended).toBe(false)
      const byHand = [
        `curl -sS -X POST -H 'Content-Type: application/json' -d '{"enabled":true}' 'http://127.0.0.1:8474/proxies/p'`,
      ]
      expect(last('fault.not-gone')).toMatchObject({ reason, byHand })
      expect(last('rollback.undone')).toMatchObject({ proven: false, detail: reason })
      expect({ onDisk: onDisk(), byHand: run.undoByHand, goneMs: run.goneMs }).toEqual({
        onDisk: ['abc-f0.json'],
        byHand,
        goneMs: null,
      })
      expect(types()).not.toContain('fault.gone')
    },
  )

  it('is undone once, however often it is ended', async () => {
    const { run, fault, types } = await begun()
    expect(await Promise.all([run.end('agenda'), run.end('abort'), run.end('signal')])).toEqual([
      true,
      true,
      true,
    ])
    expect(fault.calls.filter((verb) => verb === 'revert')).toHaveLength(1)
    expect(types().filter((type) => type === 'fault.reverting')).toHaveLength(1)
  })

  it('is undone once also when saying that it is undone ends it again, as a full disk does', async () => {
    const again: Promise<boolean>[] = []
    let ended = false
    const bench = faultRunBench({
      onSaid: ({ type }) => {
        if (type !== 'fault.reverting' || ended) return
        ended = true
        again.push(bench.run.end('abort'))
      },
    })
    await bench.run.begin(never())
    expect(await bench.run.end('agenda')).toBe(true)
    expect(await Promise.all(again)).toEqual([true])
    expect(bench.types().filter((type) => type === 'fault.reverting')).toHaveLength(1)
    expect(bench.fault.calls.filter((verb) => verb === 'revert')).toHaveLength(1)
    expect(bench.types().filter((type) => type === 'fault.gone')).toHaveLength(1)
  })

  it.each([
    { first: 60_000, second: 2000, givenUpBy: 3000 },
    { first: 2000, second: 60_000, givenUpBy: 3000 },
    { first: UNDO_MS, second: UNDO_MS, givenUpBy: UNDO_MS + 1000 },
  ])(
    'given $first ms and then $second ms is given up at the nearer of the two',
    async ({ first, second, givenUpBy }) => {
      const { run, clock, types } = await begun({
        script: () => ({ revert: () => Promise.reject(refusedByServer) }),
      })
      const ended = run.end('agenda', first)
      await clock.advance(100)
      const hurried = run.end('signal', second)
      await clock.advance(givenUpBy - 1500)
      expect(types()).not.toContain('fault.not-gone')
      await clock.advance(1500)
      expect(types()).toContain('fault.not-gone')
      expect(await Promise.all([ended, hurried])).toEqual([false, false])
    },
  )

  it('is undone also when its record cannot be removed, which is said', async () => {
    const { run, last, types } = await begun({
      records: (real) => ({
        ...real,
        remove: () => {
          throw new Error('EROFS: read-only file system')
        },
      }),
    })
    expect(await run.end('agenda')).toBe(true)
    expect(run.undoByHand).toEqual([])
    expect(last('rollback.undone')).toMatchObject({ proven: true })
    expect(last('error')).toMatchObject({
      code: 'ROLLBACK_RECORD_LEFT',
      message: expect.stringMatching(/abc-f0.*EROFS/) as string,
      hint: expect.stringMatching(/gameday recover/) as string,
    })
    expect(types().at(-1)).toBe('error')
  })
})

describe('a fault whose server died or was restarted', () => {
  const lost = 'nothing listens at http://127.0.0.1:8474 any more, and what was there was in its memory'

  it('is proven gone by that, when undoing it fails', async () => {
    const { run, onDisk, last, types } = await begun({
      script: () => ({ revert: () => Promise.reject(refusedByServer) }),
      goneOtherwise: () => lost,
    })
    expect(await run.end('abort')).toBe(true)
    expect(last('fault.gone')).toMatchObject({ proof: lost })
    expect(last('rollback.undone')).toMatchObject({ proven: true, by: 'run', detail: lost })
    expect(types()).not.toContain('fault.reverted')
    expect({ onDisk: onDisk(), byHand: run.undoByHand }).toEqual({ onDisk: [], byHand: [] })
  })

  it('is asked for what is left of it only when undoing or proving fails', async () => {
    let asked = 0
    const { run } = await begun({ goneOtherwise: () => (asked++, lost) })
    expect(await run.end('agenda')).toBe(true)
    expect(asked).toBe(0)
  })

  it('is not taken for gone while its server may still have it', async () => {
    const { run, clock, onDisk, last } = await begun({
      script: () => ({ revert: () => Promise.reject(refusedByServer) }),
    })
    const ended = run.end('abort')
    await clock.advance(UNDO_MS + 1000)
    expect(await ended).toBe(false)
    expect(last('rollback.undone')).toMatchObject({ proven: false, by: 'run' })
    expect(onDisk()).toEqual(['abc-f0.json'])
  })
})

describe('a fault of a run that the watchdog has begun to undo', () => {
  const undoing = new GamedayError('the watchdog has begun to undo the run', { code: 'WATCHDOG_UNDOING' })
  const refuse = () => {
    throw undoing
  }

  it('is neither recorded nor applied', async () => {
    const { run, fault, onDisk } = faultRunBench({ permit: refuse })
    await expect(run.begin(never())).rejects.toBe(undoing)
    expect({ calls: fault.calls, onDisk: onDisk(), planned: run.planned }).toEqual({
      calls: ['plan'],
      onDisk: [],
      planned: false,
    })
  })

  it('is not applied when that began after it was recorded, and its record is settled', async () => {
    let asked = 0
    const bench = faultRunBench({ permit: () => (asked++ === 0 ? undefined : refuse()) })
    await expect(bench.run.begin(never())).rejects.toBe(undoing)
    expect({ calls: bench.fault.calls, onDisk: bench.onDisk() }).toEqual({
      calls: ['plan'],
      onDisk: ['abc-f0.json'],
    })
    expect(await bench.run.end('abort')).toBe(true)
    expect(bench.onDisk()).toEqual([])
  })
})

describe('a fault that somebody else undid meanwhile', () => {
  const vanished = async (why: 'agenda' | 'cap' | 'abort', afterMs: number) => {
    const bench = await begun({ capMs: 20_000 })
    await bench.clock.advance(afterMs)
    bench.fault.inForce = false
    expect(await bench.run.end(why)).toBe(true)
    return bench
  }

  it('is no longer proven, though it was', async () => {
    const { run, types, last } = await vanished('agenda', 10_000)
    expect(types().filter((type) => type.endsWith('proven'))).toEqual(['fault.proven', 'fault.not-proven'])
    expect(last('fault.not-proven')).toMatchObject({
      reason: 'it was no longer in force when it was to be undone: the proxy p is still enabled',
    })
    expect(run).toMatchObject({ proven: false, undoByHand: [] })
  })

  it.each([
    { name: 'is not asked near its cap, which may have ended it', why: 'agenda', afterMs: 19_500 },
    { name: 'is not asked after its cap', why: 'cap', afterMs: 20_000 },
    { name: 'is not asked when the drill is stopped', why: 'abort', afterMs: 10_000 },
  ] as const)('$name', async ({ why, afterMs }) => {
    const { run, last, fault } = await vanished(why, afterMs)
    expect(run.proven).toBe(true)
    expect(last('fault.not-proven')).toBeUndefined()
    expect(fault.calls.filter((verb) => verb === 'readBack')).toHaveLength(1)
  })

  it('is given the benefit of the doubt by a server that does not answer', async () => {
    let reads = 0
    const { run, last } = await begun({
      script: () => ({
        readBack: () => (reads++ === 0 ? Promise.resolve('read back') : Promise.reject(refusedByServer)),
      }),
    })
    expect(await run.end('agenda')).toBe(true)
    expect({ reads, proven: run.proven, doubt: last('fault.not-proven') }).toEqual({
      reads: 2,
      proven: true,
      doubt: undefined,
    })
  })
})

describe('why a fault could not be applied', () => {
  it.each([
    {
      name: 'is said by whoever refused it',
      error: refusedByServer,
      failure: { code: 'TOXIPROXY_TIMEOUT', message: refusedByServer.message, hint: 'Is it running?' },
    },
    {
      name: 'is said without a hint where there is none',
      error: new GamedayError('no', { code: 'GATE_REFUSED' }),
      failure: { code: 'GATE_REFUSED', message: 'no', hint: null },
    },
    {
      name: 'has a code of its own when it was foreseen by nobody',
      error: new Error('boom'),
      failure: { code: 'FAULT_NOT_APPLIED', message: 'the fault could not be applied: boom', hint: null },
    },
  ])('$name', ({ error, failure }) => {
    expect(applyFailure(error)).toEqual(failure)
  })
})

describe('a fault that a hand makes', () => {
  const byHand = () => ({ byHand: true as const })

  it('has been in force since it was last seen not to be, for all that is known', async () => {
    const { run } = await begun({
      script: (fault) => ({
        ...byHand(),
        apply: async () => {
          fault.inForce = true
          return { sinceMs: 999_200 }
        },
      }),
    })
    expect(run).toMatchObject({ inForceMs: 0, uncertaintyMs: 800 })
  })

  it('is waited for until its cap, in an undoing that would have less, and has a record that nobody else acts on', async () => {
    const deadlines: unknown[] = []
    const { run, clock } = await begun({
      script: byHand,
      records: (real) => ({
        ...real,
        write: (plan) => {
          deadlines.push(plan.deadline)
          return real.write(plan)
        },
      }),
    })
    expect(deadlines).toEqual([null])
    await clock.advance(10_000)
    expect(run.undoMs(UNDO_MS)).toBe(50_000)
    await clock.advance(49_000)
    expect(run.undoMs(UNDO_MS)).toBe(UNDO_MS)
  })
})
