import { mkdtempSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import {
  connectHub,
  createDesk,
  openHub,
  type Desk,
  type EngineHands,
  type LiveStatus,
  type OpenQuestion,
  type Person,
  type Seat,
} from '../../src/crew/index.ts'
import type { HubOptions } from '../../src/crew/hub/open.ts'
import type { EventOf, JournalEntry, JournalEvent } from '../../src/record/index.ts'

/** A drill without anything in it but its desk: what people say is kept in a journal. */
export function quietDrill({ blind = false } = {}) {
  const epochMs = systemClock.now() - 60_000
  const desk = createDesk({
    people: { lead: 'Ada', operator: 'Ada', scribe: 'Ada' },
    blind,
    clock: systemClock,
  })
  const journal: JournalEntry[] = []
  const aborts: Person[] = []
  const say = (event: JournalEvent) => {
    const atMs = systemClock.now() - epochMs
    const entry: JournalEntry = {
      id: `j${journal.length + 1}`,
      atMs,
      at: '2026-11-20T12:00:00.000Z',
      ...event,
    }
    journal.push(entry)
    desk.entry(entry)
    return entry
  }
  const speaker = ({ role, name: by }: Person) => ({ role, by })
  const notes = (): EventOf<'note'>[] => journal.flatMap((entry) => (entry.type === 'note' ? [entry] : []))
  const engine: EngineHands = {
    nowMs: () => systemClock.now() - epochMs,
    note: ({ kind, text, forMs }, by) => {
      const note = `n${notes().length + 1}`
      say({ type: 'note', note, ...speaker(by), kind, text, forMs })
      return note
    },
    correct: (note, { text }, by) => {
      if (notes().every((other) => other.note !== note)) return `there is no note ${note}`
      say({ type: 'note.corrected', note, ...speaker(by), text })
      return null
    },
    abort: (by) => void aborts.push(by),
    joined: (who) => void say({ type: 'seat.joined', ...speaker(who) }),
    left: (who) => void say({ type: 'seat.left', ...speaker(who) }),
    trouble: () => undefined,
  }
  desk.begin(engine)
  return { desk, journal, aborts, say, notes, epochMs, types: () => journal.map(({ type }) => type) }
}

/** Opens the hub of a desk in a folder of its own, for as long as the test runs. */
export async function hubOf(desk: Desk, options: Partial<HubOptions> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'gameday-hub-')), 'live', 'abc123.crew.sock')
  const hub = await openHub({
    path,
    desk,
    run: 'abc123',
    drill: 'friday-failover',
    clock: systemClock,
    ...options,
  })
  onTestFinished(() => hub.close())
  return { path, hub }
}

/** What a seat was told. */
export function listeningSeat() {
  const told = {
    entries: [] as JournalEntry[],
    statuses: [] as LiveStatus[],
    questions: [] as (readonly OpenQuestion[])[],
    lines: [] as string[],
    closed: 0,
  }
  const seat: Seat = {
    entry: (entry) => void told.entries.push(entry),
    status: (status) => void told.statuses.push(status),
    questions: (open) => void told.questions.push(open),
    show: (lines) => void told.lines.push(...lines),
    close: async () => void told.closed++,
  }
  return { seat, told }
}

/** Joins, and listens. */
export async function joined(path: string, role: Person['role'], name = 'Grace') {
  const line = await connectHub({ path, who: { role, name }, clock: systemClock, patienceMs: 0 })
  const { seat, told } = listeningSeat()
  line.follow(seat)
  onTestFinished(() => line.leave())
  return { line, told }
}

/** A connection that says what the test wants, in lines of its own making. */
export async function stranger(path: string) {
  const socket: Socket = connect(path)
  const heard: { type: string; [key: string]: unknown }[] = []
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => undefined)
  createInterface({ input: socket }).on('line', (line) => heard.push(JSON.parse(line) as { type: string }))
  await new Promise((resolve) => socket.on('connect', resolve))
  onTestFinished(() => void socket.destroy())
  return {
    socket,
    heard,
    closed,
    say: (...messages: unknown[]) => {
      for (const message of messages)
        socket.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
    },
    types: () => heard.map(({ type }) => type),
  }
}

export const HELLO = { type: 'hello', protocol: 1, sits: true, as: 'scribe', name: 'Grace' }

export const STATUS: LiveStatus = {
  atMs: 61_000,
  totalMs: 1_800_000,
  phase: { name: 'revoked key', kind: 'break', index: 3, count: 9, lengthMs: 360_000, leftMs: 160_000 },
  next: { name: 'key restored', kind: 'restore', atMs: 780_000 },
  stopping: false,
  load: {
    perSecond: 10.1,
    n: 101,
    success: 1,
    p95Ms: 'inf',
    servedBy: { primary: 0, secondary: 1, cache: 0 },
  },
  lastMinute: { success: [1, null, 0.97], p95Ms: [812, null, 'inf'] },
  limits: { success: 0.995, p95Ms: 2500 },
  fault: {
    number: 1,
    count: 2,
    kind: 'revoke-key',
    target: 'primary',
    proven: true,
    sinceMs: 61_000,
    capMs: 480_000,
  },
  clocks: { detectMs: 210, switchMs: 1410, stableMs: null, taxMs: null },
  withoutRouter: { requests: 39, ok: 0 },
  budget: { allowed: 46, spentBefore: null, fourHours: 0 },
  money: null,
  sentTotal: 200,
  failedTotal: 3,
}
