import { describe, expect, it } from 'vitest'
import type { JournalEntry, JournalEvent, Recorder } from '../../../src/record/index.ts'
import { createEnding } from '../../../src/run/ending.ts'
import { createJournalist } from '../../../src/run/journalist.ts'

const event: JournalEvent = { type: 'said', role: 'lead', text: 'Go.' }
const full = new Error('ENOSPC: no space left on device')

/** A recorder whose journal can be made to fail. */
function bench() {
  const written: { event: JournalEvent; atMs: number | undefined }[] = []
  const disk: { error: Error | null } = { error: null }
  const recorder: Recorder = {
    dir: 'reports/run',
    journal: (said, atMs): JournalEntry => {
      if (disk.error !== null) throw disk.error
      written.push({ event: said, atMs })
      return { id: `j${written.length}`, atMs: atMs ?? 0, at: '2026-11-20T12:00:00.000Z', ...said }
    },
    sample: () => undefined,
    attempt: () => undefined,
    settle: () => undefined,
    close: () => undefined,
  }
  const ending = createEnding(() => undefined)
  return { disk, written, ending, journalist: createJournalist(recorder, ending) }
}

describe('the journalist', () => {
  it('writes what is said, at the moment it is given, and hands the entry back', () => {
    const { journalist, written, ending } = bench()
    expect(journalist.say(event, 1234)).toMatchObject({ id: 'j1', atMs: 1234, text: 'Go.' })
    expect(written).toEqual([{ event, atMs: 1234 }])
    expect({ failure: journalist.failure, stop: ending.stop }).toEqual({ failure: null, stop: null })
  })

  it('never throws when it cannot write: it says null and ends the drill', () => {
    const { journalist, disk, ending } = bench()
    disk.error = full
    expect(journalist.say(event)).toBeNull()
    expect(ending.stop).toEqual({
      reason: 'abort',
      rule: 'records-unwritable',
      detail: full.message,
      cause: full,
    })
  })

  it('ends the drill also when samples or attempts cannot be written', () => {
    const { journalist, ending } = bench()
    journalist.attempt(() => {
      throw full
    })
    expect(journalist.failure).toBe(full)
    expect(ending.stop).toMatchObject({ rule: 'records-unwritable' })
  })

  it('keeps the first failure, also when writing works again', () => {
    const { journalist, disk } = bench()
    disk.error = full
    journalist.say(event)
    disk.error = new Error('EIO: input/output error')
    journalist.say(event)
    disk.error = null
    expect(journalist.say(event)).not.toBeNull()
    expect(journalist.failure).toBe(full)
  })

  it('counts a failure also when the drill had ended for another reason', () => {
    const { journalist, disk, ending } = bench()
    ending.decide({ reason: 'signal', rule: 'signal', detail: 'SIGINT' })
    disk.error = full
    journalist.say(event)
    expect(journalist.failure).toBe(full)
    expect(ending.stop).toMatchObject({ rule: 'signal' })
  })

  it('survives that announcing the ending cannot be written either', () => {
    const { disk, written } = bench()
    const ending = createEnding(() => void journalist.say(event))
    const journalist = createJournalist(
      {
        dir: 'reports/run',
        journal: () => {
          throw disk.error ?? full
        },
        sample: () => undefined,
        attempt: () => undefined,
        settle: () => undefined,
        close: () => undefined,
      },
      ending,
    )
    expect(journalist.say(event)).toBeNull()
    expect({ rule: ending.stop?.rule, written }).toEqual({ rule: 'records-unwritable', written: [] })
  })
})
