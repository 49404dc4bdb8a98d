import { describe, expect, it } from 'vitest'
import { readAssignment } from '../../../src/crew/assignment.ts'
import { readDay } from '../../../src/crew/day.ts'
import { noteMoment, readNote } from '../../../src/crew/note-text.ts'

const friday = new Date('2026-11-20T12:00:00Z')
const context = { begunMs: 100_000, today: friday }

describe('a note as it was typed', () => {
  it.each([
    { name: 'is about the moment it was begun', typed: 'slow', forMs: 100_000, text: 'slow' },
    { name: 'is dated back by seconds', typed: '@-45s no alert yet', forMs: 55_000, text: 'no alert yet' },
    { name: 'is dated back by minutes and seconds', typed: '@-1m30s slow', forMs: 10_000, text: 'slow' },
    { name: 'is dated to a moment of the drill', typed: '@1:05 slow', forMs: 65_000, text: 'slow' },
    { name: 'is dated to a moment as it is shown', typed: '@T+01:05 slow', forMs: 65_000, text: 'slow' },
    { name: 'keeps a name at its beginning', typed: '@ben saw it', forMs: 100_000, text: '@ben saw it' },
    {
      name: 'is one line without control characters',
      typed: 'a\u001b[2Jb\nc',
      forMs: 100_000,
      text: 'ab c',
    },
  ])('$name', ({ typed, forMs, text }) => {
    expect(readNote('symptom', typed, context)).toEqual({
      kind: 'symptom',
      text,
      forMs,
      dated: forMs !== context.begunMs,
      owner: null,
      due: null,
    })
  })

  it.each([
    { name: 'nothing', typed: '   ', problem: 'nothing in it' },
    { name: 'nothing but a time', typed: '@-5s', problem: 'nothing in it' },
    { name: 'a time before the drill', typed: '@-5m slow', problem: 'before the drill began' },
    { name: 'a time to come', typed: '@2:00 slow', problem: 'has not come yet' },
    { name: 'a time that is none', typed: '@-5x slow', problem: 'is no time' },
    { name: 'a time typed twice', typed: '@--4s slow', problem: 'is no time' },
    { name: 'a document', typed: 'x'.repeat(2001), problem: '2000 is the most' },
  ])('refuses $name', ({ typed, problem }) => {
    const read = readNote('note', typed, context)
    expect(read).toHaveProperty('problem', expect.stringContaining(problem))
  })

  it.each([
    { typed: 'alert on 401 @ben by 2026-12-01', text: 'alert on 401', owner: 'ben', due: '2026-12-01' },
    { typed: '@ben alert on 401', text: 'alert on 401', owner: 'ben', due: null },
    { typed: 'alert on 401 by friday', text: 'alert on 401', owner: null, due: '2026-11-27' },
    {
      typed: '@-45s alert on 401 @Ana-Lena by +2w',
      text: 'alert on 401',
      owner: 'Ana-Lena',
      due: '2026-12-04',
    },
    { typed: 'stand by me', text: 'stand by me', owner: null, due: null },
  ])('reads owner and day of a to-do: $typed', ({ typed, ...expected }) => {
    expect(readNote('to-do', typed, context)).toMatchObject(expected)
  })
})

describe('a day', () => {
  it.each([
    ['2026-12-01', '2026-12-01'],
    ['+7d', '2026-11-27'],
    ['+13w', '2027-02-19'],
    ['friday', '2026-11-27'],
    ['sat', '2026-11-21'],
    ['thursday', '2026-11-26'],
    ['2026-02-30', null],
    ['2026-13-01', null],
    ['fr', null],
    ['soon', null],
  ])('%s is %s', (typed, date) => {
    expect(readDay(typed, friday)).toBe(date)
  })
})

describe('what is settled about a finding', () => {
  it.each([
    { typed: 'Ana friday', owner: 'Ana', due: '2026-11-27', whyNot: null },
    { typed: '@Ana by 2026-12-01', owner: 'Ana', due: '2026-12-01', whyNot: null },
    { typed: 'Ana Maria +2w', owner: 'Ana Maria', due: '2026-12-04', whyNot: null },
    { typed: 'no: we can live with it', owner: null, due: null, whyNot: 'we can live with it' },
  ])('reads $typed', ({ typed, ...expected }) => {
    expect(readAssignment(typed, friday)).toEqual(expected)
  })

  it('takes a name that begins like a no for a name', () => {
    expect(readAssignment('no-one friday', friday)).toMatchObject({ owner: 'no-one', due: '2026-11-27' })
  })

  it.each(['', 'Ana', 'friday', 'no', 'no:', 'Ana 2026-11-19'])('asks again after %j', (typed) => {
    expect(readAssignment(typed, friday)).toHaveProperty('problem')
  })
})

describe('the moment of a note that is being typed', () => {
  it.each([
    { typed: '', forMs: 400_000 },
    { typed: 'the pager rang', forMs: 400_000 },
    { typed: '@-', forMs: null },
    { typed: '@-45s', forMs: 355_000 },
    { typed: '@6:30 the pager rang', forMs: 390_000 },
    { typed: '@9:30', forMs: null },
    { typed: '@ana mend it', forMs: 400_000 },
  ])('of $typed is $forMs', ({ typed, forMs }) => {
    expect(noteMoment(typed, 400_000)).toBe(forMs)
  })
})

describe('a diagnosis', () => {
  it('names a fault by its kind, and nothing else counts as one', () => {
    expect(readNote('diagnosis', 'revoke-key', context)).toMatchObject({ text: 'revoke-key' })
    expect(readNote('diagnosis', 'something with keys', context)).toHaveProperty(
      'problem',
      expect.stringContaining('revoke-key'),
    )
  })
})
