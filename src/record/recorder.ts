import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, type Clock } from '../base/index.ts'
import type { Attempt } from './attempt.ts'
import type { JournalEntry, JournalEvent, JournalEventType } from './journal.ts'
import { createLedger, type Observed } from './join.ts'
import { createLineFile, unwritable } from './lines.ts'
import type { Sample } from './sample.ts'

/** Longest that a sample waits for the ledger of the gates; later facts are joined when it is read. */
const LEDGER_WAIT_MS = 1000

/** What people said cannot be measured again, so it goes to the disk line by line. */
const SAID_BY_PEOPLE: ReadonlySet<JournalEventType> = new Set([
  'note',
  'note.corrected',
  'gate.decided',
  'debrief.said',
  'finding.assigned',
  'next.proposed',
])

export interface Recorder {
  readonly dir: string
  /** Writes an event with the time of now, or of `atMs`, and hands the entry to whoever listens. */
  journal(event: JournalEvent, atMs?: number): JournalEntry
  sample(observed: Observed): void
  /** Takes an attempt with absolute times, as the gate sends it. Those of other runs are passed over. */
  attempt(attempt: Attempt): void
  /** Writes the samples whose ledger is complete or that have waited long enough. Call it a few times a second. */
  settle: (everything?: boolean) => void
  close(): void
}

export interface RecorderOptions {
  dir: string
  clock: Clock
  /** `clock.now()` at the drill's start. */
  epochMs: number
  runTag: string
  /** Names the phase in which a request was meant to start. */
  phaseAt: (intendedMs: number) => string
  onEntry: (entry: JournalEntry) => void
  onSample: (sample: Sample) => void
  onAttempt: (attempt: Attempt) => void
}

/** Opens the three records of a run in a folder of its own. Throws `RECORDS_UNWRITABLE` with exit code 2. */
export function openRecorder(options: RecorderOptions): Recorder {
  const { dir, clock, epochMs, runTag, phaseAt } = options
  try {
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw unwritable(dir, error, EXIT.usage)
  }
  const journalFile = createLineFile(join(dir, 'journal.ndjson'))
  const samplesFile = createLineFile(join(dir, 'samples.ndjson'))
  const attemptsFile = createLineFile(join(dir, 'attempts.ndjson'))
  const ledger = createLedger()
  let waiting: { observed: Observed; sinceMs: number }[] = []
  let entries = 0

  const write = (observed: Observed) => {
    const sample = ledger.join(observed, phaseAt(observed.intendedMs))
    samplesFile.append(sample)
    options.onSample(sample)
  }

  const settle = (everything = false) => {
    const due = clock.now() - LEDGER_WAIT_MS
    const ready: Observed[] = []
    // Taken off the list before they are written: one that cannot be written is not tried again for ever.
    waiting = waiting.filter((item) => {
      const isReady = everything || item.sinceMs <= due || ledger.knows(item.observed)
      if (isReady) ready.push(item.observed)
      return !isReady
    })
    for (const observed of ready) write(observed)
  }

  return {
    dir,
    journal: (event, atMs = clock.now() - epochMs) => {
      const entry: JournalEntry = {
        id: `j${++entries}`,
        atMs: round(atMs),
        at: clock.wall().toISOString(),
        ...event,
      }
      journalFile.append(entry, SAID_BY_PEOPLE.has(event.type) ? 'disk' : 'system')
      options.onEntry(entry)
      return entry
    },
    sample: (observed) => {
      waiting.push({ observed: roundTimes(observed), sinceMs: clock.now() })
    },
    attempt: (absolute) => {
      if (absolute.runTag !== null && absolute.runTag !== runTag) return
      const attempt = roundTimes({
        ...absolute,
        startMs: absolute.startMs - epochMs,
        firstByteMs: absolute.firstByteMs === null ? null : absolute.firstByteMs - epochMs,
        endMs: absolute.endMs === null ? null : absolute.endMs - epochMs,
      })
      ledger.add(attempt)
      attemptsFile.append(attempt)
      options.onAttempt(attempt)
    },
    settle,
    close: () => {
      try {
        settle(true)
      } finally {
        for (const file of [journalFile, samplesFile, attemptsFile]) file.close()
      }
    },
  }
}

/** Keeps microseconds: finer is noise, and a file of 90,000 lines need not carry it. */
const round = (ms: number) => Math.round(ms * 1000) / 1000

function roundTimes<T extends object>(record: T): T {
  const entries = Object.entries(record).map(([key, value]) => [
    key,
    key.endsWith('Ms') && typeof value === 'number' ? round(value) : value,
  ])
  return { ...record, ...Object.fromEntries(entries) }
}
