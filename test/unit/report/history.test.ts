import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Records, Result } from '../../../src/record/index.ts'
import { beforeOf, composeResult, historyData, historyLines, readHistory } from '../../../src/report/index.ts'
import { ROOT } from '../../support/program.ts'
import { addEvents, fridayRecords } from '../../support/records.ts'
import { attendedRecords } from '../../support/report-attended.ts'

const TODAY = new Date('2026-11-20T16:00:00.000Z')
const light = { perSecond: 8, claim: 'behaviour' } as const
const unattended = composeResult(fridayRecords(light))
const attended = composeResult(attendedRecords(light))
const neverHome = composeResult(fridayRecords({ ...light, router: { neverFailsBack: true } }))

let reports: string
beforeEach(() => (reports = mkdtempSync(join(tmpdir(), 'gameday-history-'))))
afterEach(() => rmSync(reports, { recursive: true, force: true }))

interface Changes {
  drill?: string
  verdict?: Result['verdict']
  stableMs?: (number | null)[]
  retest?: string
}

/** Keeps a result as the run of one day. */
function keep(
  result: Result,
  day: string,
  { drill = 'friday-failover', stableMs, retest, ...changes }: Changes = {},
) {
  const run = `r${day.replaceAll('-', '')}`
  const folder = join(reports, `${day}-${drill}-${run}`)
  mkdirSync(folder)
  const kept: Result = {
    ...result,
    ...changes,
    drill: { ...result.drill, name: drill },
    run: { ...result.run, id: run, startedAt: `${day}T14:00:00.000Z` },
    faults: result.faults.map((fault, index) =>
      stableMs === undefined ? fault : { ...fault, stableMs: stableMs[index] ?? null },
    ),
    findings: result.findings.map((finding) => (retest === undefined ? finding : { ...finding, retest })),
  }
  writeFileSync(join(folder, 'result.json'), JSON.stringify(kept))
  return folder
}

function keepRecords(records: Records, folder: string) {
  mkdirSync(folder, { recursive: true })
  for (const [file, lines] of Object.entries({
    'journal.ndjson': records.journal,
    'samples.ndjson': records.samples,
    'attempts.ndjson': records.attempts,
  }))
    writeFileSync(join(folder, file), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

const lines = (columns: number | null = null, glyphs: 'unicode' | 'ascii' = 'unicode') =>
  historyLines(readHistory(reports), TODAY, { glyphs, columns })

describe('reading history', () => {
  it('finds the drills of a folder, oldest first, and none where there is no folder', () => {
    keep(unattended, '2026-11-18')
    keep(attended, '2026-11-06')
    expect(
      readHistory(reports).drills.map(({ startedAt, attended: people }) => [startedAt.slice(0, 10), people]),
    ).toEqual([
      ['2026-11-06', true],
      ['2026-11-18', false],
    ])
    expect(readHistory(join(reports, 'none'))).toEqual({ drills: [], unreadable: [] })
  })

  it('composes the result of a run that has none, or a broken one, from its records', () => {
    const records = fridayRecords(light)
    keepRecords(records, join(reports, '2026-11-20-killed'))
    keepRecords(records, join(reports, '2026-11-20-torn'))
    writeFileSync(join(reports, '2026-11-20-torn', 'result.json'), '{"schema": "gameday.re')
    const { drills, unreadable } = readHistory(reports)
    expect(unreadable).toEqual([])
    expect(drills.map(({ verdict, run }) => [verdict, run])).toEqual([
      ['held', '2026-11-20-7c1e'],
      ['held', '2026-11-20-7c1e'],
    ])
  })

  it('shows a run that is still alive as in progress, and counts it for nothing', () => {
    keep(neverHome, '2026-08-14', { retest: '2026-11-13' })
    keep(attended, '2026-11-06')
    const name = '2026-11-20-friday-failover-alive1'
    keepRecords(attendedRecords(light), join(reports, name))
    // As it looks while its key is revoked, and before anything of another was written.
    const begun = '2026-11-20-friday-failover-alive2'
    mkdirSync(join(reports, begun))
    const living = [{ dir: join('/elsewhere', name) }, { dir: join('/elsewhere', begun) }]
    const history = readHistory(reports, living)
    expect(history.unreadable).toEqual([])
    expect(history.drills.at(-1)).toMatchObject({
      inProgress: true,
      verdict: null,
      names: ['Ada', 'Ben', 'Grace', 'Edsger'],
      findings: [],
    })
    const told = historyLines(history, TODAY, { glyphs: 'unicode', columns: null })
    expect(told[3]).toMatch(/^2026-11-20 {2}friday-failover {2}in progress +- +- +Ada, Ben, Grace, Edsger$/)
    expect(told.join('\n')).toContain('14 days ago (2026-11-06, held)\n')
    expect(historyData(history, TODAY)).toMatchObject({
      lastHeld: [{ daysAgo: 14, unattendedSince: 0, run: 'r20261106' }],
      retestsDue: [{ run: 'r20260814' }, { run: 'r20260814' }],
    })
    expect(beforeOf(history, 'friday-failover', TODAY)?.run).toBe('r20261106')
    // The planted fault: without knowing that it lives, it would be the last drill held.
    expect(readHistory(reports).unreadable).toHaveLength(1)
    expect(beforeOf(readHistory(reports), 'friday-failover', TODAY)?.run).toBe('2026-11-20-7c1e')
  })

  it('names who held a role or joined, and nobody who only wrote a note', () => {
    const records = addEvents(attendedRecords(light), [
      30_000,
      { type: 'note', note: 'n9', role: 'observer', by: 'Mallory', kind: 'note', text: 'x', forMs: 30_000 },
    ])
    keepRecords(records, join(reports, '2026-11-20-run'))
    expect(readHistory(reports).drills[0]?.names).toEqual(['Ada', 'Ben', 'Grace', 'Edsger'])
  })

  it('composes it anew when somebody undid the run after its result was drawn', () => {
    const folder = join(reports, '2026-11-20-run')
    keepRecords(fridayRecords(light), folder)
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ ...unattended, verdict: 'rollback-failed' }))
    expect(readHistory(reports).drills[0]?.verdict).toBe('rollback-failed')
    appendFileSync(join(folder, 'recover.ndjson'), '')
    utimesSync(join(folder, 'result.json'), 1, 1)
    expect(readHistory(reports).drills[0]?.verdict).toBe('held')
  })

  it('reads the results of earlier versions, which said less', () => {
    const { before: _before, debrief: _debrief, run, people, findings, ...old } = neverHome
    const { people: _names, blind: _blind, joined: _joined, ...oldRun } = run
    const { diagnoseMs: _diagnoseMs, ...clocks } = people
    const folder = keep(unattended, '2026-01-01')
    writeFileSync(
      join(folder, 'result.json'),
      JSON.stringify({
        ...old,
        run: oldRun,
        people: clocks,
        findings: findings.map(({ key: _key, whyNot: _whyNot, ...finding }) => finding),
      }),
    )
    const [past] = readHistory(reports).drills
    expect(past).toMatchObject({ people: null, clocks: { diagnoseMs: null }, verdict: 'weak' })
    expect(past?.findings.map(({ key }) => key)).toEqual(neverHome.findings.map(({ key }) => key))
  })

  it('leaves out the example that is shipped: nobody of these people held it', () => {
    const example = join(reports, 'example')
    cpSync(join(ROOT, 'reports', 'example'), example, { recursive: true })
    expect(readHistory(reports)).toEqual({ drills: [], unreadable: [] })
    renameSync(example, join(reports, '2026-11-20-example'))
    expect(readHistory(reports).drills).toMatchObject([{ verdict: 'held', attended: false }])
  })

  it('names what it cannot read, and passes over what is no run', () => {
    keep(unattended, '2026-11-18')
    mkdirSync(join(reports, 'pictures'))
    mkdirSync(join(reports, '2026-11-19-empty-abc'))
    writeFileSync(join(reports, 'notes.txt'), 'x')
    writeFileSync(join(keep(unattended, '2026-11-17'), 'result.json'), '{"schema": "gameday.result/9"}')
    const { drills, unreadable } = readHistory(reports)
    expect(drills).toHaveLength(1)
    expect(unreadable.map(({ why }) => why)).toEqual([
      expect.stringMatching(/^its result\.json is none that this version reads: schema: /),
      'it has neither a result.json nor a journal.ndjson',
    ])
  })
})

describe('telling history', () => {
  it('writes a table with a bar for each failover against the longest of its drill', async () => {
    keep(attended, '2026-10-30', { stableMs: [900, 11_800], verdict: 'weak' })
    keep(attended, '2026-11-06', { stableMs: [900, null], verdict: 'weak' })
    keep(unattended, '2026-11-13', { stableMs: [900, 5900] })
    keep(unattended, '2026-11-19', { stableMs: [10, 20] })
    keep(unattended, '2026-11-18', { drill: 'smoke', stableMs: [400, 300] })
    await expect(`${lines(80).join('\n')}\n`).toMatchFileSnapshot('../../fixtures/report/history.txt')
    await expect(`${lines(80, 'ascii').join('\n')}\n`).toMatchFileSnapshot(
      '../../fixtures/report/history.ascii.txt',
    )
  })

  it('never counts a run without people as a drill held', () => {
    keep(attended, '2026-11-06')
    keep(unattended, '2026-11-19')
    keep(unattended, '2026-11-20')
    keep(unattended, '2026-11-20', { drill: 'smoke' })
    const told = lines().join('\n')
    expect(told).toContain('friday-failover  14 days ago (2026-11-06, held); 2 runs without since')
    expect(told).toContain('smoke            never; 1 run without\n')
  })

  it('does not count a drill in which nothing was broken', () => {
    keep(attended, '2026-11-06')
    const folder = keep(attended, '2026-11-19', { verdict: 'not-ready' })
    const early: Result = { ...attended, verdict: 'not-ready', faults: [], findings: [] }
    writeFileSync(
      join(folder, 'result.json'),
      JSON.stringify({ ...early, run: { ...early.run, startedAt: '2026-11-19T14:00:00.000Z' } }),
    )
    expect(lines().join('\n')).toContain('14 days ago (2026-11-06')
  })

  it('says that a run whose records just stop is unfinished', () => {
    const folder = keep(unattended, '2026-11-19', { verdict: 'unproven' })
    const kept: Result = { ...unattended, verdict: 'unproven', run: { ...unattended.run, endedAt: null } }
    writeFileSync(join(folder, 'result.json'), JSON.stringify(kept))
    expect(lines()[1]).toContain('unfinished')
  })

  it('lists the re-tests that are due, and how to hold them', () => {
    keep(neverHome, '2026-08-21', { retest: '2026-11-20' })
    expect(lines().slice(-5).join('\n')).toMatch(
      /Re-tests due:\n {2}since 2026-11-20 {2}Fault 1 .*\n {4}found 2026-08-21 in run r20260821, owned by nobody: gameday run friday-failover\n/,
    )
  })

  it('lets no name steer the terminal', () => {
    const people = { lead: 'A\u001b[2Jda', operator: 'Ben', scribe: 'Ben' }
    keep({ ...attended, run: { ...attended.run, people } }, '2026-11-19')
    for (const line of lines()) expect(line).not.toMatch(/\p{Cc}/u)
  })

  it('tells programs the same', () => {
    keep(neverHome, '2026-08-21', { retest: '2026-11-19' })
    keep(attended, '2026-11-06')
    const data = historyData(readHistory(reports), TODAY)
    expect(data.drills).toHaveLength(2)
    expect(data.lastHeld).toEqual([
      { drill: 'friday-failover', daysAgo: 14, unattendedSince: 0, run: 'r20261106' },
    ])
    expect(data.retestsDue[0]).toMatchObject({
      drill: 'friday-failover',
      run: 'r20260821',
      key: 'never-fails-back',
    })
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
  })
})

describe('the re-tests of a drill', () => {
  const due = () => historyData(readHistory(reports), TODAY).retestsDue.map(({ key, run }) => `${run} ${key}`)

  it('are due from their day on, and not the day before', () => {
    keep(neverHome, '2026-08-21', { retest: '2026-11-20' })
    expect(due()).toHaveLength(2)
    keep(neverHome, '2026-08-22', { retest: '2026-11-21', drill: 'other' })
    expect(due()).toHaveLength(2)
  })

  it('are covered by a drill of that name that was judged on that day or later, and by no other', () => {
    keep(neverHome, '2026-08-14', { retest: '2026-11-13' })
    keep(unattended, '2026-11-12')
    keep(unattended, '2026-11-14', { drill: 'smoke' })
    keep(unattended, '2026-11-15', { verdict: 'aborted' })
    expect(due()).toHaveLength(2)
    keep(unattended, '2026-11-16')
    expect(due()).toEqual([])
  })

  it('count from the drill that found it last', () => {
    keep(neverHome, '2026-08-14', { retest: '2026-11-13' })
    keep(neverHome, '2026-11-06', { retest: '2027-02-05' })
    expect(due()).toEqual([])
  })
})

describe('what a drill is compared with', () => {
  const before = (prefer?: 'attended') => beforeOf(readHistory(reports), 'friday-failover', TODAY, prefer)

  it('is the last one of its name that was judged', () => {
    expect(before()).toBeNull()
    keep(unattended, '2026-11-06', { verdict: 'weak' })
    keep(unattended, '2026-11-13', { verdict: 'unproven' })
    keep(unattended, '2026-11-14', { drill: 'smoke' })
    expect(before()).toMatchObject({ run: 'r20261106', verdict: 'weak', attended: false })
  })

  it('is for people the last one with people, where there is any', () => {
    keep(unattended, '2026-11-05')
    expect(before('attended')?.run).toBe('r20261105')
    keep(attended, '2026-11-06')
    keep(unattended, '2026-11-13')
    expect(before()?.run).toBe('r20261113')
    expect(before('attended')).toMatchObject({
      run: 'r20261106',
      people: { noticeMs: attended.people.noticeMs },
    })
  })

  it('brings its findings, and those of earlier drills whose re-test is due', () => {
    keep(neverHome, '2026-08-14', { retest: '2026-11-13' })
    keep(attended, '2026-10-30')
    expect(before()?.findings.map(({ key, retestDue }) => [key, retestDue])).toEqual([
      ...attended.findings.map(({ key }) => [key, false]),
      ...neverHome.findings.map(({ key }) => [key, true]),
    ])
  })

  it('is recorded in a shape that the journal takes', () => {
    keep(attended, '2026-11-06')
    const found = before('attended')
    const result = composeResult(fridayRecords(light))
    expect(found).not.toBeNull()
    expect(Object.keys(found ?? {}).toSorted()).toEqual([
      'attended',
      'faults',
      'findings',
      'people',
      'run',
      'startedAt',
      'verdict',
    ])
    expect(result.before).toBeNull()
  })
})
