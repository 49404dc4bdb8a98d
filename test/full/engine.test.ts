import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import { quietView, type View } from '../../src/crew/index.ts'
import type { JournalEntry, Records, Result } from '../../src/record/index.ts'
import type { Interruption } from '../../src/run/index.ts'
import {
  startToxiproxyServer,
  toxiproxyControl,
  type ToxiproxyControl,
  type ToxiproxyServer,
} from '../../src/toxiproxy/index.ts'
import { plantedRouter } from '../support/planted-router.ts'
import { runInProcess } from '../support/run-drill.ts'

/** A view that does something when an entry is written. */
const onEntry = (listener: (entry: JournalEntry) => void): View => ({ ...quietView, entry: listener })

const recordsLeft = (state: string) => {
  try {
    return readdirSync(join(state, 'rollback'))
  } catch {
    return []
  }
}
const typesOf = ({ journal }: Records) => journal.map(({ type }) => type)
const rulesOf = ({ findings }: Result) => findings.map(({ rule }) => rule)

describe.concurrent('a drill that ends before its agenda does', () => {
  it('by an abort rule, names the rule, and has put back and proven gone what it broke', async () => {
    const { result, records, state, ending } = await runInProcess({
      drill: 'abort-rule',
      makeRouter: plantedRouter('no-failover-on-401'),
    })
    expect({ exitCode: result.exitCode, verdict: result.verdict }).toEqual({
      exitCode: 4,
      verdict: 'aborted',
    })
    expect(result.decidedBy).toMatch(
      /^the rule success-below stopped the drill: success was .* under the floor of 50 %/,
    )
    expect(rulesOf(result)).toContain('abort-rule')
    expect(result.faults).toMatchObject([
      {
        provenMs: expect.any(Number) as number,
        revertedMs: expect.any(Number) as number,
        goneMs: expect.any(Number) as number,
      },
    ])
    expect(result.rollback).toMatchObject({ record: true, undone: true, proven: true })
    expect({ left: recordsLeft(state), ending }).toMatchObject({
      left: [],
      ending: { undoByHand: [], leftovers: [], recordsFailure: null },
    })
    const abort = records.journal.find(({ type }) => type === 'abort')
    const force = records.journal.find(({ type }) => type === 'fault.in-force')
    // Not before the rule has watched for as long as it says, and long before the phase would have ended.
    const watchedMs = (abort?.atMs ?? 0) - (force?.atMs ?? 0)
    expect(watchedMs).toBeGreaterThan(900)
    expect(watchedMs).toBeLessThan(30_000)
    expect(records.journal.find(({ type }) => type === 'fault.reverting')).toMatchObject({ why: 'abort' })
  })

  it.each([
    { name: 'in the baseline', at: 'baseline', waitMs: 800, broken: false },
    { name: 'in the restore phase', at: 'restore', waitMs: 300, broken: true },
  ])('by a signal $name, exits 130 with nothing broken', async ({ at, waitMs, broken }) => {
    const stopping = new AbortController()
    const interruption: Interruption = { by: 'signal', detail: 'SIGINT' }
    const { result, records, state } = await runInProcess({
      drill: 'quick',
      signal: stopping.signal,
      view: onEntry((entry) => {
        if (entry.type === 'phase.started' && entry.kind === at)
          setTimeout(() => stopping.abort(interruption), waitMs)
      }),
    })
    expect(result).toMatchObject({ exitCode: 130, verdict: 'aborted' })
    expect(result.decidedBy).toMatch(/SIGINT/)
    expect(typesOf(records).includes('fault.requested')).toBe(broken)
    expect(typesOf(records).includes('fault.gone')).toBe(broken)
    expect(records.journal.at(-1)).toMatchObject({ type: 'run.ended', reason: 'signal' })
    expect(recordsLeft(state)).toEqual([])
  })

  it.each([
    { name: 'before anything is started', waitMs: null },
    { name: 'while the parts are coming up', waitMs: 20 },
  ])('by a signal $name, exits 130 and has sent nothing', async ({ waitMs }) => {
    const stopping = new AbortController()
    const stop = () => stopping.abort({ by: 'signal', detail: 'SIGINT' } satisfies Interruption)
    if (waitMs === null) stop()
    else setTimeout(stop, waitMs)
    const { result, records, ending } = await runInProcess({ drill: 'quick', signal: stopping.signal })
    expect(result).toMatchObject({ exitCode: 130, verdict: 'aborted' })
    expect({ samples: records.samples, phases: typesOf(records).includes('phase.started') }).toEqual({
      samples: [],
      phases: false,
    })
    expect(ending).toMatchObject({ undoByHand: [], leftovers: [], recordsFailure: null })
  })

  it('by a signal at the very moment at which the fault is being undone, proves it gone all the same', async () => {
    const stopping = new AbortController()
    const { result, records, state } = await runInProcess({
      drill: 'quick',
      signal: stopping.signal,
      view: onEntry(({ type }) => {
        if (type === 'fault.reverting')
          stopping.abort({ by: 'signal', detail: 'SIGTERM' } satisfies Interruption)
      }),
    })
    expect(result).toMatchObject({ exitCode: 130, rollback: { undone: true, proven: true } })
    expect(typesOf(records).filter((type) => type === 'fault.reverting' || type === 'fault.gone')).toEqual([
      'fault.reverting',
      'fault.gone',
    ])
    expect(recordsLeft(state)).toEqual([])
  })

  it('by what it costs, exits 4 and names the limit', async () => {
    const { result, records, state } = await runInProcess({ drill: 'quick', maxCostUsd: 0.000_01 })
    expect(result).toMatchObject({ exitCode: 4, verdict: 'aborted' })
    expect(result.decidedBy).toMatch(
      /^the rule max-cost stopped the drill: the drill has spent \$0\.0\d+, over its limit of \$0\.00001/,
    )
    expect(typesOf(records)).not.toContain('fault.requested')
    expect(recordsLeft(state)).toEqual([])
  })
})

describe.concurrent('a drill on a system that has not recovered', () => {
  it('leaves the next fault out, is weak, and ends its load with what was measured', async () => {
    const { result, records, state } = await runInProcess({
      drill: 'not-recovered',
      makeRouter: plantedRouter('never-fails-back'),
    })
    expect({ exitCode: result.exitCode, verdict: result.verdict }, result.decidedBy).toEqual({
      exitCode: 1,
      verdict: 'weak',
    })
    expect(rulesOf(result)).toContain('fault-skipped')
    expect(records.journal.filter(({ type }) => type === 'fault.requested')).toHaveLength(1)
    expect(records.journal.find(({ type }) => type === 'fault.skipped')).toMatchObject({
      fault: 1,
      kind: 'refused',
      reason: expect.stringContaining('had not recovered from revoke-key') as string,
    })
    expect(result.faults[1]).toMatchObject({
      kind: 'refused',
      skipped: expect.any(String) as string,
      inForceMs: null,
    })
    const started = records.journal.filter((entry) => entry.type === 'phase.started')
    expect(started.map(({ name }) => name)).toEqual([
      'baseline',
      'go-no-go',
      'revoked key',
      'key restored',
      'debrief',
    ])
    // The debrief is for talking: its four seconds have no requests.
    const debriefMs = started.at(-1)?.atMs ?? 0
    expect(records.samples.filter(({ intendedMs }) => intendedMs > debriefMs + 500)).toEqual([])
    expect(records.samples.length).toBeGreaterThan(100)
    expect(records.journal.find(({ type }) => type === 'load.summary')).toBeDefined()
    expect(recordsLeft(state)).toEqual([])
  })
})

describe.concurrent('a drill whose Toxiproxy somebody else meddles with while the fault is in force', () => {
  let server: ToxiproxyServer
  let control: ToxiproxyControl
  beforeAll(async () => {
    server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
    control = toxiproxyControl({ url: server.url, timeoutMs: 5000 })
  })
  afterAll(() => server.stop())

  /** Runs a drill, and meddles once its fault has been proven. */
  async function meddled(drill: string, meddle: (proxy: string, fault: string) => Promise<unknown>) {
    let tag = ''
    const done: Promise<unknown>[] = []
    const run = await runInProcess({
      drill,
      toxiproxyUrl: server.url,
      view: onEntry((entry) => {
        if (entry.type === 'run.started') tag = entry.run.tag
        if (entry.type === 'fault.proven') done.push(meddle(`gameday-${tag}-primary`, `${tag}-f0`))
      }),
    })
    expect(done).toHaveLength(1)
    await Promise.all(done)
    return { ...run, tag }
  }

  it.each([
    {
      name: 'enables the proxy again',
      drill: 'meddled-refused',
      meddle: (proxy: string) => control.setEnabled(proxy, true),
    },
    {
      name: 'removes the toxic',
      drill: 'meddled-latency',
      meddle: (proxy: string, fault: string) => control.removeToxic(proxy, fault),
    },
  ])('who $name gets an unproven drill: the fault was not in force throughout', async ({ drill, meddle }) => {
    const { result, state } = await meddled(drill, meddle)
    expect({ exitCode: result.exitCode, verdict: result.verdict }, result.decidedBy).toEqual({
      exitCode: 5,
      verdict: 'unproven',
    })
    expect(result.decidedBy).toMatch(/no longer in force when it was to be undone/)
    expect(rulesOf(result)).toContain('fault-not-proven')
    expect(result.faults).toMatchObject([{ provenMs: null, goneMs: expect.any(Number) as number }])
    expect(recordsLeft(state)).toEqual([])
  })

  it.each(['meddled-refused', 'meddled-latency'])(
    'who deletes the proxy under %s takes the fault away with it, which proves neither the drill nor its failure',
    async (drill) => {
      const { result, state, ending, tag } = await meddled(drill, (proxy) => control.deleteProxy(proxy))
      expect({ exitCode: result.exitCode, verdict: result.verdict }, result.decidedBy).toEqual({
        exitCode: 5,
        verdict: 'unproven',
      })
      expect(result.decidedBy).toMatch(/no longer in force when it was to be undone/)
      expect(rulesOf(result)).toContain('fault-not-proven')
      expect(result.faults).toMatchObject([{ provenMs: null, goneMs: expect.any(Number) as number }])
      expect(result.faults[0]?.goneProof).toContain(`knows no proxy gameday-${tag}-primary`)
      expect({ byHand: ending.undoByHand, left: recordsLeft(state), leftovers: ending.leftovers }).toEqual({
        byHand: [],
        left: [],
        leftovers: [],
      })
    },
  )
})
