import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../src/base/index.ts'
import { terminalSeat, type Leaving, type SeatOptions } from '../../../../src/crew/terminal/index.ts'
import type { JournalEntry, JournalEvent } from '../../../../src/record/index.ts'
import { recordingHands, type RecordingHands } from '../../../support/crew-hands.ts'
import { arm, begun, finding, goNoGo, nextDrill, statusAt, wentWell } from '../../../support/crew-scenes.ts'
import { fakeTerminal, settled } from '../../../support/crew-terminal.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A seat in the middle of the first break, at a terminal of 80 by 24. */
async function seated({
  hands = recordingHands(),
  rows = 24,
  ...options
}: Partial<Pick<SeatOptions, 'roles' | 'name' | 'window'>> & { hands?: RecordingHands; rows?: number } = {}) {
  const terminal = fakeTerminal(80, rows)
  const left: Leaving[] = []
  const exits = new Set<() => void>()
  const seat = terminalSeat({
    ...terminal,
    clock: systemClock,
    roles: ['lead', 'operator', 'scribe'],
    name: 'Ana',
    ...options,
    onLeave: (why) => left.push(why),
    onExit: (listener) => {
      exits.add(listener)
      return () => exits.delete(listener)
    },
  })
  closing.push(() => seat.close())
  // The first redraw comes at once, further ones after a pause: this one shows the status.
  seat.status(statusAt(7.5))
  seat.take(hands)
  await settled()
  const last = async () => (await terminal.screen.rows()).findLast((row) => row !== '') ?? ''
  return { ...terminal, seat, hands, left, exits, last }
}

/** Longer than the pause between two redraws that no key has asked for. */
const drawn = () => new Promise((resolve) => setTimeout(resolve, 260))

let number = 0
const entry = <E extends JournalEvent>(event: E): JournalEntry =>
  ({ id: `j${++number}`, atMs: 442_000, at: '2026-11-20T12:07:22.000Z', ...event }) as JournalEntry
const said = (text: string) => entry({ type: 'said', role: 'lead', text })
const noted = (note: string, text: string) =>
  entry({ type: 'note', note, role: 'scribe', by: 'Ana', kind: 'symptom', text, forMs: 441_000 })

describe('notes', () => {
  it.each([
    { key: 'n', kind: 'note' },
    { key: 's', kind: 'symptom' },
    { key: 'S', kind: 'symptom' },
    { key: 'd', kind: 'decision' },
    { key: 't', kind: 'to-do' },
  ])('$key begins a $kind, which carries the time of that key', async ({ key, kind }) => {
    const { press, hands, last } = await seated()
    await press(key)
    hands.at = 460_000
    await press('dashboard is red')
    expect(await last()).toBe(`${kind} > dashboard is red`)
    await press('\r')
    expect(hands.notes).toEqual([{ kind, text: 'dashboard is red', begunMs: 441_000, corrects: null }])
    expect(await last()).toContain('n note')
  })

  it('are dated back with @', async () => {
    const { press, hands } = await seated()
    await press('@45s the pager rang\r')
    expect(hands.notes).toMatchObject([{ kind: 'note', text: '@-45s the pager rang' }])
  })

  it('can be edited while they are typed, and dropped with Esc', async () => {
    const { press, hands, last } = await seated()
    await press('nredd\u007F\u001B[D\u001B[D\u001B[Dbo')
    expect(await last()).toBe('note > bored')
    await press('\u001B')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await press('nsecond\r')
    expect(hands.notes).toMatchObject([{ text: 'second' }])
  })

  it('can be aborted from with Esc and ! in one packet, and what stood there can still be read', async () => {
    const { press, hands, screen } = await seated()
    await press('ndashboard is r')
    await press('\u001B!')
    await drawn()
    expect(hands).toMatchObject({ aborts: 1, notes: [] })
    expect((await screen.rows()).join('\n')).toContain('dropped: dashboard is r')
    await press('\u001Bs')
    await press('red\r')
    expect(hands.notes).toMatchObject([{ kind: 'symptom', text: 'red' }])
  })

  it('say which moment they count for while they are typed', async () => {
    const { press, screen } = await seated()
    const hint = async () => (await screen.rows()).find((row) => row.includes('Esc drops it'))
    await press('n')
    expect(await hint()).toContain('Enter writes it for T+07:21')
    await press('@-2')
    expect(await hint()).toContain('Enter writes it  Esc')
    await press('m pager')
    expect(await hint()).toContain('Enter writes it for T+05:21')
  })

  it('of nothing are no notes', async () => {
    const { press, hands } = await seated()
    await press('n  \r')
    expect(hands.notes).toEqual([])
  })

  it('are corrected with c, which offers the last one written here', async () => {
    const { press, hands, seat, last } = await seated()
    await press('swhole dashbord\r')
    seat.entry(noted('n1', 'whole dashbord'))
    seat.entry(noted('n2', 'by somebody else'))
    await press('c')
    expect(await last()).toBe('n1, corrected > whole dashbord')
    await press('!\r')
    expect(hands.notes[1]).toMatchObject({ corrects: 'n1', kind: 'symptom', text: 'whole dashbord!' })
  })

  it('that cannot be written come back to be changed', async () => {
    const hands = recordingHands({ note: async () => ({ problem: 'the disk is full' }) })
    const { press, last, screen } = await seated({ hands })
    await press('nlost?\r')
    expect(await last()).toBe('note > lost?')
    expect((await screen.rows()).join('\n')).toContain('not written: the disk is full')
  })

  it('that cannot be written come back from under the help as well', async () => {
    let refuse = (_: { problem: string }) => undefined as void
    const hands = recordingHands({ note: () => new Promise((resolve) => (refuse = resolve)) })
    const { press, last } = await seated({ hands })
    await press('nlost?\r?')
    refuse({ problem: 'the disk is full' })
    await settled()
    expect(await last()).toBe('note > lost?')
  })

  it('that cannot be written while the next is typed stand in the scrollback', async () => {
    let refuse = (_: { problem: string }) => undefined as void
    const hands = recordingHands({ note: () => new Promise((resolve) => (refuse = resolve)) })
    const { press, last, screen } = await seated({ hands })
    await press('nfirst\r')
    await press('nsecond')
    refuse({ problem: 'the disk is full' })
    await drawn()
    expect(await last()).toBe('note > second')
    expect((await screen.everything()).join('\n')).toContain('not written, the disk is full: first')
  })

  it('survive log lines, statuses and questions that come meanwhile', async () => {
    const { press, seat, hands, last, screen } = await seated()
    await press('ndash')
    for (let line = 0; line < 40; line++) seat.entry(said(`line ${line}`))
    seat.status(statusAt(7.6))
    seat.questions([goNoGo])
    await drawn()
    expect(await last()).toBe('note > dash')
    await press('board\r')
    expect(hands.notes).toMatchObject([{ text: 'dashboard' }])
    const log = (await screen.everything()).filter((row) => /line \d+$/.test(row))
    expect(log.map((row) => row.replace(/.*(line \d+)$/, '$1'))).toEqual(
      Array.from({ length: 40 }, (_, line) => `line ${line}`),
    )
  })
})

describe('questions', () => {
  it('are answered by Enter, words and Enter; the most urgent first, Tab for the next', async () => {
    const { press, seat, hands, last } = await seated()
    seat.questions([arm, goNoGo])
    await press('\r')
    expect(await last()).toBe('go / no-go >')
    await press('g\t')
    expect(await last()).toBe('arm revoked key >')
    await press('revoke-key primary\r')
    await press('\ro\r')
    expect(hands.answers).toEqual([
      ['arm revoked key', 'revoke-key primary'],
      ['go / no-go', 'go'],
    ])
  })

  it('come back with the problem when they were not understood', async () => {
    const hands = recordingHands({ answer: async () => 'write go or no-go' })
    const { press, seat, last, screen } = await seated({ hands })
    seat.questions([goNoGo])
    await press('\rperhaps\r')
    expect(await last()).toBe('go / no-go > perhaps')
    expect((await screen.rows()).join('\n')).toContain('write go or no-go')
  })

  it('that are withdrawn while they are answered leave what was typed as a note', async () => {
    const { press, seat, hands, screen } = await seated()
    seat.questions([goNoGo])
    await press('\rwe should not')
    seat.questions([])
    await settled()
    expect(hands.notes).toMatchObject([{ kind: 'note', corrects: null }])
    expect(hands.notes[0]?.text).toBe(
      'typed as the answer to "go / no-go", which was not open any more: we should not',
    )
    expect((await screen.rows()).join('\n')).toContain('kept as n1')
  })

  it.each([
    { question: wentWell, says: 'went well: nothing' },
    { question: nextDrill, says: 'next drill: 2026-11-27' },
  ])('that take any text take Enter alone: $says', async ({ question, says }) => {
    const { press, seat, hands, screen } = await seated()
    seat.questions([question])
    await press('\r')
    expect(hands.answers).toEqual([])
    await press('\r')
    expect(hands.answers).toEqual([[question.gate, '']])
    expect((await screen.rows()).join('\n')).toContain(`› ${says}`)
  })

  it.each([goNoGo, arm])('that decide want their word: $gate', async (question) => {
    const { press, seat, hands } = await seated()
    seat.questions([question])
    await press('\r\r\r  \r')
    expect(hands.answers).toEqual([])
  })

  it('that do not take Enter alone stay open with the problem', async () => {
    const { press, seat, last, screen } = await seated({
      hands: recordingHands({ answer: async () => 'write a name' }),
    })
    seat.questions([finding])
    await press('\r\r')
    expect(await last()).toBe('finding no-alert >')
    expect((await screen.rows()).join('\n')).toContain('› write a name')
  })

  it('that closed before Enter alone came leave no note of nothing', async () => {
    let refuse = (_: string) => undefined as void
    const hands = recordingHands({ answer: () => new Promise((resolve) => (refuse = resolve)) })
    const { press, seat, screen } = await seated({ hands })
    seat.questions([wentWell])
    await press('\r\r')
    seat.questions([])
    refuse('"went well" is not open any more')
    await settled()
    expect(hands.notes).toEqual([])
    expect((await screen.rows()).join('\n')).toContain('is not open any more')
  })

  it('that came too late come back as the note that could not be written', async () => {
    const hands = recordingHands({
      answer: async () => '"go / no-go" is not open any more',
      note: async () => ({ problem: 'the disk is full' }),
    })
    const { press, seat, screen } = await seated({ hands })
    seat.questions([goNoGo])
    await press('\rwe should wait')
    seat.questions([])
    await settled()
    expect((await screen.rows()).join('')).toMatch(/note > typed as the answer .*: we should wait$/)
  })

  it('that close while the answer is under way leave it as a note', async () => {
    let refuse = (_: string) => undefined as void
    const hands = recordingHands({ answer: () => new Promise((resolve) => (refuse = resolve)) })
    const { press, seat } = await seated({ hands })
    seat.questions([goNoGo])
    await press('\rgo\r')
    seat.questions([])
    refuse('"go / no-go" is not open any more')
    await settled()
    expect(hands.notes[0]?.text).toContain('go / no-go')
  })

  it('are not there to be answered where none is open', async () => {
    const { press, screen } = await seated()
    await press('\r')
    expect((await screen.rows()).join('\n')).toContain('nothing is asked of you now')
  })
})

describe('keys', () => {
  it('! aborts, from the help as well', async () => {
    const { press, hands, screen } = await seated()
    await press('!')
    expect((await screen.rows()).join('\n')).toContain('ABORT: what is broken is being put back')
    await press('?')
    await press('!')
    expect(hands.aborts).toBe(2)
  })

  it('! is a character of a note that is typed', async () => {
    const { press, hands } = await seated()
    await press('nred!\r')
    expect(hands).toMatchObject({ aborts: 0, notes: [{ text: 'red!' }] })
  })

  it('of an observer are ? and q alone', async () => {
    const { press, hands, left } = await seated({ roles: ['observer'] })
    await press('n!sdtcg@\r')
    expect(hands).toMatchObject({ aborts: 0, notes: [], answers: [] })
    expect(left).toEqual([])
    await press('q')
    expect(left).toEqual(['quit'])
  })

  it('g names the fault in a blind drill only', async () => {
    const { press, seat, hands } = await seated()
    await press('gno\r')
    expect(hands.notes).toMatchObject([{ kind: 'note', text: 'o' }])
    seat.entry(begun(true))
    await press('grevoke-key\r')
    expect(hands.notes[1]).toMatchObject({ kind: 'diagnosis', text: 'revoke-key' })
  })

  it('Ctrl-Z does not stop the program', async () => {
    const { press, screen, last } = await seated()
    await press('ndash\u001Aboard')
    expect(await last()).toBe('note > dashboard')
    expect((await screen.rows()).join('\n')).toContain('Ctrl-Z is not heard')
  })

  it('are refused with a sentence before the drill has begun', async () => {
    const terminal = fakeTerminal()
    const seat = terminalSeat({
      ...terminal,
      clock: systemClock,
      roles: ['lead'],
      name: 'Ana',
      onLeave: () => undefined,
      onExit: () => () => undefined,
    })
    closing.push(() => seat.close())
    await terminal.press('n')
    expect((await terminal.screen.rows()).join('\n')).toContain('the drill has not begun yet')
  })
})

describe('pastes', () => {
  const paste = (text: string) => `\u001B[200~${text}\u001B[201~`

  it('into a note become one line, at the cursor', async () => {
    const { press, hands } = await seated()
    await press(`nlog: ends\u001B[D\u001B[D\u001B[D\u001B[D${paste('one\r\ntwo\u0003 \u0007! ')}`)
    await press('\r')
    expect(hands.notes).toMatchObject([{ text: 'log: one  two ! ends' }])
  })

  it('elsewhere are passed over, whatever they would have meant as keys', async () => {
    const { press, hands, screen } = await seated()
    await press(paste('n!\rsomething\r!'))
    expect(hands).toMatchObject({ aborts: 0, notes: [] })
    expect((await screen.rows()).join('\n')).toContain('what was pasted is passed over')
  })

  it('whose end got lost do not deafen the keyboard', async () => {
    const { press, left, screen } = await seated()
    await press('\u001B[200~abc\u0003')
    expect(left).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect((await screen.rows()).join('\n')).toContain('what was pasted is passed over')
    await press('\u0003')
    expect(left).toEqual(['SIGINT'])
  })

  it('that come in pieces are one paste', async () => {
    const { press, hands } = await seated()
    await press('n')
    for (const piece of ['\u001B[20', '0~a', '\rb', '\u001B', '[201', '~', '\r']) await press(piece)
    expect(hands.notes).toMatchObject([{ text: 'a b' }])
  })
})

describe('leaving', () => {
  it.each([
    { name: 'Ctrl-C', keys: '\u0003', why: 'SIGINT' },
    { name: 'Ctrl-D on an empty line', keys: '\u0004', why: 'EOF' },
    { name: 'Ctrl-C in a note', keys: 'ntyping\u0003', why: 'SIGINT' },
    { name: 'Ctrl-C after a Ctrl-Z', keys: '\u001A\u0003', why: 'SIGINT' },
  ])('by $name is told once, and the terminal is as it was', async ({ keys, why }) => {
    const { press, left, raw, seat, written, exits } = await seated()
    expect(raw).toEqual([true])
    expect(exits.size).toBe(1)
    await press(keys)
    await press('\u0003')
    expect(left).toEqual([why])
    expect(raw).toEqual([true, false])
    expect(exits.size).toBe(0)
    expect(written().match(/\[\?2004[hl]/g)).toEqual(['[?2004h', '[?2004l'])
    await seat.close()
    expect(raw).toEqual([true, false])
  })

  it.each(['end', 'error'])('is what the %s of the input means', async (event) => {
    const { input, left } = await seated()
    input.emit(event, new Error('read EIO'))
    input.emit('error', new Error('read EIO'))
    expect(left).toEqual(['EOF'])
  })

  it('keeps a half-typed note', async () => {
    const { press, hands } = await seated()
    await press('ssecond provider slow')
    await press('\u0003')
    expect(hands.notes).toMatchObject([{ kind: 'symptom', text: 'second provider slow' }])
  })

  it('lets the log go on as lines', async () => {
    const { press, seat, screen } = await seated()
    await press('\u0003')
    seat.entry(said('one more thing'))
    await settled()
    const rows = (await screen.everything()).filter((row) => row !== '')
    expect(rows.at(-1)).toBe('T+07:22  lead      one more thing')
    expect(rows.join('\n')).not.toContain('BROKEN ON PURPOSE')
  })

  it('is what Ctrl-D in a note is not', async () => {
    const { press, left, hands } = await seated()
    await press('nab\u001B[D\u0004\r')
    expect(left).toEqual([])
    expect(hands.notes).toMatchObject([{ text: 'a' }])
  })

  it('is done for it by the end of the process', async () => {
    const { raw, exits } = await seated()
    for (const exit of exits) exit()
    expect(raw).toEqual([true, false])
  })
})

describe('the end of a drill', () => {
  it('takes the frame away, keeps the log, and hands in what was half typed', async () => {
    const { press, seat, hands, screen, left } = await seated()
    seat.entry(said('and that was it'))
    await press('nhalf a thought')
    await seat.close()
    expect((await screen.everything()).filter((row) => row !== '')).toEqual([
      'T+07:22  lead      and that was it',
    ])
    expect(hands.notes).toMatchObject([{ text: 'half a thought' }])
    expect(left).toEqual([])
  })

  it('does not wait for a note that nobody takes any more, and prints it', async () => {
    const hands = recordingHands({ note: () => new Promise(() => undefined) })
    const { press, seat, raw, screen } = await seated({ hands })
    await press('nhalf a thought')
    await seat.close()
    expect(raw).toEqual([true, false])
    expect((await screen.everything()).join('\n')).toContain('not confirmed: half a thought')
  })

  it('prints what was half typed and is not taken any more', async () => {
    const hands = recordingHands({ note: async () => ({ problem: 'contact was lost' }) })
    const { press, seat, screen } = await seated({ hands })
    seat.questions([goNoGo])
    await press('\rwe should\t')
    await press('\u001B')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await press('nhalf a thought')
    await seat.close()
    expect((await screen.everything()).join('\n')).toContain('not written, contact was lost: half a thought')
  })

  it('takes what is half typed a moment before, and nothing after that', async () => {
    const { press, seat, hands, screen } = await seated()
    await press('shalf a thought')
    await seat.finish()
    expect(hands.notes).toMatchObject([{ kind: 'symptom', text: 'half a thought' }])
    await press('n more!\r')
    expect(hands).toMatchObject({ notes: [{}], aborts: 0 })
    expect((await screen.rows()).join('\n')).toContain('the drill is over')
    await seat.close()
    expect(hands.notes).toHaveLength(1)
  })
})

describe('a frame that fails', () => {
  /** A seat whose window cannot be drawn for from some moment on. */
  async function failing(hands = recordingHands()) {
    let isBroken = false
    const window = {
      columns: 80,
      rows: 24,
      color: false,
      get glyphs() {
        if (isBroken) throw new Error('there is no such glyph')
        return 'unicode' as const
      },
    }
    const seat = await seated({ hands, window: () => window })
    const fail = async () => {
      isBroken = true
      seat.output.emit('resize')
      await settled()
    }
    const text = async () => (await seat.screen.everything()).join('\n').replace(/\s+/g, ' ')
    return { ...seat, fail, text }
  }

  it('does not end the drill: it goes on in plain lines, and says so once', async () => {
    const { seat, press, fail, left, hands, text } = await failing()
    seat.questions([goNoGo])
    await fail()
    seat.status(statusAt(7.6))
    seat.entry(said('we watch'))
    await press('go\n')
    await press('n still red\n')
    await press('!\n')
    expect(left).toEqual([])
    expect(hands).toMatchObject({
      answers: [['go / no-go', 'go']],
      notes: [{ text: 'still red' }],
      aborts: 1,
    })
    const shown = await text()
    expect(shown.match(/the frame has failed \(there is no such glyph\)/g)).toHaveLength(1)
    expect(shown).toContain('QUESTION for the lead: go / no-go.')
    expect(shown).toContain('lead we watch')
    expect(shown).toContain('T+07:36 BROKEN ON PURPOSE')
  })

  it('gives the terminal back as it was: Ctrl-C is a signal then', async () => {
    const { fail, press, raw, exits, written, left, seat } = await failing()
    await fail()
    expect(raw).toEqual([true, false])
    expect(exits.size).toBe(0)
    expect(written().match(/\[\?2004[hl]/g)).toEqual(['[?2004h', '[?2004l'])
    await press('\u0003')
    expect(left).toEqual([])
    await seat.close()
    expect(raw).toEqual([true, false])
  })

  it('keeps what was half typed', async () => {
    const { seat, fail, press, hands, text } = await failing()
    seat.questions([goNoGo])
    await press('\rwe are not\t')
    await press('\u001B')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await press('ssecond provider slow')
    await fail()
    expect(hands.notes).toMatchObject([{ kind: 'symptom', text: 'second provider slow' }])
    expect(await text()).toContain('n1 is on disk')
  })

  it('prints what was half typed where it cannot be kept', async () => {
    const { fail, press, text } = await failing(
      recordingHands({ note: async () => ({ problem: 'the disk is full' }) }),
    )
    await press('ssecond provider slow')
    await fail()
    expect(await text()).toContain('not written, the disk is full: second provider slow')
  })

  it.each(['end', 'error'])('still takes the %s of the input for leaving, once', async (event) => {
    const { fail, input, left } = await failing()
    await fail()
    if (event === 'end') input.end()
    else input.emit('error', new Error('read EIO'))
    await settled()
    expect(left).toEqual(['EOF'])
  })
})

describe('the frame', () => {
  it('is drawn four times a second at most, however often the status changes', async () => {
    const { seat, writes } = await seated()
    const before = writes()
    const begunMs = performance.now()
    for (let status = 0; status < 100; status++) {
      seat.status(statusAt(7.5 + status / 100))
      seat.entry(said(`line ${status}`))
      await settled()
    }
    await drawn()
    expect(writes() - before).toBeLessThanOrEqual(2 + (performance.now() - begunMs) / 250)
    expect(writes() - before).toBeGreaterThan(0)
  })

  it('is not written again when nothing has changed', async () => {
    const { seat, writes } = await seated()
    const before = writes()
    seat.status(statusAt(7.5))
    await drawn()
    expect(writes()).toBe(before)
  })

  it.each([10, 24])('leaves a row of a window of %i', async (rows) => {
    const { screen, press, last } = await seated({ rows })
    await press('nshort')
    expect(await last()).toBe('note > short')
    const everything = await screen.everything()
    expect(everything.length).toBe(rows)
    expect(everything.join('\n')).toContain('BROKEN ON PURPOSE')
  })

  it('makes room for a note of several rows, and never outgrows the window', async () => {
    const { screen, press, hands } = await seated({ rows: 12 })
    const long = Array.from({ length: 1200 }, (_, at) => 'abcdefghij '[at % 11])
      .join('')
      .trim()
    await press(`n${long}`)
    const rows = await screen.everything()
    expect(rows.length).toBe(12)
    expect(rows.join('\n')).toContain('BROKEN ON PURPOSE')
    expect(rows.findLast((row) => row !== '')).toBe(rows.findLast((row) => row.includes('abc')))
    await press('\r')
    expect(hands.notes).toMatchObject([{ text: long }])
    expect((await screen.everything()).length).toBe(12)
  })

  it('stands once on the screen after the window became narrow and wide again', async () => {
    const { screen, resize, press, last } = await seated()
    await press('ndash')
    for (const columns of [40, 120, 80]) {
      resize(columns, 24)
      await settled()
      const rows = await screen.rows()
      expect(rows.filter((row) => row.includes('BROKEN ON PURPOSE'))).toHaveLength(1)
      expect(Math.max(...rows.map((row) => row.length))).toBe(columns - 1)
      expect(await last()).toBe('note > dash')
    }
  })

  it('shows lines that are no entries above it, without what would steer the terminal', async () => {
    const { seat, screen } = await seated()
    seat.show(['VERDICT', 'held \u001B[2Jand sound'])
    await drawn()
    expect((await screen.everything()).slice(0, 2)).toEqual(['VERDICT', 'held and sound'])
  })
})
