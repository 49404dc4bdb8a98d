import { describe, expect, it } from 'vitest'
import type { JournalEvent, Records } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/index.ts'
import { renderReport } from '../../../src/report/markdown/render.ts'
import { addEvents, changeEvents, dropEvents, fridayRecords, killedAt } from '../../support/records.ts'
import { attendedRecords, blindRecords } from '../../support/report-attended.ts'

const render = (records: Records) => renderReport(composeResult(records), records)
const attended = attendedRecords()
const text = render(attended)
const unattended = render(fridayRecords())

/** The lines under one heading. */
function section(report: string, head: string): string {
  return report.split(`\n## ${head}\n`)[1]?.split('\n## ')[0] ?? ''
}

const line = (report: string, start: RegExp) => report.split('\n').find((one) => start.test(one)) ?? ''

describe('the head of the report', () => {
  it('names the people by their roles, and in a role that somebody joined for who joined as well', () => {
    expect(text).toContain(
      'attended by Ada (lead, scribe), Ben (operator), Grace (scribe) and Edsger (observer) · ',
    )
  })

  it('names one person in three hats once', () => {
    const alone = changeEvents(fridayRecords({ attended: true }), 'run.started', (entry) => ({
      ...entry,
      run: { ...entry.run, people: { lead: 'Ada', operator: 'Ada', scribe: 'Ada' } },
    }))
    expect(render(dropEvents(alone, 'note'))).toContain('attended by Ada (lead, operator, scribe) · ')
  })

  it('says that the drill was blind', () => {
    expect(render(blindRecords())).toContain('blind: the faults were drawn by seed and hidden')
    expect(text).not.toContain('blind')
  })
})

describe('what the report says of the people', () => {
  it('tells their clocks beside the router’s, with their words, and against the last drill', () => {
    const you = section(text, 'You')
    expect(you).toMatch(
      /the router was stable again after 0\.05 s; Grace noted the first symptom after 8\.00 s \(n1\), Ada the first decision after 15\.0 s \(n2\)\./,
    )
    expect(you).toMatch(
      /\| first symptom noted +\| Grace \(n1\) +\| +8\.00 s \| +31\.0 s \| 23\.0 s faster +\| “no alert yet; the dashboard/,
    )
    expect(you).toMatch(/\| failed over and stable +\| the router +\| +0\.05 s \| +0\.41 s \|/)
    expect(you).toContain('last drill, 13 November 2026')
  })

  it('names who called for the restore: whoever stopped the drill, else the clock', () => {
    const restored = (records: Records) => line(section(render(records), 'You'), /^\| restored/)
    expect(restored(attended)).toMatch(/\| the clock +\| +0\.75 s \|/)
    const by = (who: { who?: string }) =>
      addEvents(attended, [
        61_000,
        { type: 'abort', rule: 'person', reason: 'a real incident', by: 'person', ...who },
      ])
    expect(restored(by({ who: 'Cem (scribe)' }))).toMatch(/\| Cem \(scribe\) +\| +1\.75 s \|/)
    expect(restored(by({}))).toMatch(/\| a person +\| +1\.75 s \|/)
    expect(restored(dropEvents(attended, 'fault.gone'))).toMatch(/\| nobody +\| +– \|/)
    // Its cap was reached, and it was gone before anybody called.
    const capped = changeEvents(attended, 'fault.gone', (entry) => ({ ...entry, atMs: 55_000 }))
    expect(restored(capped)).toMatch(/\| nobody +\| +– \|/)
  })

  it('has no column for a last drill where there was none', () => {
    const first = changeEvents(attended, 'run.started', ({ before: _before, ...entry }) => entry)
    expect(section(render(first), 'You')).not.toContain('last drill')
    expect(render(first)).not.toContain('Compared with the last drill')
  })

  it('says so when nobody noted anything', () => {
    expect(section(render(dropEvents(attended, 'note', 'note.corrected')), 'You')).toMatch(
      /nobody noted a symptom, nobody noted a decision\./,
    )
  })

  it('says when the hidden fault was named, or that nobody named it', () => {
    expect(section(render(blindRecords()), 'You')).toContain(
      'What was broken was hidden: Grace named it after 30.0 s (n6).',
    )
    const unnamed = changeEvents(blindRecords(), 'note', (entry) =>
      entry.note === 'n6' ? { ...entry, text: 'latency' } : entry,
    )
    expect(section(render(unnamed), 'You')).toContain('nobody named it in time')
  })

  it('says what was said in the debrief, who took on what, and when the next drill is', () => {
    const debrief = section(text, 'Debrief')
    expect(debrief).toContain('- **What went well**: “the router was faster than we could look” (Grace)')
    expect(debrief).toContain(
      '- **Taken on**: F1 by Ada until 2026-11-27, F3 by Ben until 2026-12-04; F2 by nobody',
    )
    expect(debrief).toContain('- **Next drill**: Friday, 27 November 2026 (Ada)')
  })

  it('says that nobody said anything, that gameday proposed the day, or that there was no debrief', () => {
    const silent = dropEvents(attended, 'debrief.said', 'finding.assigned', 'next.proposed')
    expect(section(render(silent), 'Debrief')).toMatch(/nobody said anything before the time was up\n/)
    const stopped = render(
      addEvents(silent, [137_500, { type: 'abort', rule: 'Ada', reason: 'enough', by: 'person' }]),
    )
    expect(section(stopped, 'Debrief')).toMatch(/nobody said anything before the drill was stopped\n/)
    expect(stopped).toContain('Owner: **nobody**: not settled before the drill was stopped')
    expect(stopped).not.toContain('before the time was up')
    expect(section(render(silent), 'Debrief')).toContain('no day was agreed on')
    const proposed = changeEvents(attended, 'next.proposed', (entry) => ({
      ...entry,
      by: 'clock',
      who: null,
    }))
    expect(section(render(proposed), 'Debrief')).toContain('(proposed by gameday; nobody said otherwise)')
    expect(section(render(killedAt(attended, 60_000)), 'Debrief')).toContain('the drill ended before it')
  })

  it('gives each finding its owner and day, or why nobody has it', () => {
    const findings = section(render(attendedRecords({ router: { tripSlowMs: 11_800 } })), 'Findings')
    expect(findings).toContain('Owner: **Ada**, due **2026-11-27**\\\n')
    expect(findings).toContain('Owner: nobody, because it is the same as the missing one\\\n')
    expect(findings).toContain('Owner: **nobody**: not settled before the time was up\\\n')
    expect(section(render(killedAt(attended, 60_000)), 'Findings')).toContain(
      'Owner: **nobody**: the drill ended before its debrief',
    )
  })

  it('leaves the report of a drill without people as it was', () => {
    for (const head of ['You', 'Debrief', 'Compared with the last drill'])
      expect(unattended).not.toContain(`## ${head}`)
    const weak = render(fridayRecords({ router: { neverFailsBack: true } }))
    expect(weak).toContain('· owner: nobody yet · due: no date yet · re-test 2027-02-19*')
  })

  it('has the words of a script’s debrief, too', () => {
    const scripted = addEvents(fridayRecords(), [
      137_000,
      { type: 'debrief.said', about: 'surprised', role: 'scribe', by: 'script', who: null, text: 'nothing' },
    ])
    expect(section(render(scripted), 'Debrief')).toContain('**What surprised us**: “nothing”')
    expect(render(scripted)).not.toContain('## You')
  })
})

describe('what happened', () => {
  it('has every note by its id, with what it said before, its owner, and when it was written down', () => {
    expect(line(text, /^\| T\+00:32 \| n1 /)).toContain(
      '**symptom** “no alert yet; the dashboard is 30 s late” (Grace; corrected at T+00:52, before: “no alert yet, dashboard still green”)',
    )
    expect(line(text, /\| n3 /)).toContain(
      '**to-do** “alert on 401 of the primary” (Grace; owner Ben; due 2026-12-04)',
    )
    expect(line(text, /\| n4 /)).toMatch(
      /^\| T\+00:50 .* “first slow page of a tester” \(Grace; written down at T\+01:35\)/,
    )
    expect(text.match(/^\| T.*corrected/gm)).toHaveLength(1)
  })

  it('has a note whose moment was corrected where it belongs now, and says where it stood', () => {
    const moved = render(
      addEvents(attended, [
        60_000,
        { type: 'note.corrected', note: 'n2', role: 'lead', by: 'Ada', text: 'we stop', forMs: 26_000 },
      ]),
    )
    expect(line(moved, /\| n2 /)).toMatch(
      /^\| T\+00:26 \| .*“we stop” \(Ada; written down at T\+00:40; corrected at T\+01:00, before: “we go on; the secondary holds” for T\+00:39\)/,
    )
    const ids = [...moved.matchAll(/^\| T\+\S+ \| (\w+) /gm)].map(([, id]) => id)
    expect(ids.indexOf('n2')).toBeLessThan(ids.indexOf('n1'))
    const late = render(
      addEvents(attended, [
        60_000,
        { type: 'note.corrected', note: 'n4', role: 'scribe', by: 'Grace', text: 'a page', forMs: 94_000 },
      ]),
    )
    expect(line(late, /\| n4 /)).not.toContain('written down at')
  })

  it('shows which notes a script wrote, and that it stopped the drill', () => {
    const scripted = changeEvents(
      addEvents(
        changeEvents(attended, 'note', (entry) => ({ ...entry, script: true as const })),
        [61_000, { type: 'abort', rule: 'script', reason: 'Ada (lead) said stop', by: 'script' }],
      ),
      'run.ended',
      (entry) => ({ ...entry, reason: 'abort', detail: 'script: Ada (lead) said stop' }),
    )
    const report = render(scripted)
    expect(line(report, /\| n2 /)).toContain('“we go on; the secondary holds” (Ada, by script)')
    expect(line(report, /\| n1 /)).toContain('(Grace, by script; corrected by Grace at T+00:52, before:')
    expect(line(report, /^\*\*ABORTED/)).toContain('the script stopped the drill: Ada (lead) said stop')
    expect(section(report, 'Safety')).toContain('by the script: Ada (lead) said stop')
  })

  it('says who joined and left, who decided, and what the clock decided for them', () => {
    expect(text).toContain('| Grace has joined as scribe')
    expect(text).toContain('| Edsger (observer) has left')
    expect(line(text, /^- arm Revoke the key/)).toBe(
      '- arm Revoke the key T+00:24 (x3), asked of the operator: **go**, decided by Ben: typed “revoke-key primary”.',
    )
    expect(line(text, /^- clear\? Restore the key/)).toBe(
      '- clear? Restore the key T+01:18 (x9), asked of the lead: **yes**, decided by the clock: nobody answered in time.',
    )
  })
})

describe('the comparison with the last drill', () => {
  const compared = section(
    render(attendedRecords({ router: { tripSlowMs: 11_800 } })),
    'Compared with the last drill',
  )

  it('says which one it was and how the router’s clocks changed', () => {
    expect(compared).toContain('was held on 13 November 2026, with people: **WEAK** (run k3v9qz).')
    expect(compared).toMatch(/\| 1 · revoke-key \| +0\.05 s \| +0\.41 s \| 0\.36 s faster \|/)
    expect(compared).toMatch(/\| 2 · latency +\| +11\.7 s \| +11\.8 s \| .* not reached \|/)
  })

  it('says of each finding of then whether it was found again, those that are due first', () => {
    const lines = compared.split('\n').filter((one) => one.startsWith('- '))
    expect(lines[0]).toMatch(
      /^- \*\*Re-test due since 2026-11-18\*\*: \*\*found again as F4\*\*: An alert was missing/,
    )
    expect(lines[1]).toMatch(
      /^- \*\*Re-test due since 2026-11-18\*\*: not found again: Fault 1 .* \(Ada had taken it on/,
    )
    expect(lines[2]).toMatch(/^- \*\*Found again as F1\*\*: Fault 2/)
    expect(lines[3]).toMatch(/^- A to-do, which only people can tick off: Noted by Grace/)
  })

  it('does not call a finding gone in a drill that could not be judged, or without the fault of then', () => {
    const aborted: [number, JournalEvent] = [
      50_000,
      { type: 'abort', rule: 'Ada', reason: 'enough', by: 'person' },
    ]
    expect(section(render(addEvents(attended, aborted)), 'Compared with the last drill')).toContain(
      'not found again, but this drill could not be judged',
    )
    const other = changeEvents(attended, 'fault.requested', (entry) =>
      entry.fault === 1 ? { ...entry, kind: 'slow-first-token' } : entry,
    )
    const elsewhere = section(render(other), 'Compared with the last drill')
    expect(elsewhere).toContain('not found again, but not every fault of then was in force')
    expect(elsewhere).toMatch(/\| latency on primary +\| +not tried now/)
    expect(elsewhere).toMatch(/\| 2 · slow-first-token +\| +not tried then/)
  })
})
