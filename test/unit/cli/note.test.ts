import { describe, expect, it } from 'vitest'
import { note, type NoteFlags } from '../../../src/cli/note.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { drillInProgress } from '../../support/living-drill.ts'

const FLAGS: NoteFlags = { kind: 'note', as: 'observer', name: 'Grace' }

function place() {
  const { io, state, written } = pipedIo()
  return {
    state,
    written,
    note: (text: string, flags: Partial<NoteFlags> = {}) =>
      exitOf(note(text, { ...FLAGS, ...flags }, io), io),
  }
}

describe('gameday note', () => {
  it('writes a line into the drill in progress, and returns 0 when it is there', async () => {
    const { state, written, note } = place()
    const { notes, types } = await drillInProgress(state)
    expect(await note('deployed 4f2a', { kind: 'decision', as: 'operator' })).toBe(0)
    expect(notes()).toMatchObject([
      { note: 'n1', kind: 'decision', role: 'operator', by: 'Grace', text: 'deployed 4f2a' },
    ])
    // Whoever writes one line has not joined.
    expect(types()).toEqual(['note'])
    expect(written).toEqual({ stdout: expect.stringMatching(/^n1 at T\+01:0\d\n$/), stderr: '' })
  })

  it('dates back, and corrects', async () => {
    const { state, written, note } = place()
    const { notes, journal } = await drillInProgress(state)
    expect(await note('@-45s the pager rang')).toBe(0)
    expect(notes()[0]?.forMs).toBeLessThan(30_000)
    expect(await note('it was the phone', { correct: 'n1' })).toBe(0)
    expect(journal.at(-1)).toMatchObject({ type: 'note.corrected', note: 'n1', text: 'it was the phone' })
    expect(written.stdout).toMatch(/^n1 at T\+00:1\d\nn1 corrected( at T\+\d\d:\d\d)?\n$/)
  })

  it.each([
    { what: 'a note that there is none to correct', text: 'x', flags: { correct: 'n9' }, said: 'no note n9' },
    { what: 'nothing', text: ' ', flags: {}, said: 'the note was not written' },
    { what: 'too much', text: 'x'.repeat(5000), flags: {}, said: 'characters long' },
  ])('refuses $what with 2, and nothing is written', async ({ text, flags, said }) => {
    const { state, written, note } = place()
    const { journal } = await drillInProgress(state)
    expect(await note(text, flags)).toBe(2)
    expect(written.stdout).toBe('')
    expect(written.stderr).toContain(said)
    expect(journal).toEqual([])
  })

  it.each([
    { flags: { kind: 'rumour' }, said: '--kind rumour is none of' },
    { flags: { as: 'boss' }, said: '--as boss is none of lead, operator, scribe, observer' },
    { flags: { name: ' \t' }, said: '--name names nobody' },
    { flags: { run: 'xyz' }, said: 'no drill xyz is in progress' },
  ])('ends with 2 for $flags', async ({ flags, said }) => {
    const { state, written, note } = place()
    const { journal } = await drillInProgress(state)
    expect(await note('x', flags)).toBe(2)
    expect(written.stderr).toContain(said)
    expect(journal).toEqual([])
  })

  it('ends with 2 where no drill is in progress', async () => {
    const { written, note } = place()
    expect(await note('x')).toBe(2)
    expect(written).toEqual({ stdout: '', stderr: expect.stringContaining('no drill is in progress') })
  })

  it('finds the drill that is named, among several', async () => {
    const { state, note } = place()
    const [first, second] = [await drillInProgress(state, 'run1'), await drillInProgress(state, 'run2')]
    expect(await note('x')).toBe(2)
    expect(await note('y', { run: 'run2' })).toBe(0)
    expect([first.notes(), second.notes()]).toMatchObject([[], [{ text: 'y' }]])
  })
})
