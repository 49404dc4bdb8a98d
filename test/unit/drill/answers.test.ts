import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadAnswers } from '../../../src/drill/index.ts'
import { HEAD, problemsOfDrill, readDrillText } from '../../support/drill-text.ts'

const DRILL = `${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, name: dead key, length: 20s, cap: 30s, fault: { kind: revoke-key } }
  - { phase: restore, name: key back, length: 10s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s }
  - { phase: debrief, length: 1m }
`
const GATES =
  'go / no-go, arm dead key, did the alert fire? dead key, clear? key back, arm break 2, did the alert fire? break 2, clear? restore 2'

const read = (answers: string) => readDrillText(`${DRILL}answers: ${answers}\n`).answers
const problems = (answers: string) => problemsOfDrill(`${DRILL}answers: ${answers}\n`)

describe('answers', () => {
  test('may be left out, whole or in part', () => {
    expect(readDrillText(DRILL).answers).toBeUndefined()
    expect(read('{}')).toEqual({ gates: {}, notes: [], debrief: {}, findings: {} })
  })

  test('give a question a word, at once or after a while, or leave it to the clock', () => {
    const gates = `{ gates: {
      go / no-go: go, arm dead key: { say: confirm, after: 1.5s }, did the alert fire? dead key: yes,
      clear? key back: never, arm break 2: no-go, clear? restore 2: false } }`
    expect(read(gates)?.gates).toEqual({
      'go / no-go': { say: 'go', after: 0 },
      'arm dead key': { say: 'confirm', after: 1500 },
      'did the alert fire? dead key': { say: 'yes', after: 0 },
      'clear? key back': { say: 'never', after: 0 },
      'arm break 2': { say: 'no-go', after: 0 },
      'clear? restore 2': { say: 'never', after: 0 },
    })
  })

  test('give the roles that name nobody to the lead', () => {
    expect(read('{ crew: { lead: Ana, scribe: Cem } }')?.crew).toEqual({
      lead: 'Ana',
      operator: 'Ana',
      scribe: 'Cem',
    })
  })

  test('write notes in any role, of any kind, and correct them', () => {
    const notes = `{ notes: [
      { phase: dead key, text: "@-45s no alert" },
      { phase: break 2, after: 20s, as: lead, kind: decision, text: go on, corrects: n1 }] }`
    expect(read(notes)?.notes).toEqual([
      { phase: 'dead key', after: 0, as: 'scribe', kind: 'note', text: '@-45s no alert' },
      { phase: 'break 2', after: 20_000, as: 'lead', kind: 'decision', text: 'go on', corrects: 'n1' },
    ])
  })

  test('speak in the debrief, settle findings and name the day of the next drill', () => {
    const text = `{ debrief: { went well: all of it, missing alert: none },
      findings: { tail: { owner: Ana, due: 2026-12-18 }, "to-do n2": { not: known }, "*": { owner: Bo, due: +2w } },
      next: +7d, abort: { phase: break 2, after: 5s } }`
    expect(read(text)).toMatchObject({
      debrief: { 'went well': 'all of it', 'missing alert': 'none' },
      findings: {
        tail: { owner: 'Ana', due: '2026-12-18' },
        'to-do n2': { not: 'known' },
        '*': { owner: 'Bo', due: '+2w' },
      },
      next: '+7d',
      abort: { phase: 'break 2', after: 5000 },
    })
  })
})

test('the example of the documentation fits the Friday drill', () => {
  const docs = readFileSync(new URL('../../../docs/drill-files.md', import.meta.url), 'utf8')
  const friday = readFileSync(new URL('../../../drills/friday-failover.yaml', import.meta.url), 'utf8')
  const example = /```yaml\n(answers:[^`]*)```/.exec(docs)?.[1] ?? ''
  expect(example).toContain('gates:')
  expect(problemsOfDrill(`${friday}\n${example}`)).toEqual([])
})

describe('answers are refused', () => {
  test.each([
    [
      'to a question that the drill does not ask',
      '{ gates: { brief: go } }',
      `d.yaml:14:21: answers.gates.brief: a question that this drill does not ask; write one of ${GATES}`,
    ],
    [
      'to a question whose name is misspelt',
      '{ gates: { arm ded key: confirm } }',
      'd.yaml:14:21: answers.gates["arm ded key"]: a question that this drill does not ask; did you mean "arm dead key"?',
    ],
    [
      'to the break by the name of its restore',
      '{ gates: { clear? dead key: yes } }',
      `d.yaml:14:21: answers.gates["clear? dead key"]: a question that this drill does not ask; write one of clear? key back, clear? restore 2`,
    ],
    [
      'to a question of the debrief among the gates',
      '{ gates: { went well: all } }',
      'd.yaml:14:21: answers.gates["went well"]: a question that is answered elsewhere; write its answer under debrief',
    ],
    [
      'to a finding among the gates',
      '{ gates: { finding tail: Ana } }',
      'd.yaml:14:21: answers.gates["finding tail"]: a question that is answered elsewhere; write its answer under findings',
    ],
    [
      'to the day of the next drill among the gates',
      '{ gates: { next drill: +7d } }',
      'd.yaml:14:21: answers.gates["next drill"]: a question that is answered elsewhere; write its answer as next',
    ],
    [
      'in a word that the question does not understand',
      '{ gates: { go / no-go: maybe } }',
      'd.yaml:14:33: answers.gates["go / no-go"]: found "maybe"; write one of go, no-go, never',
    ],
    [
      'in a word that does not arm, however late',
      '{ gates: { arm dead key: { after: 1s, say: confrim } } }',
      'd.yaml:14:53: answers.gates["arm dead key"].say: found "confrim"; did you mean "confirm"? write one of confirm, no-go, never (confirm types the name of what is to be broken, never nothing)',
    ],
    [
      'that are no words',
      '{ gates: { go / no-go: 1 } }',
      'd.yaml:14:33: answers.gates["go / no-go"]: found 1; write a word, or a map with say and after',
    ],
    [
      'of a phase that the drill does not have',
      '{ notes: [{ phase: dead keys, text: x }], abort: { phase: break 1 } }',
      [
        'd.yaml:14:29: answers.notes[0].phase: found "dead keys", which this drill has no phase of; did you mean "dead key"?',
        'd.yaml:14:68: answers.abort.phase: found "break 1", which this drill has no phase of; did you mean "break 2"?',
      ],
    ],
    [
      'at a time after the phase',
      '{ notes: [{ phase: dead key, after: 21s, text: x }] }',
      'd.yaml:14:46: answers.notes[0].after: found 21s, longer than the phase; write at most 20s',
    ],
    [
      'by a role that there is not',
      '{ notes: [{ phase: dead key, as: observer, text: x }] }',
      'd.yaml:14:43: answers.notes[0].as: found "observer"; write one of lead, operator, scribe',
    ],
    [
      'that correct what is no note',
      '{ notes: [{ phase: dead key, text: x, corrects: e4 }] }',
      'd.yaml:14:58: answers.notes[0].corrects: found "e4"; write the id of a note, such as n1',
    ],
    [
      'with a day that no calendar has',
      '{ next: 2026-02-30 }',
      'd.yaml:14:18: answers.next: found "2026-02-30"; write a date such as 2026-12-18, or one counted from the drill’s day such as +7d or +2w',
    ],
    [
      'with an owner without a day',
      '{ findings: { tail: { owner: Ana } } }',
      'd.yaml:14:24: answers.findings.tail.due: missing; write a date such as 2026-12-18, or one counted from the drill’s day such as +7d or +2w',
    ],
    ['with an unknown key', '{ gate: {} }', 'd.yaml:14:12: answers.gate: unknown key; did you mean "gates"?'],
    [
      'that would send a terminal commands',
      '{ debrief: { surprised: "a\\e[2Jb" } }',
      'd.yaml:14:34: answers.debrief.surprised: found "a\\u001b[2Jb"; write text on one line, without control characters',
    ],
  ])('%s', (_name, answers, expected) => {
    expect(problems(answers)).toEqual([expected].flat())
  })

  test('together with the mistakes of the agenda that they name', () => {
    const text = `${DRILL.replace('name: dead key, length: 20s', 'name: dead key, length: 40s')}answers: { gates: { arm dead kei: confirm } }\n`
    expect(problemsOfDrill(text)).toEqual([
      'd.yaml:9:55: agenda[2].cap: found 30s, shorter than the phase, so that the fault would end before it; write at least 40s',
      'd.yaml:14:21: answers.gates["arm dead kei"]: a question that this drill does not ask; did you mean "arm dead key"?',
    ])
  })
})

describe('a file of answers', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'gameday-answers-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))
  const drill = readDrillText(DRILL)
  const load = (text: string) => {
    const file = join(home, 'a.yaml')
    writeFileSync(file, text)
    return loadAnswers(file, drill)
  }

  test('says the same as the drill file would', async () => {
    const text =
      '{ gates: { arm break 2: { say: confirm, after: 2s } }, notes: [{ phase: debrief, text: x }], next: +7d }'
    expect(await load(text.replace('{ gates', '{ version: 1, gates'))).toEqual(read(text))
  })

  test('is refused with every mistake in it, those that only the drill tells included', async () => {
    const text = 'version: 2\ngates:\n  arm break 1: confirm\nnotes:\n  - { phase: debrief, after: 2m }\n'
    await expect(load(text)).rejects.toMatchObject({
      code: 'ANSWERS_INVALID',
      exitCode: 2,
      problems: [
        { line: 1, column: 10, path: 'version' },
        { line: 3, column: 3, path: 'gates["arm break 1"]', instead: 'did you mean "arm break 2"?' },
        { line: 5, column: 5, path: 'notes[0].text', found: 'missing' },
        { line: 5, column: 30, path: 'notes[0].after', found: 'found 2m, longer than the phase' },
      ],
    })
  })

  test('that wraps them in answers, as a drill does, is told to leave that line out', async () => {
    await expect(load('version: 1\nanswers:\n  gates: {}\n')).rejects.toMatchObject({
      code: 'ANSWERS_INVALID',
      problems: [
        {
          line: 2,
          path: 'answers',
          found: 'unknown key',
          instead: expect.stringContaining('leave this line out'),
        },
      ],
    })
  })

  test('that is not there is refused by name', async () => {
    await expect(loadAnswers(join(home, 'none.yaml'), drill)).rejects.toMatchObject({
      code: 'ANSWERS_UNREADABLE',
      exitCode: 2,
      message: `the answers file ${join(home, 'none.yaml')} cannot be read: there is no such file`,
    })
  })
})
