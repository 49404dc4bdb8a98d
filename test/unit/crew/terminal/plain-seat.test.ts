import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { plainSeat, type Leaving } from '../../../../src/crew/terminal/index.ts'
import type { SeatRole } from '../../../../src/crew/index.ts'
import { recordingHands } from '../../../support/crew-hands.ts'
import { arm, begun, finding, goNoGo, nextDrill, statusAt, wentWell } from '../../../support/crew-scenes.ts'
import { settled } from '../../../support/crew-terminal.ts'

function seated({
  hands = recordingHands(),
  roles = ['lead', 'operator', 'scribe'] as readonly SeatRole[],
} = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const left: Leaving[] = []
  const seat = plainSeat({
    input,
    output,
    clock: systemClock,
    roles,
    name: 'Ana',
    onLeave: (why) => left.push(why),
  })
  seat.take(hands)
  const type = async (line: string) => {
    input.write(`${line}\n`)
    await settled()
  }
  let written = ''
  output.on('data', (chunk: Buffer) => (written += chunk.toString()))
  const lines = async () => {
    await settled()
    return written.trim().split('\n')
  }
  return { seat, hands, left, input, type, lines }
}

describe('a seat of plain lines', () => {
  it.each([
    { line: 'n dashboard is red', note: { kind: 'note', text: 'dashboard is red', corrects: null } },
    { line: 's no alert', note: { kind: 'symptom', text: 'no alert', corrects: null } },
    { line: 'd we wait', note: { kind: 'decision', text: 'we wait', corrects: null } },
    { line: 't @Ben alert on 401', note: { kind: 'to-do', text: '@Ben alert on 401', corrects: null } },
    { line: '@-45s the pager rang', note: { kind: 'note', text: '@-45s the pager rang', corrects: null } },
    { line: 'c n3 it was the pager', note: { text: 'it was the pager', corrects: 'n3' } },
    { line: 'N loud', note: { kind: 'note', text: 'loud', corrects: null } },
  ])('writes a note for "$line"', async ({ line, note }) => {
    const { hands, type } = seated()
    await type(line)
    expect(hands.notes).toMatchObject([{ ...note, begunMs: 441_000 }])
  })

  it('corrects the last note written here when none is named', async () => {
    const { hands, type } = seated()
    await type('n dashbord')
    await type('c dashboard')
    expect(hands.notes[1]).toMatchObject({ corrects: 'n1', text: 'dashboard' })
  })

  it('names the fault in a blind drill', async () => {
    const { seat, hands, type } = seated()
    seat.entry(begun(true))
    await type('g revoke-key')
    expect(hands.notes).toMatchObject([{ kind: 'diagnosis', text: 'revoke-key' }])
  })

  it('takes any other line as the answer to what is asked', async () => {
    const { seat, hands, type, lines } = seated()
    seat.questions([goNoGo])
    expect((await lines()).at(-1)).toContain('QUESTION for the lead: go / no-go.')
    await type('go')
    await type('n')
    expect(hands.answers).toEqual([
      ['go / no-go', 'go'],
      ['go / no-go', 'n'],
    ])
    expect(hands.notes).toEqual([])
  })

  it('says a question once, and what was wrong with its answer', async () => {
    const hands = recordingHands({ answer: async () => 'write go or no-go' })
    const { seat, type, lines } = seated({ hands })
    seat.questions([goNoGo])
    seat.questions([goNoGo])
    await type('perhaps')
    const said = await lines()
    expect(said.filter((line) => line.startsWith('QUESTION'))).toHaveLength(1)
    expect(said.at(-1)).toBe('write go or no-go')
  })

  it('prints a note that could not be written', async () => {
    const hands = recordingHands({ note: async () => ({ problem: 'the disk is full' }) })
    const { type, lines } = seated({ hands })
    await type('n precious')
    expect(await lines()).toContain('not written, the disk is full: precious')
  })

  it.each(['!', '!!', ' ! ', '! now', '!abort', '/!', 'abort', 'ABORT', 'Abort!', '/abort'])(
    'aborts with "%s", whatever is asked',
    async (line) => {
      for (const open of [[], [goNoGo], [arm], [wentWell]]) {
        const { seat, hands, type } = seated()
        seat.questions(open)
        await type(line)
        expect(hands).toMatchObject({ aborts: 1, answers: [] })
      }
    },
  )

  it('keeps why it was aborted', async () => {
    const { hands, type } = seated()
    await type('! checkout is down')
    expect(hands).toMatchObject({ aborts: 1, notes: [{ kind: 'note', text: 'checkout is down' }] })
  })

  it('aborts with no sentence about it', async () => {
    const { seat, hands, type } = seated()
    seat.questions([wentWell])
    await type('abort was easy to find')
    expect(hands).toMatchObject({ aborts: 0, answers: [['went well', 'abort was easy to find']] })
  })

  it('says what can be typed', async () => {
    const { type, lines } = seated()
    await type('?')
    expect((await lines()).join('\n')).toMatch(/^n {2}note: /m)
    await type('what')
    expect((await lines()).at(-1)).toBe('"what" is not understood; ? lists what can be typed')
    await type('s')
    expect((await lines()).at(-1)).toBe('"s" wants its text in the same line')
  })

  describe('where any text may be the answer', () => {
    it.each([
      'd is ok',
      'n',
      '@Ana friday',
      't @Ben 2026-12-01',
      'c n3 was it',
      '@-45s earlier',
      '/etc/hosts was wrong',
      'note this',
    ])('takes "%s" for it', async (line) => {
      const { seat, hands, type, lines } = seated()
      seat.questions([wentWell])
      await type(line)
      expect(hands).toMatchObject({ answers: [['went well', line]], notes: [] })
      expect((await lines()).at(-1)).toBe(`went well: ${line}`)
    })

    it.each([
      { line: '/n red again', note: { kind: 'note', text: 'red again' } },
      { line: '/t @Ben alert on 401', note: { kind: 'to-do', text: '@Ben alert on 401' } },
      { line: '/@-45s the pager rang', note: { kind: 'note', text: '@-45s the pager rang' } },
      { line: '/c n3 it was the pager', note: { corrects: 'n3', text: 'it was the pager' } },
    ])('takes "$line" for a note, as it does at any time', async ({ line, note }) => {
      for (const open of [[], [goNoGo], [wentWell]]) {
        const { seat, hands, type } = seated()
        seat.questions(open)
        await type(line)
        expect(hands).toMatchObject({ notes: [note], answers: [] })
      }
    })

    it('says so, in the question and in the help', async () => {
      const { seat, type, lines } = seated()
      seat.questions([wentWell])
      expect((await lines()).at(-1)).toContain('a note meanwhile begins with /: /n text')
      await type('?')
      expect((await lines()).join('\n')).toContain('There a note begins with /')
    })

    it.each([
      { question: wentWell, says: 'went well: nothing' },
      { question: nextDrill, says: 'next drill: 2026-11-27' },
    ])('takes Enter alone: $says', async ({ question, says }) => {
      const { seat, hands, type, lines } = seated()
      seat.questions([question])
      await type('')
      expect(hands.answers).toEqual([[question.gate, '']])
      expect((await lines()).at(-1)).toBe(says)
    })

    it('says what is wrong with Enter alone where it is no answer', async () => {
      const { seat, type, lines } = seated({ hands: recordingHands({ answer: async () => 'write a name' }) })
      seat.questions([finding])
      await type('')
      expect(await lines()).toContain('no answer to "finding no-alert", write a name: Enter alone')
    })
  })

  it.each([goNoGo, arm])('decides nothing with Enter alone: $gate', async (question) => {
    const { seat, hands, type } = seated()
    seat.questions([question])
    await type('')
    await type('  ')
    expect(hands.answers).toEqual([])
  })

  it('answers one question after the other, and says whose turn it is', async () => {
    const { seat, hands, type, lines } = seated()
    const surprised = { ...wentWell, gate: 'surprised' }
    seat.questions([wentWell])
    seat.questions([wentWell, finding])
    expect((await lines()).at(-1)).toMatch(/^QUESTION .*: finding no-alert\. .*\(after "went well"\)$/)
    await type('all of it')
    seat.questions([finding])
    expect((await lines()).at(-1)).toMatch(/^QUESTION .*: finding no-alert\. .*text$/)
    seat.questions([finding, surprised])
    await type('Ana friday')
    expect(hands.answers).toEqual([
      ['went well', 'all of it'],
      ['finding no-alert', 'Ana friday'],
    ])
  })

  it.each([
    { line: 'all of it', kept: 1 },
    { line: '', kept: 0 },
  ])('keeps an answer that comes too late as a note: "$line"', async ({ line, kept }) => {
    let refuse = (_: string) => undefined as void
    const hands = recordingHands({ answer: () => new Promise((resolve) => (refuse = resolve)) })
    const { seat, type, lines } = seated({ hands })
    seat.questions([wentWell])
    await type(line)
    seat.questions([])
    refuse('"went well" is not open any more')
    expect((await lines()).at(-1)).toContain('not open any more')
    expect(hands.notes).toHaveLength(kept)
  })

  it('takes no more when the drill is over', async () => {
    const { seat, hands, type, lines } = seated()
    await seat.finish()
    await type('n one more')
    expect(hands.notes).toEqual([])
    expect((await lines()).at(-1)).toBe('not written, the drill is over: n one more')
  })

  it('prints what nobody has confirmed when it is closed', async () => {
    const { seat, type, lines } = seated({
      hands: recordingHands({ note: () => new Promise(() => undefined) }),
    })
    await type('n precious')
    await seat.close()
    expect((await lines()).at(-1)).toBe('handed in, and not confirmed: precious')
  })

  it('hears nothing of an observer but ? and q', async () => {
    const { hands, left, type } = seated({ roles: ['observer'] })
    for (const line of ['n something', '!', 'c n1 else', '@-45s no']) await type(line)
    expect(hands).toMatchObject({ notes: [], aborts: 0 })
    await type('q')
    expect(left).toEqual(['quit'])
  })

  it('says the state when it changes and not with every status, and moves no cursor', async () => {
    const { seat, lines } = seated()
    for (let minute = 7; minute < 7.4; minute += 0.05) seat.status(statusAt(minute))
    seat.status(statusAt(13.1))
    seat.show(['VERDICT \u001B[2J held'])
    const said = await lines()
    expect(said.filter((line) => line.includes('BROKEN ON PURPOSE'))).toHaveLength(1)
    expect(said.filter((line) => line.includes('RESTORED, CHECKING'))).toHaveLength(1)
    expect(said.join('')).not.toContain('\u001B')
    expect(said.at(-1)).toBe('VERDICT  held')
  })

  it('takes the end of its input for leaving, once, and prints on', async () => {
    const { seat, input, left, lines } = seated()
    input.end()
    await settled()
    input.emit('error', new Error('read EIO'))
    expect(left).toEqual(['EOF'])
    seat.show(['restored'])
    expect((await lines()).at(-1)).toBe('restored')
  })

  it('takes an input that fails for leaving, once', async () => {
    const { input, left } = seated()
    input.emit('error', new Error('read EIO'))
    input.emit('error', new Error('read EIO'))
    expect(left).toEqual(['EOF'])
  })

  it('leaves nothing behind when it is closed, and that is no leaving', async () => {
    const { seat, left } = seated()
    await seat.close()
    expect(left).toEqual([])
  })
})
