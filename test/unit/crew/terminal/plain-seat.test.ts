import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { plainSeat, type Leaving } from '../../../../src/crew/terminal/index.ts'
import type { SeatRole } from '../../../../src/crew/index.ts'
import { recordingHands } from '../../../support/crew-hands.ts'
import { begun, goNoGo, statusAt } from '../../../support/crew-scenes.ts'
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

  it('aborts with a line of !, and with no other', async () => {
    const { hands, type } = seated()
    await type('!!')
    expect(hands.aborts).toBe(0)
    await type('!')
    expect(hands.aborts).toBe(1)
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

  it('leaves nothing behind when it is closed, and that is no leaving', async () => {
    const { seat, left } = seated()
    await seat.close()
    expect(left).toEqual([])
  })
})
