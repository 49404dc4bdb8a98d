import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fault } from '../../src/faults/index.ts'
import type { JournalEvent, JournalEventType } from '../../src/record/index.ts'
import { rollbackRecords, type RollbackRecords } from '../../src/rollback/index.ts'
import { createChanges } from '../../src/run/changes.ts'
import { FaultRun } from '../../src/run/fault-run.ts'
import { createObservations, type Observations } from '../../src/run/observations.ts'
import { testClock, type TestClock } from './test-clock.ts'

/** A fault that only pretends: it is in force or not, it remembers what it was asked, and any verb can be replaced. */
export interface ScriptedFault extends Fault {
  /** The verbs in the order in which they were called; `prove` is not among them. */
  readonly calls: string[]
  inForce: boolean
}

export type Script = (fault: ScriptedFault) => Partial<Fault>

export function scriptedFault(script: Script = () => ({})): ScriptedFault {
  const calls: string[] = []
  const verbs: Omit<Fault, 'kind' | 'network' | 'whole'> = {
    plan: async () => ({
      what: 'a fault that pretends',
      change: {
        type: 'proxy-disabled',
        url: 'http://127.0.0.1:8474',
        withRun: false,
        proxy: 'p',
        before: { listen: '127.0.0.1:8001', upstream: '127.0.0.1:8002', enabled: true, toxics: [] },
        through: null,
      },
      undo: [
        {
          what: 'enables the proxy p',
          method: 'POST',
          url: 'http://127.0.0.1:8474/proxies/p',
          body: { enabled: true },
          expect: [200],
        },
      ],
    }),
    apply: async () => {
      fault.inForce = true
    },
    readBack: async () => {
      if (!fault.inForce) throw new Error('the proxy p is still enabled')
      return 'read back'
    },
    prove: () => ({ proven: true, proof: 'it was felt', evidence: ['m1'] }),
    revert: async () => {
      fault.inForce = false
    },
    proveGone: async () =>
      fault.inForce
        ? { proven: false, reason: 'the proxy p is still disabled' }
        : { proven: true, proof: 'read back clean', evidence: ['p1'] },
  }
  const fault: ScriptedFault = {
    kind: 'refused',
    network: true,
    whole: true,
    calls,
    inForce: false,
    ...verbs,
  }
  Object.assign(fault, script(fault))
  for (const name of ['plan', 'apply', 'readBack', 'revert', 'proveGone'] as const) {
    const verb = fault[name]
    Object.assign(fault, {
      [name]: () => {
        calls.push(name)
        return verb()
      },
    })
  }
  return fault
}

export interface FaultRunBench {
  run: FaultRun
  fault: ScriptedFault
  clock: TestClock
  observations: Observations
  /** What was said, with its moment in milliseconds from the drill's start. */
  said: { atMs: number; event: JournalEvent }[]
  types: () => JournalEventType[]
  /** The last event of a type, if there was one. */
  last: <T extends JournalEventType>(type: T) => Extract<JournalEvent, { type: T }> | undefined
  /** Names of the rollback records on disk. */
  onDisk: () => string[]
}

export interface BenchOptions {
  script?: Script
  capMs?: number
  /** Replaces what keeps the rollback records; the real one writes to a folder of its own. */
  records?: (real: RollbackRecords) => RollbackRecords
  /** Says why the fault is gone although the run did not prove it. */
  goneOtherwise?: () => string | null
  /** Throws when the watchdog has begun to undo the run. */
  permit?: () => void
  /** Listens to every event as it is said. */
  onSaid?: (event: JournalEvent, bench: { fault: ScriptedFault; onDisk: () => string[] }) => void
}

/** A fault run on a clock that stands still, with a folder of its own for its record. */
export function faultRunBench({
  script,
  capMs = 60_000,
  records,
  onSaid,
  goneOtherwise = () => null,
  permit = () => undefined,
}: BenchOptions = {}): FaultRunBench {
  const clock = testClock()
  const epochMs = clock.now()
  const folder = mkdtempSync(join(tmpdir(), 'gameday-fault-run-'))
  const real = rollbackRecords(folder)
  const fault = scriptedFault(script)
  const observations = createObservations()
  const said: FaultRunBench['said'] = []
  const onDisk = () => (existsSync(join(folder, 'rollback')) ? readdirSync(join(folder, 'rollback')) : [])
  const say = (event: JournalEvent, atMs = clock.now() - epochMs) => {
    said.push({ atMs, event })
    onSaid?.(event, { fault, onDisk })
    return null
  }
  const changes = createChanges({
    run: 'abc',
    dir: folder,
    clock,
    records: records?.(real) ?? real,
    permit,
  })
  changes.announce(say)
  const run = new FaultRun({
    ticket: {
      index: 0,
      phase: 2,
      id: 'abc-f0',
      spec: { kind: 'refused' },
      target: 'primary',
      tenant: null,
      capMs,
    },
    fault,
    clock,
    epochMs,
    say,
    observations,
    changes: { ...changes, goneOtherwise: async () => goneOtherwise() },
  })
  return {
    run,
    fault,
    clock,
    observations,
    said,
    types: () => said.map(({ event }) => event.type),
    last: (type) =>
      said
        .map(({ event }) => event)
        .findLast((event): event is Extract<JournalEvent, { type: typeof type }> => event.type === type),
    onDisk,
  }
}

/** A signal that nobody aborts. */
export const never = () => new AbortController().signal
