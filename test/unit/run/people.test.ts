import { afterEach, describe, expect, it, vi } from 'vitest'
import { readRecords } from '../../../src/record/index.ts'
import type { RunContext } from '../../../src/run/context.ts'
import { peopleHands } from '../../../src/run/people.ts'
import { runContext } from '../../support/run-context.ts'
import { testClock } from '../../support/test-clock.ts'

const open: RunContext[] = []
afterEach(() => {
  for (const context of open.splice(0)) context.recorder.close()
})

async function hands() {
  const clock = testClock()
  const context = await runContext({ clock })
  open.push(context)
  return { context, clock, hands: peopleHands(context) }
}

const draft = { kind: 'symptom', text: 'slow', forMs: 1000, dated: false, owner: null, due: null } as const
const cleo = { name: 'Cleo', role: 'scribe' } as const
const journal = ({ input }: RunContext) => readRecords(input.dir).journal

describe('what people say', () => {
  it('is numbered, and stands in the journal with who said it and the moment it is about', async () => {
    const { context, clock, hands: speak } = await hands()
    await clock.advance(5000)
    expect(speak.note(draft, cleo)).toBe('n1')
    expect(speak.note({ ...draft, kind: 'to-do', owner: 'Ben', due: '2026-12-01' }, cleo)).toBe('n2')
    expect(journal(context)).toMatchObject([
      { type: 'note', note: 'n1', atMs: 5000, forMs: 1000, by: 'Cleo', role: 'scribe', kind: 'symptom' },
      { type: 'note', note: 'n2', owner: 'Ben', due: '2026-12-01' },
    ])
  })

  it('is corrected beside what it was', async () => {
    const { context, hands: speak } = await hands()
    speak.note(draft, cleo)
    expect(speak.correct('n1', { ...draft, text: 'very slow' }, cleo)).toBeNull()
    expect(speak.correct('n9', draft, cleo)).toBe('there is no note n9')
    expect(journal(context)).toMatchObject([
      { type: 'note', text: 'slow' },
      { type: 'note.corrected', note: 'n1', text: 'very slow' },
    ])
  })

  it('moves to another moment only by a correction that names one', async () => {
    const { context, hands: speak } = await hands()
    speak.note(draft, cleo)
    speak.correct('n1', { ...draft, forMs: 4000 }, cleo)
    speak.correct('n1', { ...draft, forMs: 500, dated: true }, cleo)
    const [, plain, dated] = journal(context)
    expect(plain).not.toHaveProperty('forMs')
    expect(dated).toHaveProperty('forMs', 500)
  })

  it('is marked where a script said it', async () => {
    const { context, hands: speak } = await hands()
    const script = { ...cleo, script: true } as const
    speak.note(draft, script)
    speak.correct('n1', draft, script)
    speak.abort(script)
    expect(journal(context)).toMatchObject([{ script: true }, { script: true }])
    expect(context.ending.stop).toMatchObject({ rule: 'script' })
  })

  it('is refused when the journal is about to be closed', async () => {
    const { context, hands: speak } = await hands()
    context.over = true
    expect(() => speak.note(draft, cleo)).toThrow('the drill is over')
    expect(() => speak.correct('n1', draft, cleo)).toThrow('the drill is over')
    expect(journal(context)).toEqual([])
  })

  it('is not said to be kept when it cannot be written', async () => {
    const { context, hands: speak } = await hands()
    vi.spyOn(context.recorder, 'journal').mockImplementation(() => {
      throw new Error('no space left')
    })
    expect(() => speak.note(draft, cleo)).toThrow('the note is lost')
    expect(context.ending.stop?.rule).toBe('records-unwritable')
  })

  it('ends the drill when it is stop', async () => {
    const { context, hands: speak } = await hands()
    speak.abort({ name: 'Ben', role: 'operator' })
    expect(context.ending.stop).toMatchObject({
      reason: 'abort',
      rule: 'person',
      detail: 'Ben (operator) said stop',
    })
  })
})
