import { describe, expect, it } from 'vitest'
import { clean } from '../../../src/crew/clean.ts'
import type { LiveStatus } from '../../../src/crew/crew.ts'
import { fit, type Block } from '../../../src/crew/frame/fit.ts'
import { asciiOf } from '../../../src/crew/frame/glyphs.ts'
import { keysOf, plainState, promptLabel, stateTeller } from '../../../src/crew/frame/index.ts'
import { hideStatus } from '../../../src/crew/hide.ts'
import {
  budgetText,
  clocksText,
  faultTexts,
  moneyText,
  numbersOf,
  withoutText,
} from '../../../src/crew/frame/numbers.ts'
import { createPen } from '../../../src/crew/frame/pen.ts'
import { p95Spark, successSpark } from '../../../src/crew/frame/spark.ts'
import { stateOf } from '../../../src/crew/frame/state.ts'
import { minutes } from '../../../src/crew/words.ts'
import { statusAt, usual, watching } from '../../support/crew-scenes.ts'

const calm = statusAt(4.6)
const broken = statusAt(8)
const load = (change: Partial<NonNullable<LiveStatus['load']>>) => ({ ...calm.load!, ...change })
const pen = createPen(usual)

describe('the state line', () => {
  it.each([
    { status: statusAt(1), says: 'NOTHING IS BROKEN', tone: 'quiet on' },
    { status: calm, says: 'ALL WELL', tone: 'well on' },
    { status: { ...calm, stopping: true }, says: 'STOPPED, NOTHING IS BROKEN', tone: 'quiet on' },
    { status: { ...broken, stopping: true }, says: 'STOPPED, RESTORING', tone: 'hurt on' },
    {
      status: { ...calm, load: load({ success: 0.97, n: 100 }) },
      says: 'NOT WELL, AND NOT ON PURPOSE',
      tone: 'hurt on',
    },
    {
      status: { ...calm, load: load({ p95Ms: 'inf' }) },
      says: 'NOT WELL, AND NOT ON PURPOSE',
      tone: 'hurt on',
    },
    // One failure in a hundred cannot tell 99.5 % from less.
    { status: { ...calm, load: load({ success: 0.99, n: 100 }) }, says: 'ALL WELL', tone: 'well on' },
    { status: broken, says: 'BROKEN ON PURPOSE, SERVED BY SECONDARY', tone: 'broken on' },
    {
      status: {
        ...broken,
        fault: { ...broken.fault!, target: 'secondary' as const },
        load: load({ servedBy: { primary: 1, secondary: 0, cache: 0 } }),
      },
      says: 'BROKEN ON PURPOSE, SERVED BY PRIMARY',
      tone: 'broken on',
    },
    {
      status: { ...broken, load: load({ servedBy: { primary: 0, secondary: 0, cache: 0 } }) },
      says: 'BROKEN ON PURPOSE',
      tone: 'hurt on',
    },
    { status: statusAt(13.5), says: 'RESTORED, CHECKING', tone: 'quiet on' },
    { status: statusAt(24), says: 'NOTHING IS BROKEN', tone: 'quiet on' },
  ])('says $says', ({ status, says, tone }) => {
    expect(stateOf(status)).toEqual({ text: says, tone })
  })
})

describe('numbers', () => {
  it('say what is broken at the other provider too, and count as proven only what both have shown', () => {
    const fault = { ...broken.fault!, proven: true }
    const beside = { kind: 'refused', target: 'secondary' as const }
    const told = (proven: boolean) =>
      faultTexts({ ...broken, fault: { ...fault, beside: { ...beside, proven } } })[0]
    expect(told(true)).toContain('on primary and refused on secondary')
    expect(told(true)).toContain('· proven ·')
    expect(told(false)).toContain('NOT PROVEN YET')
    expect(
      JSON.stringify(hideStatus({ ...broken, fault: { ...fault, beside: { ...beside, proven: true } } })),
    ).not.toContain('refused')
  })

  it('say a clock as soon as it is known, and that it is not before', () => {
    const clocks = { detectMs: 210, switchMs: 1410, stableMs: null, taxMs: -0.25 }
    expect(clocksText({ ...broken, clocks })).toBe('detect 210 ms · switch 1.41 s · stable – · tax -0.3 ms')
    expect(clocksText(calm)).toBeNull()
  })

  it.each([
    { budget: { allowed: 50, spentBefore: 4, fourHours: null }, says: '46 of 50 failures left' },
    { budget: { allowed: 50, spentBefore: null, fourHours: null }, says: '50 failures allowed' },
    {
      budget: { allowed: 50, spentBefore: 60, fourHours: 12.4 },
      says: '4 h of this would spend 12 of the 0 failures left',
    },
    {
      budget: { allowed: 50, spentBefore: null, fourHours: 0 },
      says: '4 h of this would spend 0 of the 50 failures allowed',
    },
  ])('say of the budget: $says', ({ budget, says }) => {
    expect(budgetText({ ...broken, budget })).toBe(says)
  })

  it('say nothing of money where none flows', () => {
    expect(moneyText(calm)).toBeNull()
    expect(moneyText({ ...calm, money: { spentUsd: 0.31266, capUsd: 2 } })).toBe('$0.3127 of at most $2.00')
  })

  it.each([
    { shares: [0.335, 0.335, 0.33], says: 'primary 34 %, secondary 33 %, cache 33 %' },
    { shares: [0.505, 0.495, 0], says: 'primary 51 %, secondary 49 %' },
    { shares: [0.999, 0.001, 0], says: 'primary 99 %, secondary 1 %' },
    { shares: [0, 1, 0], says: 'secondary 100 %' },
    { shares: [0, 0, 0], says: 'nobody' },
  ])('share out who serves so that it adds up: $says', ({ shares, says }) => {
    const [primary = 0, secondary = 0, cache = 0] = shares
    const status = { ...broken, load: load({ servedBy: { primary, secondary, cache } }) }
    expect(numbersOf(status)?.served).toBe(`${says} (last 10 s)`)
  })

  it('do not judge the control lane before it has asked', () => {
    expect(withoutText({ ...broken, withoutRouter: { requests: 0, ok: 0 } })).toBe('without the router: –')
  })

  it('have hours where a drill is long', () => {
    expect([59_000, 61_000, 3_661_000, -5].map(minutes)).toEqual(['0:59', '1:01', '1:01:01', '0:00'])
  })
})

describe('the sparkline', () => {
  it('is full only where nothing failed, and empty where nothing was asked', () => {
    expect(successSpark([null, 0, 0.5, 0.999, 1], pen).text).toBe(' ▁▄▆▇')
  })

  it('keeps what is within the limit in the lower half', () => {
    expect(p95Spark([null, 10, 2499, 2500, 3800, 5000, 'inf'], 2500, pen).text).toBe(' ▁▄▅▆▇▇')
  })
})

describe('keys', () => {
  const keys = (roles: Parameters<typeof keysOf>[0]['roles'], blind = false) =>
    keysOf({ roles, blind })
      .map(({ key }) => key)
      .join('')
  it.each([
    { who: 'the only terminal', got: keys(['lead', 'operator', 'scribe']), want: 'nsdtc@!?' },
    {
      who: 'the only terminal of a blind drill',
      got: keys(['lead', 'operator', 'scribe'], true),
      want: 'nsdtgc@!?',
    },
    { who: 'the joined operator, who knows what is broken', got: keys(['operator'], true), want: 'nsdtc@!?' },
    { who: 'an observer', got: keys(['observer'], true), want: '?q' },
    { who: 'nobody', got: keys([]), want: '' },
  ])('of $who are $want', ({ got, want }) => {
    expect(got).toBe(want)
  })

  it('name what is typed', () => {
    const note = { ...watching, mode: 'note', kind: 'symptom', begunMs: 0 } as const
    expect(promptLabel({ ...note, corrects: null })).toBe('symptom > ')
    expect(promptLabel({ ...note, corrects: 'n3' })).toBe('n3, corrected > ')
    expect(promptLabel({ ...watching, mode: 'answer', gate: 'go / no-go\u001b[31m' })).toBe('go / no-go > ')
    expect(promptLabel(watching)).toBe('')
  })
})

describe('fitting', () => {
  const block = (name: string, keep: number): Block => ({ keep, lines: [[pen.piece(name)]] })
  const shown = (height: number) =>
    fit(
      [
        { breath: 0, blocks: [block('state', 9), block('rule', 1)] },
        {
          breath: 2,
          blocks: [
            {
              ...block('long', 5),
              lines: [[pen.piece('long')], []],
              short: { keep: 3, lines: [[pen.piece('short')]] },
            },
          ],
        },
        { breath: 4, blocks: [] },
        { breath: 4, blocks: [block('keys', 8)] },
      ],
      height,
    ).map((line) => line.map(({ text }) => text).join(''))

  it.each([
    { height: 9, lines: ['state', 'rule', '', 'long', '', '', '', '', 'keys'] },
    { height: 7, lines: ['state', 'rule', '', 'long', '', '', 'keys'] },
    { height: 6, lines: ['state', '', 'long', '', '', 'keys'] },
    { height: 5, lines: ['state', 'long', '', '', 'keys'] },
    { height: 4, lines: ['state', 'short', '', 'keys'] },
    { height: 3, lines: ['state', 'short', 'keys'] },
    { height: 1, lines: ['state'] },
  ])(
    'into $height lines drops what matters least, and keeps the last part at the bottom',
    ({ height, lines }) => {
      expect(shown(height)).toEqual(lines)
    },
  )
})

describe('plain lines', () => {
  it('say everything that counts in one sentence', () => {
    expect(plainState(broken)).toBe(
      'T+08:00  BROKEN ON PURPOSE, SERVED BY SECONDARY | revoked key, 5:00 left | next: key restored at T+13:00 | success 100 % of 101 (≥ 99.5 %) | p95 1.21 s of 101 (< 2.50 s) | 10.1/s | served by secondary 100 % (last 10 s)',
    )
    expect(plainState({ ...statusAt(1), stopping: true })).toBe('T+01:00  STOPPED, NOTHING IS BROKEN')
  })

  it('come when state or phase change, and every so often in between', () => {
    const tell = stateTeller(30_000)
    const times = [4, 4.1, 4.4, 4.6, 5.9, 6, 6.1, 7, 7.1, 7.4, 7.6]
    expect(times.filter((minute) => tell(statusAt(minute)) !== null)).toEqual([4, 4.6, 5.9, 6, 7, 7.6])
  })
})

describe('text from elsewhere', () => {
  it.each([
    { raw: 'a\u001b[31mb\u001b[0m', cleaned: 'ab' },
    { raw: 'one\ntwo\tthree\r', cleaned: 'one two three ' },
    { raw: '\u202eevil\u0000\u009b', cleaned: 'evil' },
    { raw: '👩‍👩‍👧 stays', cleaned: '👩‍👩‍👧 stays' },
    { raw: 'half \ud83d', cleaned: 'half \ufffd' },
  ])('is shown without what could steer a terminal: $cleaned', ({ raw, cleaned }) => {
    expect(clean(raw)).toBe(cleaned)
  })

  it('is written with ASCII where there is nothing else', () => {
    expect(asciiOf('≥ 99.5 % · “Zoë” → naïve… 家')).toBe('>= 99.5 % | "Zoe" -> naive... ?')
  })
})
