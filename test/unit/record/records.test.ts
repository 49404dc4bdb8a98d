import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GamedayError } from '../../../src/base/index.ts'
import { openRecorder, readRecords, type JournalEntry, type Sample } from '../../../src/record/index.ts'
import { attempt, sample } from '../../support/sample.ts'
import { testClock } from '../../support/test-clock.ts'

function record() {
  const dir = join(mkdtempSync(join(tmpdir(), 'gameday-record-')), 'run')
  const clock = testClock()
  const entries: JournalEntry[] = []
  const samples: Sample[] = []
  const recorder = openRecorder({
    dir,
    clock,
    epochMs: clock.now(),
    runTag: 'abc123',
    phaseAt: (intendedMs) => (intendedMs < 5000 ? 'baseline' : 'break 1'),
    onEntry: (entry) => void entries.push(entry),
    onSample: (written) => void samples.push(written),
    onAttempt: () => undefined,
  })
  /** What the load hands over: times from the drill's start, nothing of the ledger. */
  const observed = (changes: Partial<Sample> = {}) => {
    const {
      phase: _phase,
      servedBy: _servedBy,
      attempts: _attempts,
      costUsd: _costUsd,
      ...rest
    } = sample(changes)
    return rest
  }
  /** What a gate sends: absolute times. */
  const absolute = (changes: Partial<ReturnType<typeof attempt>> = {}) => {
    const relative = attempt(changes)
    const shift = (ms: number | null) => (ms === null ? null : ms + 1_000_000)
    return {
      ...relative,
      startMs: relative.startMs + 1_000_000,
      firstByteMs: shift(relative.firstByteMs),
      endMs: shift(relative.endMs),
    }
  }
  return { dir, clock, recorder, entries, samples, observed, absolute }
}

const said = { type: 'said', role: 'lead', text: 'baseline now' } as const

describe('the recorder', () => {
  it('has every event on disk before it returns', () => {
    const { dir, recorder } = record()
    recorder.journal(said)
    expect(readFileSync(join(dir, 'journal.ndjson'), 'utf8')).toContain('"text":"baseline now"}\n')
  })

  it('stamps events with ids in order, the drill’s clock and the wall clock', async () => {
    const { recorder, clock, entries } = record()
    recorder.journal(said)
    await clock.advance(1500)
    recorder.journal(said)
    recorder.journal(said, 250)
    expect(entries.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['j1', 0],
      ['j2', 1500],
      ['j3', 250],
    ])
    expect(entries[1]?.at).toBe('2026-11-20T12:00:01.500Z')
  })

  it('writes a sample as soon as the ledger knows its tag, in the phase of its intended start', () => {
    const { recorder, samples, observed, absolute } = record()
    recorder.sample(observed({ intendedMs: 5200 }))
    recorder.settle()
    expect(samples).toHaveLength(0)
    recorder.attempt(absolute())
    recorder.settle()
    expect(samples).toMatchObject([{ id: 'm1', phase: 'break 1', servedBy: 'primary' }])
  })

  it('does not wait longer than a second for the ledger, and joins later facts when it is read', async () => {
    const { dir, recorder, clock, samples, observed, absolute } = record()
    recorder.sample(observed())
    await clock.advance(999)
    recorder.settle()
    expect(samples).toHaveLength(0)
    await clock.advance(1)
    recorder.settle()
    expect(samples).toMatchObject([{ servedBy: null }])
    recorder.attempt(absolute())
    recorder.close()
    expect(readRecords(dir).samples).toMatchObject([{ servedBy: 'primary', attempts: 1 }])
  })

  it('turns the gate’s absolute times into times from the drill’s start', () => {
    const { dir, recorder, absolute } = record()
    recorder.attempt(absolute({ startMs: 2000 }))
    recorder.close()
    expect(readRecords(dir).attempts).toMatchObject([{ startMs: 2000, firstByteMs: 2180, endMs: 2190 }])
  })

  it('passes over the attempts of another run, and keeps those without a marker', () => {
    const { dir, recorder, absolute } = record()
    recorder.attempt(absolute({ runTag: 'other1' }))
    recorder.attempt(absolute({ runTag: null, requestId: null, lane: null, tag: 'stranger' }))
    recorder.close()
    expect(readRecords(dir).attempts.map(({ tag }) => tag)).toEqual(['stranger'])
  })

  it('refuses to write over the records of another run', () => {
    const { dir, clock } = record()
    const again = () =>
      openRecorder({
        dir,
        clock,
        epochMs: 0,
        runTag: 'x',
        phaseAt: () => '',
        onEntry: () => {},
        onSample: () => {},
        onAttempt: () => {},
      })
    expect(again).toThrow(GamedayError)
  })
})

describe('reading records', () => {
  it.each(['journal', 'samples', 'attempts'])(
    'reads %s up to the last whole line when its writer was killed',
    (name) => {
      const { dir, recorder, observed, absolute } = record()
      recorder.journal(said)
      recorder.journal(said)
      for (const id of ['m1', 'm2']) recorder.sample(observed({ id }))
      recorder.attempt(absolute())
      recorder.attempt(absolute({ tag: 'chatcmpl-2' }))
      recorder.close()
      const path = join(dir, `${name}.ndjson`)
      truncateSync(path, statSync(path).size - 5)
      expect(readRecords(dir)[name as 'journal']).toHaveLength(1)
    },
  )

  it('reads lines longer than a piece of the file, and characters that lie across two pieces', () => {
    const { dir, recorder } = record()
    const text = 'ä'.repeat(1_500_001)
    recorder.journal({ ...said, text })
    recorder.journal(said)
    recorder.close()
    expect(readRecords(dir).journal).toMatchObject([{ text }, { text: 'baseline now' }])
  })

  it('reads a run that was killed before its load began', () => {
    const { dir, recorder } = record()
    recorder.journal(said)
    expect(readRecords(dir)).toMatchObject({ samples: [], attempts: [] })
  })

  it('names file and line of a line that was damaged', () => {
    const { dir, recorder } = record()
    recorder.journal(said)
    recorder.close()
    appendFileSync(join(dir, 'journal.ndjson'), '{"id":"j2",\n')
    expect(() => readRecords(dir)).toThrow(/journal\.ndjson:2: not a JSON line/)
  })

  it('names file and line of a line that is no such record', () => {
    const { dir, recorder } = record()
    recorder.close()
    writeFileSync(join(dir, 'samples.ndjson'), '{"id":"m1"}\n')
    expect(() => readRecords(dir)).toThrow(/samples\.ndjson:1: not a record/)
  })

  it('says what to name when there is no such folder', () => {
    expect(() => readRecords('/nowhere')).toThrow(/cannot read .*journal\.ndjson/)
    expect(existsSync('/nowhere')).toBe(false)
  })
})
