import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { JournalEvent, Records } from '../../../src/record/index.ts'
import { closingLines, composeResult, stepSummary } from '../../../src/report/index.ts'
import { renderReport } from '../../../src/report/markdown/render.ts'
import {
  addEvents,
  asFailed,
  changeEvents,
  changeSamples,
  dropEvents,
  fridayRecords,
  killedAt,
} from '../../support/records.ts'
import { attendedRecords, blindRecords } from '../../support/report-attended.ts'

const folder = mkdtempSync(join(tmpdir(), 'gameday-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const healthy = fridayRecords()
const kept = new Map<Records, string>()
const report = (records: Records, template?: string) => {
  const text =
    (template === undefined ? kept.get(records) : undefined) ??
    renderReport(composeResult(records), records, template)
  if (template === undefined) kept.set(records, text)
  return text
}
const HOLES = /\b(NaN|null|undefined|Infinity|\[object)\b/
const notGone: JournalEvent = {
  type: 'fault.not-gone',
  fault: 0,
  reason: 'the key is still refused',
  byHand: ["curl -sS -X DELETE 'http://127.0.0.1:1/faults/f0'"],
}

const VARIANTS: [string, Records][] = [
  ['a healthy drill', healthy],
  ['an attended drill', fridayRecords({ attended: true })],
  ['a drill that three people held', attendedRecords()],
  ['a blind drill', blindRecords()],
  ['an attended drill that was killed before its debrief', killedAt(attendedRecords(), 60_000)],
  ['an attended drill that was killed at once', killedAt(attendedRecords(), 0)],
  ['a drill that claims behaviour', fridayRecords({ perSecond: 8, claim: 'behaviour' })],
  ['a router that never fails over', fridayRecords({ router: { neverFailsOver: () => true } })],
  [
    'a router that never fails back',
    fridayRecords({ router: { neverFailsBack: true, neverFailsOver: ({ stream }) => stream } }),
  ],
  ['a killed run', killedAt(healthy, 45_000)],
  ['a run killed at once', killedAt(healthy, 0)],
  ['a run without samples', { ...healthy, samples: [], attempts: [] }],
  [
    'a rollback that failed',
    addEvents(dropEvents(healthy, 'fault.gone', 'rollback.undone'), [130_000, notGone]),
  ],
  [
    'an unknown budget and price',
    changeSamples(
      changeEvents(healthy, 'run.started', (entry) => ({
        ...entry,
        traffic: { ...entry.traffic, spentBefore: null },
      })),
      (sample) => ({ ...sample, costUsd: null }),
    ),
  ],
  [
    'a spent budget',
    changeEvents(healthy, 'run.started', (entry) => ({
      ...entry,
      despiteFreeze: 'the auditor is here',
      traffic: { ...entry.traffic, spentBefore: 61 },
    })),
  ],
  [
    'a silent external router',
    changeEvents(dropEvents(healthy, 'router.circuit'), 'run.started', (entry) => ({
      ...entry,
      environment: { ...entry.environment, router: { kind: 'external', url: 'http://10.0.0.1:4000/v1' } },
    })),
  ],
]

const variant = (name: string) => VARIANTS.find(([own]) => own === name)?.[1] ?? healthy

describe('the report', () => {
  it.each(VARIANTS)('has no hole and no half sentence for %s', (_name, records) => {
    const text = report(records)
    expect(text).not.toMatch(HOLES)
    expect(text).not.toMatch(/<svg|data:image/)
    expect(text).not.toMatch(/\n{3,}/)
    expect(text).not.toMatch(/ \.|\.\.(?!\.)|\b1 (requests|faults|phases|findings|failures|times)\b/)
    const result = composeResult(records)
    expect(stepSummary(result)).not.toMatch(HOLES)
    for (const line of closingLines(result, '/x/report.md')) expect(line).not.toMatch(HOLES)
  })

  it.each(VARIANTS)('keeps its tables rectangular and aligned for %s', (_name, records) => {
    for (const block of report(records)
      .split('\n\n')
      .filter((part) => part.startsWith('|'))) {
      const rows = block.split('\n')
      const cells = rows.map((row) => row.replaceAll('\\|', '').split('|').length)
      expect(new Set(cells).size).toBe(1)
      expect(new Set(rows.map((row) => Array.from(row.replaceAll('\u2060', '')).length)).size).toBe(1)
    }
  })

  it('says first how it ended, whose router, whose providers, and whether anybody was there', () => {
    const lines = report(healthy)
      .split('\n')
      .filter((line) => line !== '')
    expect(lines[1]).toMatch(/^\*\*HELD\*\*: both faults took hold/)
    expect(lines[2]).toBe(
      '*Embedded router · simulated providers · unattended · 2026-11-20 14:00 UTC · 2 min 30 s*',
    )
    expect(report(fridayRecords({ attended: true }))).toContain(' · attended by Ada · ')
    expect(report(fridayRecords({ router: { neverFailsOver: () => true } }))).toMatch(
      /^\*\*WEAK\*\*: objective missed under fault 1/m,
    )
  })

  it('gives a client two sentences that claim no more than was shown', () => {
    const sentences = (records: Records) =>
      report(records)
        .split('\n')
        .find((line) => line.startsWith('In a drill on 20 November 2026')) ?? ''
    expect(sentences(healthy)).toMatch(
      /^In a drill .*simulated providers.*3,403 of the 3,403 test requests.*\. Service was stable again within 0\.88 s.*not how a real provider fails\.$/,
    )
    expect(sentences(fridayRecords({ perSecond: 8, claim: 'behaviour' }))).toMatch(
      /requests in an outage are too few to claim the promise itself\.$/,
    )
    expect(sentences(dropEvents(healthy, 'fault.proven'))).toContain('These numbers prove nothing either way')
    expect(sentences(killedAt(healthy, 10_000))).toContain(
      'nothing was broken. It shows nothing about an outage',
    )
  })

  it('says what was not reached and how long was waited', () => {
    const text = report(fridayRecords({ router: { neverFailsOver: () => true } }))
    expect(text).toContain('not reached in 38.0 s **✗**')
    expect(text).toContain('| ∞ **✗ missed**')
  })

  it('prints both ledgers of the budget, and says so when the past is unknown', () => {
    expect(report(healthy)).toMatch(
      /allows \*\*50\.0\*\* failures\. 4\.0 were spent before the drill; \*\*46\.0\*\* are left/,
    )
    expect(report(healthy)).toMatch(
      /At 14 requests a minute of real traffic, the worst outage \(0 % failed for 42 s\) would have spent \*\*0\.0\*\* failures/,
    )
    expect(report(healthy)).toContain('The drill itself spent **0.0**')
    expect(report(variant('an unknown budget and price'))).toContain(
      'is not known, so neither is what is left',
    )
    expect(report(variant('a spent budget'))).toMatch(
      /freeze\.\*\*[\s\S]*despite a freeze, for this reason: the auditor is here/,
    )
  })

  it('prints the commands that undo a fault by hand where it is not proven gone', () => {
    const text = report(variant('a rollback that failed'))
    expect(text).toContain("```sh\ncurl -sS -X DELETE 'http://127.0.0.1:1/faults/f0'\n```")
    expect(report(healthy)).not.toContain('by hand')
  })

  it('counts a failure between a fault’s call and its acknowledgement, which the fault may have caused', () => {
    const cut = changeSamples(healthy, (sample) =>
      sample.id === 'm880' ? asFailed(sample, { class: 'connection', status: null, endMs: 24_199 }) : sample,
    )
    const [fault] = composeResult(cut).faults
    expect(fault).toMatchObject({ failedRequests: 1, failedSamples: ['m880'], lastFailureMs: 0, blipMs: 0 })
  })

  it('lists what was not checked', () => {
    const text = report(fridayRecords({ perSecond: 8, claim: 'behaviour' }))
    expect(text).toMatch(/- SLO not claimed, n = 3\d\d and 3\d\d: this drill checks behaviour\./)
    expect(text).toContain('Requests in an outage are not independent')
    expect(text).toContain('Nobody attended')
    expect(text).toContain('were simulated')
  })

  it('tells how often an open circuit was tried instead of listing every time', () => {
    const probes = Array.from(
      { length: 7 },
      (_, index) =>
        [
          30_000 + 4000 * index,
          {
            type: 'router.circuit',
            provider: 'primary',
            state: index % 2 === 0 ? 'half-open' : 'open',
            reason: 'probe',
            class: null,
          },
        ] as const,
    )
    const text = report(
      addEvents(healthy, ...probes.map(([at, event]): [number, typeof event] => [at, event])),
    )
    expect(text.match(/circuit of primary/g)).toHaveLength(4)
    expect(text).toContain('circuit of primary closed: a probe succeeded (tried 4 times meanwhile)')
  })

  it('merges what people noted into what the machine did, at the moment they noted it for', () => {
    const rows = report(fridayRecords({ attended: true })).split('\n')
    const note = rows.findIndex((row) => /^\| T.*no alert yet/.test(row))
    expect(rows[note]).toMatch(
      /^\| T\+00:32 \| n1 +\| scribe +\| \*\*symptom\*\* “no alert yet, .*” \(Grace\)/,
    )
    expect(rows[note - 1]).toMatch(/T\+00:25/)
  })
})

describe('text from outside', () => {
  const HOSTILE = 'x | y\n# <img src=1> [a](b) `c` @octocat $z$ \u202e\u0000'
  const hostile = addEvents(
    changeSamples(
      changeEvents(
        changeEvents(healthy, 'run.started', (entry) => ({
          ...entry,
          run: {
            ...entry.run,
            attended: true,
            people: { lead: HOSTILE, operator: HOSTILE, scribe: HOSTILE },
          },
          before: {
            run: HOSTILE,
            startedAt: '2026-11-13T14:00:00.000Z',
            attended: true,
            verdict: HOSTILE,
            people: { noticeMs: 1, decideMs: 1, restoreMs: 1, diagnoseMs: null },
            faults: [{ kind: HOSTILE, target: 'primary', stableMs: 1, failbackMs: null }],
            findings: [
              {
                key: HOSTILE,
                title: HOSTILE,
                owner: HOSTILE,
                due: HOSTILE,
                retest: HOSTILE,
                retestDue: true,
              },
            ],
          },
          drill: { ...entry.drill, title: HOSTILE, hypothesis: HOSTILE, name: HOSTILE, file: HOSTILE },
        })),
        'phase.started',
        (entry) => ({ ...entry, name: HOSTILE }),
      ),
      (sample) =>
        Number(sample.id.slice(1)) % 3 === 0
          ? { ...asFailed(sample), tenant: HOSTILE, model: HOSTILE }
          : sample,
    ),
    [
      50_000,
      { type: 'note', note: 'n1', role: 'scribe', by: HOSTILE, kind: 'to-do', text: HOSTILE, forMs: 50_000 },
    ],
    [51_000, { type: 'error', code: 'X', message: HOSTILE, hint: null }],
    [
      51_500,
      {
        type: 'note.corrected',
        note: 'n1',
        role: 'scribe',
        by: HOSTILE,
        text: HOSTILE,
        owner: HOSTILE,
        due: HOSTILE,
      },
    ],
    [52_000, { type: 'seat.joined', role: 'observer', by: HOSTILE }],
    [
      52_500,
      {
        type: 'note',
        note: 'n2',
        role: 'scribe',
        by: HOSTILE,
        kind: 'symptom',
        text: HOSTILE,
        forMs: 40_000,
      },
    ],
    [
      137_000,
      {
        type: 'debrief.said',
        about: 'missing alert',
        role: 'scribe',
        by: 'person',
        who: HOSTILE,
        text: HOSTILE,
      },
    ],
    [
      138_000,
      {
        type: 'finding.assigned',
        finding: 'missing-alert',
        title: HOSTILE,
        owner: null,
        due: null,
        whyNot: HOSTILE,
        by: 'person',
        who: HOSTILE,
      },
    ],
    [139_000, { type: 'next.proposed', date: HOSTILE, by: 'person', who: HOSTILE }],
  )

  it('cannot break out of the report, the step summary or the terminal', () => {
    const withoutCode = (text: string) =>
      text.replace(/^(```+)[\s\S]*?^\1$/gm, '').replace(/(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')
    for (const text of [report(hostile), stepSummary(composeResult(hostile))].map(withoutCode)) {
      expect(text).not.toMatch(/<img|\u202e|@octocat|(?<!\\)\[a(?<!\\)\]\(b\)/)
      expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(
        text.startsWith('# ') ? 1 : 0,
      )
      for (const block of text.split('\n\n').filter((part) => part.startsWith('| '))) {
        expect(
          new Set(block.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length)).size,
        ).toBe(1)
      }
    }
    for (const line of closingLines(composeResult(hostile), '/x')) expect(line).not.toMatch(/\p{Cc}/u)
  })
})

describe('a template of the user’s', () => {
  const template = (text: string) => {
    const path = join(folder, `${Math.abs(text.length * 31)}.hbs`)
    writeFileSync(path, text)
    return path
  }

  it('replaces the shipped one and sees the whole result, escaped', () => {
    const records = changeEvents(healthy, 'run.started', (entry) => ({
      ...entry,
      drill: { ...entry.drill, title: 'a | b' },
    }))
    const path = template(
      '{{verdict}}/{{result.exitCode}}/{{result.load.sent}}/{{title}}/{{result.drill.title}}{{#each findings}}{{id}}{{/each}}',
    )
    expect(report(records, path)).toBe('HELD/0/5359/a \\| b/a \\| b\n')
  })

  it('is told what it misspelt', () => {
    expect(() => report(healthy, template('{{verdikt}}'))).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_BROKEN',
        exitCode: 2,
        message: expect.stringContaining('verdikt'),
      }),
    )
    expect(() => report(healthy, template('{{#if verdict}}'))).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_BROKEN' }),
    )
  })

  it('is missed by its path', () => {
    expect(() => report(healthy, join(folder, 'none.hbs'))).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_UNREADABLE', message: expect.stringContaining('none.hbs') }),
    )
  })

  it('finds every name that the shipped template’s head promises', () => {
    const head =
      readFileSync(new URL('../../../templates/report.md.hbs', import.meta.url), 'utf8').split('--}}')[0] ??
      ''
    for (const name of ['title', 'classesOver', 'clockNotes', 'happened', 'unchecked', 'again'])
      expect(head).toContain(name)
  })
})

describe('the last lines of the terminal', () => {
  it('are the verdict, five lines of numbers, and the path', () => {
    const lines = closingLines(composeResult(healthy), '/tmp/run/report.md')
    expect(lines).toHaveLength(7)
    expect(lines[0]).toMatch(/^HELD: every fault was proven/)
    expect(lines[1]).toContain('5,359 requests sent, none failed')
    expect(lines[6]).toBe('  report    /tmp/run/report.md')
  })
})

describe('the step summary', () => {
  it('is short, has no picture, and lists the worst findings', () => {
    const summary = stepSummary(composeResult(fridayRecords({ router: { neverFailsOver: () => true } })))
    expect(summary).toMatch(/^## WEAK · Friday drill/)
    expect(summary).not.toContain('![')
    expect(summary).toContain('**F1 · critical**')
    expect(summary.length).toBeLessThan(20_000)
  })
})
