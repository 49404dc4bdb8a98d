import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { block } from '../../../src/crew/block.ts'
import { jsonView, lineView, unattendedCrew, quietView, type LiveStatus } from '../../../src/crew/index.ts'
import { stateLine } from '../../../src/crew/words.ts'
import type { JournalEntry } from '../../../src/record/index.ts'

const calm: LiveStatus = {
  atMs: 200_000,
  totalMs: 1_800_000,
  phase: { name: 'baseline', kind: 'baseline', index: 1, count: 9, lengthMs: 180_000, leftMs: 160_000 },
  next: 'go / no-go',
  stopping: false,
  load: { perSecond: 10.1, n: 101, success: 1, p95Ms: 812, servedBy: { primary: 1, secondary: 0, cache: 0 } },
  limits: { success: 0.995, p95Ms: 2500 },
  fault: null,
  clocks: null,
  sentTotal: 200,
  failedTotal: 0,
}
const broken: LiveStatus = {
  ...calm,
  phase: { ...calm.phase, name: 'revoked key', kind: 'break', index: 3 },
  load: {
    perSecond: 10,
    n: 100,
    success: 0.97,
    p95Ms: 'inf',
    servedBy: { primary: 0, secondary: 1, cache: 0 },
  },
  fault: { kind: 'revoke-key', target: 'primary', proven: true, sinceMs: 61_000 },
  clocks: { detectMs: 210, switchMs: 1410, stableMs: null },
  failedTotal: 3,
}
const entry: JournalEntry = {
  id: 'j9',
  atMs: 422_000,
  at: '2026-11-20T12:07:02.000Z',
  type: 'fault.proven',
  fault: 0,
  proof: '14 marked requests answered 401\n',
  evidence: [],
}

function collect(show: (out: NodeJS.WritableStream) => void): string {
  const out = new PassThrough()
  show(out)
  return (out.read() as Buffer | null)?.toString() ?? ''
}

describe('the state line', () => {
  it.each([
    { status: { ...calm, load: null }, says: 'NOTHING IS BROKEN' },
    { status: calm, says: 'ALL WELL' },
    { status: { ...calm, stopping: true }, says: 'STOPPED, NOTHING IS BROKEN' },
    { status: { ...broken, stopping: true }, says: 'STOPPED, RESTORING' },
    { status: { ...calm, load: { ...calm.load!, success: 0.97 } }, says: 'NOT WELL, AND NOT ON PURPOSE' },
    { status: broken, says: 'BROKEN ON PURPOSE, SERVED BY SECONDARY' },
    {
      status: { ...broken, load: { ...broken.load!, servedBy: { primary: 0, secondary: 0, cache: 0 } } },
      says: 'BROKEN ON PURPOSE',
    },
    { status: { ...calm, phase: { ...calm.phase, kind: 'restore' as const } }, says: 'RESTORED, CHECKING' },
  ])('says $says', ({ status, says }) => {
    expect(stateLine(status)).toBe(says)
  })
})

describe('the block', () => {
  it.each([
    { name: 'calm', status: calm },
    { name: 'broken', status: broken },
    { name: 'before the load', status: { ...calm, load: null } },
  ])('fits 80 by 10 and shows what counts: $name', ({ status }) => {
    const lines = block(status).split('\n')
    expect(lines.length).toBeLessThanOrEqual(10)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(lines.join('\n')).toMatchSnapshot()
  })
})

describe('plain lines', () => {
  it('come once a second, whatever the status does', () => {
    const text = collect((out) => {
      const view = lineView(out)
      for (const atMs of [1000, 1250, 1500, 1999, 2000]) view.status({ ...calm, atMs })
    })
    expect(text.trim().split('\n')).toHaveLength(2)
  })

  it('say who serves, success and p95 with their limits', () => {
    expect(collect((out) => lineView(out).status(broken))).toBe(
      'T+03:20  BROKEN ON PURPOSE, SERVED BY SECONDARY | revoked key, 2:40 left | success 97 % of 100 (≥ 99.5 %) | p95 never (< 2.50 s) | 10.0/s | served by secondary 100 %\n',
    )
  })

  it('carry no control characters and keep an entry on one line', () => {
    const text = collect((out) => lineView(out).entry(entry))
    expect(text).toBe(stripVTControlCharacters(text))
    expect(text).toBe('T+07:02  fault     proven: 14 marked requests answered 401 \n')
  })

  it('pass over entries that only carry data', () => {
    expect(
      collect((out) =>
        lineView(out).entry({
          ...entry,
          type: 'phase.ended',
          index: 0,
          name: 'brief',
          kind: 'brief',
        } as JournalEntry),
      ),
    ).toBe('')
  })
})

describe('JSON', () => {
  it('is one journal entry a line, and no status', () => {
    const text = collect((out) => {
      const view = jsonView(out)
      view.entry(entry)
      view.status(calm)
    })
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([entry])
  })
})

describe('the unattended crew', () => {
  it('says go, and that a script said so', async () => {
    const decision = await unattendedCrew(quietView).decide(
      { gate: 'go / no-go', role: 'lead', text: 'Break it?', default: 'no-go', deadlineMs: 1000 },
      new AbortController().signal,
    )
    expect(decision).toMatchObject({ decision: 'go', by: 'script', who: null })
  })
})
