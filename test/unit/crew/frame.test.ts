import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import widthOf from 'fast-string-truncated-width'
import { describe, expect, it } from 'vitest'
import type { BoardState } from '../../../src/crew/board.ts'
import { drawFrame, type FrameInput } from '../../../src/crew/frame/index.ts'
import { alert, arm, boardAt, finding, goNoGo, statusAt, usual, watching } from '../../support/crew-scenes.ts'

const text = (board: BoardState, input: FrameInput = watching, window = usual) =>
  drawFrame(board, input, window).join('\n')

/** What people and providers may write: anything, and what has broken terminals before. */
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
    'two\nlines\r\nand\ttabs',
    '\u202eturned around\u2066',
    '👩‍👩‍👧‍👦 家族の写真 가족 🇩🇪 é́́́',
    '\u0085\u009b31m\u0000\u007f\u200b\ufeff',
    'a'.repeat(2000),
  ),
)
/** What the frame itself writes to switch a style on and off. */
const STYLE = new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`)

const windows = fc.record({
  columns: fc.integer({ min: 1, max: 160 }),
  rows: fc.integer({ min: 1, max: 60 }),
  glyphs: fc.constantFrom('unicode' as const, 'ascii' as const),
  color: fc.boolean(),
})
const boards = fc
  .record({
    minute: fc.double({ min: 0, max: 30, noNaN: true }),
    words: fc.array(nasty, { minLength: 8, maxLength: 8 }),
    open: fc.subarray([goNoGo, arm, alert, finding]),
    stopping: fc.boolean(),
  })
  .map(({ minute, words: [name = '', a = '', b = '', c = '', d = '', e = '', f = '', g = ''], ...rest }) => {
    const board = boardAt(minute, {
      name,
      status: { stopping: rest.stopping, phase: { ...statusAt(minute).phase, name: a } },
      questions: rest.open.map((question) => ({ ...question, text: b, hint: c })),
    })
    const notes = [{ id: d, forMs: 0, kind: e, by: f, text: g }]
    return {
      ...board,
      said: { lead: [a, b], operator: [c], scribe: [d] },
      notes,
      drill: { name: e, title: f },
    }
  })
const inputs: fc.Arbitrary<FrameInput> = nasty.chain((message) =>
  fc.constantFrom<FrameInput>(
    { mode: 'watch', message: null, keys: true },
    { mode: 'watch', message, keys: false },
    { mode: 'help', message, keys: true },
    { mode: 'answer', gate: arm.gate, message, keys: true },
    { mode: 'note', kind: 'to-do', begunMs: 1000, corrects: 'n3', message, keys: true },
  ),
)

describe('whatever is shown in whatever window', () => {
  it('a frame leaves two rows and a column free, and is as high as all others of its window', () => {
    fc.assert(
      fc.property(boards, inputs, windows, (board, input, window) => {
        const lines = drawFrame(board, input, window)
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, window.rows - 2))
        expect(lines).toHaveLength(drawFrame(boardAt(1), watching, window).length)
        for (const line of lines)
          expect(widthOf(line).width).toBeLessThanOrEqual(Math.max(1, window.columns - 1))
      }),
      { numRuns: 100 },
    )
  })

  it('nothing that people wrote steers the terminal', () => {
    fc.assert(
      fc.property(boards, inputs, windows, (board, input, window) => {
        for (const line of drawFrame(board, input, window)) {
          const bare = window.color ? line.split(STYLE).join('') : line
          expect(bare).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
          expect(bare).not.toMatch(/\p{Cs}/u)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('an ASCII terminal gets ASCII alone', () => {
    fc.assert(
      fc.property(boards, inputs, windows, (board, input, window) => {
        const lines = drawFrame(board, input, { ...window, glyphs: 'ascii', color: false })
        expect(lines.join('')).toMatch(/^[ -~]*$/)
      }),
      { numRuns: 60 },
    )
  })
})

describe('colours', () => {
  it.each([0.8, 6.2, 7.7, 13.7, 25.2])('add nothing and take nothing away, at minute %d', (minute) => {
    const board = boardAt(minute, { questions: [goNoGo] })
    const window = { ...usual, rows: 40 }
    const colored = drawFrame(board, watching, { ...window, color: true })
    const bare = colored.map((line) => stripVTControlCharacters(line).trimEnd())
    expect(bare).toEqual(drawFrame(board, watching, window))
    expect(colored.join('')).not.toBe(bare.join(''))
  })
})

describe('a window that is too low', () => {
  const board = boardAt(10.3, { questions: [alert] })
  it.each([
    {
      rows: 10,
      keeps: ['BROKEN ON PURPOSE', 'T+10:18', '2:42 left', 'Did the alert fire', 'Enter answer', 'p95'],
    },
    { rows: 6, keeps: ['BROKEN ON PURPOSE', 'T+10:18', '2:42 left', 'Did the alert fire', 'Enter answer'] },
    { rows: 4, keeps: ['BROKEN ON PURPOSE', 'T+10:18'] },
    { rows: 1, keeps: ['BROKEN ON PURPOSE'] },
  ])('of $rows rows keeps what matters most', ({ rows, keeps }) => {
    const shown = text(board, watching, { ...usual, rows })
    for (const kept of keeps) expect(shown).toContain(kept)
  })

  it('still says what the thing to type is while it is typed', () => {
    const armed = boardAt(6.9, { questions: [arm] })
    expect(text(armed, { ...watching, mode: 'answer', gate: arm.gate }, { ...usual, rows: 8 })).toContain(
      'type revoke-key primary, or no',
    )
  })
})

describe('the people’s lines', () => {
  it.each([
    { minute: 0, says: 'lead 1/4  “Good morning.' },
    { minute: 0.8, says: 'lead 2/4  “We expect' },
    { minute: 2.99, says: 'lead 4/4  “Alerts stay on.' },
  ])('take turns over the phase: minute $minute', ({ minute, says }) => {
    expect(text(boardAt(minute))).toContain(says)
  })

  it('mark the role that this seat alone speaks for, and give it room', () => {
    const shown = text(boardAt(7.7, { roles: ['scribe'], name: 'Ana' }))
    expect(shown).toContain('▶scribe    Write down the first symptom')
    expect(shown).toContain('anyone, as it happens.')
  })
})

describe('a question', () => {
  it('says what counts when nobody answers, and counts down to it', () => {
    expect(text(boardAt(6.5, { questions: [goNoGo] }))).toContain('else NO-GO in 0:30')
  })

  it('shows the one that is being answered first, and the most urgent one otherwise', () => {
    const board = boardAt(6.5, { questions: [arm, goNoGo] })
    expect(text(board)).toMatch(/▶lead +Any real incident/)
    expect(text(board, { ...watching, mode: 'answer', gate: arm.gate })).toMatch(/▶operator +Break it/)
  })

  it('that is long can be read to its end at 80 by 24, with what to type and when it closes', () => {
    const words = Array.from({ length: 45 }, (_, at) => `word${at}`).join(' ')
    const board = boardAt(25.2, { questions: [{ ...finding, text: words }] })
    for (const input of [watching, { ...watching, mode: 'answer' as const, gate: finding.gate }]) {
      const shown = text(board, { ...input, message: 'n4 is on disk' })
      expect(shown.replace(/2:48 left/g, '').replace(/\s+/g, ' ')).toContain(words)
      for (const kept of ['2:48 left', finding.hint, 'n4 is on disk', 'NOTHING IS BROKEN'])
        expect(shown).toContain(kept)
    }
  })

  it('that is longer than that is cut off where it ends, not in its middle', () => {
    const words = Array.from({ length: 200 }, (_, at) => `word${at}`).join(' ')
    for (const rows of [7, 8, 10, 14, 24]) {
      const shown = text(boardAt(25.2, { questions: [{ ...finding, text: words }] }), watching, {
        ...usual,
        rows,
      })
      const seen = [...shown.matchAll(/word(\d+)/g)].map(([, at]) => Number(at))
      expect(seen).toEqual(seen.map((_, at) => at))
      expect(seen.length).toBeGreaterThan(rows < 10 ? 7 : 15)
    }
  })

  it('has no deadline that decides where nothing does', () => {
    expect(text(boardAt(25, { questions: [finding] }))).toContain('3:00 left')
  })
})

describe('the fault', () => {
  it.each([30, 45, 60, 80])('says that it is not proven yet in %d columns', (columns) => {
    for (const blind of [false, true]) {
      const board = boardAt(7.05, {
        blind,
        status: { fault: { ...statusAt(7.05).fault!, ...(blind ? { kind: null } : {}), proven: false } },
      })
      for (const rows of [12, 24, 40])
        expect(text(board, watching, { ...usual, columns, rows }).replace(/\s+/g, ' ')).toContain(
          'NOT PROVEN YET',
        )
    }
  })
})

describe('who is in it', () => {
  it('is said at every seat, and which of them sits there', () => {
    const at = (roles: BoardState['roles'], name: string) => text(boardAt(1, { roles, name }))
    expect(at(['lead', 'operator', 'scribe'], 'Chi')).toContain('━ Chi: lead · Ben: operator · Ana: scribe ━')
    expect(at(['lead', 'scribe'], 'Chi')).toContain('━ ▶Chi: lead · Ben: operator · ▶Ana: scribe ━')
    expect(at(['operator'], 'Eva')).toContain('━ Chi: lead · ▶Eva: operator · Ana: scribe ━')
    expect(at(['observer'], 'Dan')).toContain('━ Chi: lead · Ben: operator · Ana: scribe · ▶Dan: observer')
  })

  it('stays in a narrow window rather than the name of the drill', () => {
    const shown = text(boardAt(1, { blind: true }), watching, { ...usual, columns: 64 })
    expect(shown).toContain('━━ BLIND ━━ Chi: lead · Ben: operator · Ana: scribe ━')
    expect(shown).not.toContain('friday')
  })
})

describe('what others are asked', () => {
  it('says whom everybody waits for, the most urgent one', () => {
    const board = boardAt(6.5, { roles: ['scribe'], name: 'Ana', elsewhere: [goNoGo, arm] })
    expect(text(board)).toContain(' waiting for lead (Chi): go / no-go  0:30  +1')
  })

  it('makes room for what is asked here', () => {
    const words = Array.from({ length: 45 }, (_, at) => `word${at}`).join(' ')
    const board = boardAt(6.5, { questions: [{ ...goNoGo, text: words }], elsewhere: [arm] })
    expect(text(board)).not.toContain('waiting for')
    expect(text(board, watching, { ...usual, rows: 40 })).toContain('waiting for operator (Ben)')
  })
})

describe('the draft of the verdict', () => {
  const draft = [
    'WEAK so far: objective missed under fault 1: success 60.26 % of 2,255',
    '  requests, promised at least 99.5 %; and 4 more reasons',
    '  success   60.26 % (missed) and 100 %, promised ≥ 99.5 %',
    '  home      again after more than 17.9 s (missed) and more than 17.9 s (missed), at most 15 s',
    '  F1  critical: Fault 1: stable service not reached',
    '  and 7 more',
  ]
  it.each([25.2, 29])('stands where the numbers were, whole, at minute %d', (minute) => {
    for (const columns of [60, 80]) {
      const shown = text(boardAt(minute, { draft, questions: [finding] }), watching, { ...usual, columns })
      const words = shown.replace(/\s+/g, ' ')
      expect(words).toContain('of 2,255 requests, promised at least 99.5 %; and 4 more reasons')
      expect(words).toContain('more than 17.9 s (missed), at most 15 s')
      expect(shown).not.toContain('in all')
    }
  })

  it('waits for the debrief', () => {
    expect(text(boardAt(13.5, { draft }))).not.toContain('WEAK so far')
  })
})

describe('a note that is typed', () => {
  const note = { ...watching, mode: 'note', kind: 'note', begunMs: 461_000, corrects: null } as const
  it.each([
    { forMs: 461_000, says: 'Enter writes it for T+07:41  Esc drops it  Esc ! aborts  @-45s dates it back' },
    { forMs: 416_000, says: 'Enter writes it for T+06:56  Esc' },
    { forMs: null, says: 'Enter writes it  Esc' },
  ])('says the moment that it counts for: $forMs', ({ forMs, says }) => {
    expect(text(boardAt(7.7), { ...note, forMs })).toContain(says)
  })

  it('says of a diagnosis what it may be', () => {
    expect(text(boardAt(7.5, { blind: true }), { ...note, kind: 'diagnosis' })).toMatch(
      /\n one of: [a-z-]+, /,
    )
  })
})

describe('a blind drill', () => {
  const board = boardAt(7.5, { blind: true })
  it('says that something is broken, and neither what nor where', () => {
    const shown = text(board)
    expect(shown).toContain('something is broken (hidden)')
    expect(shown).toContain('BLIND')
    expect(shown).not.toContain('revoke')
    expect(shown).not.toContain('on primary')
  })

  it('tells a hidden fault of the secondary from nothing else than who serves', () => {
    const fault = { ...statusAt(7.5).fault!, kind: null, target: 'secondary' as const }
    const load = { ...statusAt(7.5).load!, servedBy: { primary: 1, secondary: 0, cache: 0 } }
    expect(text(boardAt(7.5, { blind: true, status: { fault, load } }))).toMatch(/ {2}BROKEN ON PURPOSE {3}/)
  })
})
