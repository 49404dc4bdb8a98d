import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  duration,
  formatProblem,
  InvalidFileError,
  percent,
  readYaml,
  type Objection,
  type Path,
} from '../../../src/base/index.ts'

const schema = z.strictObject({
  title: z.string().min(1),
  success: percent(),
  note: z
    .union([z.string(), z.array(z.string())], { error: 'write a line of text, or a list of lines' })
    .optional(),
  steps: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('wait'), length: duration() }),
        z.strictObject({ kind: z.literal('ask'), question: z.string(), options: z.array(z.string()).min(2) }),
      ]),
    )
    .default([]),
  key: z
    .string()
    .regex(/^[A-Z]+$/, { error: 'write the name of a variable' })
    .optional(),
})

interface Extra {
  check?: (raw: unknown) => Objection[]
  secret?: (path: Path) => boolean
  mostBytes?: number
}

const read = (text: string | Uint8Array, extra: Extra = {}) =>
  readYaml(text, { file: 'f.yaml', what: 'thing', code: 'THING_INVALID', schema, ...extra })

function problemsOf(text: string | Uint8Array, extra: Extra = {}): string[] {
  try {
    read(text, extra)
  } catch (error) {
    if (error instanceof InvalidFileError) return error.problems.map(formatProblem)
    throw error
  }
  return []
}

test('reads a good file into what its schema makes of it', () => {
  expect(read('title: A\nsuccess: 99.5%\nsteps:\n  - { kind: wait, length: 6m }\n')).toEqual({
    title: 'A',
    success: 0.995,
    steps: [{ kind: 'wait', length: 360_000 }],
  })
})

test('reads bytes, a byte order mark and the line ends of Windows', () => {
  expect(read(new TextEncoder().encode('\uFEFFtitle: A\r\nsuccess: 1%\r\n'))).toMatchObject({
    title: 'A',
    success: 0.01,
  })
})

test('reports eight different mistakes at once, each where it stands', () => {
  const text = `titel: A
success: 99.5
note: [1]
steps:
  - kind: wait
    length: 6 minutes
    legnth: 6m
  - kind: asc
  - kind: ask
    question: ready?
`
  expect(problemsOf(text)).toEqual([
    'f.yaml:1:1: title: missing; write text',
    'f.yaml:1:1: titel: unknown key; did you mean "title"?',
    'f.yaml:2:10: success: found 99.5; write a percentage such as 99.5%, at most 100%',
    'f.yaml:3:8: note[0]: found 1; write text',
    'f.yaml:6:13: steps[0].length: found "6 minutes"; write a length of time such as 250ms, 2.5s, 6m or 2m30s',
    'f.yaml:7:5: steps[0].legnth: unknown key; did you mean "length"?',
    'f.yaml:8:11: steps[1].kind: found "asc"; did you mean "ask"? write one of wait, ask',
    'f.yaml:9:5: steps[2].options: missing; write a list',
  ])
})

test('carries code, exit code 2, every problem, and says it all in its message', () => {
  let caught: unknown
  try {
    read('title: A\nsuccess: 1\nx: 1\n')
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(InvalidFileError)
  expect(caught).toMatchObject({ code: 'THING_INVALID', exitCode: 2 })
  expect(String(caught)).toBe(`InvalidFileError: f.yaml is not a valid thing: 2 problems
f.yaml:2:10: success: found 1; write a percentage such as 99.5%, at most 100%
f.yaml:3:1: x: unknown key; remove it, or write one of title, success, note, steps, key`)
})

describe('of a choice between shapes', () => {
  const head = 'title: A\nsuccess: 1%\n'
  test.each([
    [
      'only the branch that the discriminator chose is spoken of',
      'steps: [{ kind: ask, question: q, options: [a] }]',
      'f.yaml:3:35: steps[0].options: found a list; write at least 2 entries',
    ],
    [
      'a missing discriminator is asked for at its map',
      'steps: [{ length: 6m }]',
      'f.yaml:3:9: steps[0].kind: missing; write one of wait, ask',
    ],
    ['what is no map at all', 'steps: [5]', 'f.yaml:3:9: steps[0]: found 5; write a map with kind'],
    [
      'a plain choice is judged by the branch that got furthest',
      'note: [a, { b: c }]',
      'f.yaml:3:11: note[1]: found a map; write text',
    ],
    [
      'a plain choice that nothing fits says its own words',
      'note: 5',
      'f.yaml:3:7: note: found 5; write a line of text, or a list of lines',
    ],
  ])('%s', (_name, text, problem) => {
    expect(problemsOf(`${head}${text}\n`)).toEqual([problem])
  })
})

describe('of values', () => {
  test.each([
    [
      'an empty value is found by its key',
      'title:\nsuccess: 1%',
      'f.yaml:1:1: title: found nothing; write text',
    ],
    ['empty text', 'title: ""\nsuccess: 1%', 'f.yaml:1:8: title: found ""; write some text'],
    [
      'a list where text belongs is found by its key',
      'title:\n  - a\nsuccess: 1%',
      'f.yaml:1:1: title: found a list; write text',
    ],
    [
      'a map where a list belongs',
      'title: a\nsuccess: 1%\nsteps:\n  a: 1',
      'f.yaml:3:1: steps: found a map; write a list',
    ],
    [
      'long text is cut',
      `title: a\nsuccess: ${'long '.repeat(40)}`,
      `f.yaml:2:10: success: found "${'long '.repeat(12).slice(0, 59)}…; write a percentage such as 99.5%, at most 100%`,
    ],
    [
      'the value behind an alias is found where it is used',
      'title: a\nnote: &n 5%\nsuccess: 1%\nsteps: *n',
      'f.yaml:4:1: steps: found "5%"; write a list',
    ],
  ])('%s', (_name, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })
})

describe('of the YAML itself', () => {
  test.each([
    ['nothing at all', '', ['f.yaml:1:1: found nothing; write a thing']],
    ['comments alone', '# nothing\n', ['f.yaml:1:1: found nothing; write a thing']],
    [
      'a list instead of a map',
      '- a',
      ['f.yaml:1:1: found a list; write a map with title, success, note, steps, key'],
    ],
    [
      'a key written twice',
      'title: a\nsuccess: 1%\ntitle: b\n',
      ['f.yaml:3:1: title: found a second time; keep one of the two'],
    ],
    [
      'a tab',
      'title: a\nsuccess: 1%\nsteps:\n\t- a\n',
      ['f.yaml:4:1: not YAML: Tabs are not allowed as indentation; indent with spaces'],
    ],
    [
      'two documents',
      'title: a\nsuccess: 1%\n---\ntitle: b\n',
      ['f.yaml:3:1: found a second document; keep one document in the file'],
    ],
    [
      'an unknown tag',
      'title: !x a\nsuccess: 1%\n',
      ['f.yaml:1:8: not YAML: Unresolved tag: !x; remove the tag'],
    ],
    [
      'an alias of nothing',
      'title: *a\nsuccess: 1%\n',
      ['f.yaml:1:8: title: found the alias *a of nothing; write &a at the value it stands for'],
    ],
    [
      'a map as a key',
      '? {a: b}\n: c\n',
      ['f.yaml:1:3: found a list or a map as a key; write a plain word as the key'],
    ],
    [
      'a reserved sign',
      'title: @a\nsuccess: 1%\n',
      ['f.yaml:1:8: not YAML: Plain value cannot start with reserved character @; put the text in quotes'],
    ],
    [
      'names that mean something to JavaScript',
      'title: a\nsuccess: 1%\n__proto__: 1\n',
      ['f.yaml:3:1: __proto__: unknown key; remove it, or write one of title, success, note, steps, key'],
    ],
  ])('%s', (_name, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  test('mistakes above a place that was misread are reported with it, and nothing is guessed about what is below', () => {
    expect(problemsOf('success: 99\nnote: "a\nsteps: 5\n')).toEqual([
      'f.yaml:1:10: success: found 99; write a percentage such as 99.5%, at most 100%',
      'f.yaml:4:1: not YAML: Missing closing "quote; correct the line',
    ])
  })
})

describe('of files made to exhaust the reader', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`),
  ].join('\n')
  test.each([
    ['too many bytes', 'x'.repeat(70_000), 'f.yaml:1:1: found 69 KiB; write at most 64 KiB'],
    ['lists in lists', '['.repeat(30_000), /found too many levels; nest less deeply$/],
    ['blocks in blocks', '- '.repeat(20_000), /found too many levels; nest less deeply$/],
    ['keys in keys', '? '.repeat(20_000), /; (nest less deeply|write a plain word as the key)$/],
    ['aliases of aliases', bomb, 'f.yaml:1:1: found aliases that stand for too much; write the values out'],
  ])('%s are refused with one problem', (_name, text, problem) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
  })

  test('more than a hundred aliases', () => {
    const problems = problemsOf(`title: &t a\nsuccess: 1%\nnote: [${'*t, '.repeat(101)}]\n`)
    expect(problems).toEqual([
      expect.stringMatching(
        /^f\.yaml:3:\d+: note\[100\]: found more than 100 aliases; write the values out$/,
      ),
    ])
  })

  test('more than twenty levels', () => {
    const problems = problemsOf(`title: a\nsuccess: 1%\nnote: ${'['.repeat(30)}${']'.repeat(30)}\n`)
    expect(problems.some((problem) => problem.endsWith('found more than 20 levels; nest less deeply'))).toBe(
      true,
    )
  })

  test('a list that holds itself', () => {
    expect(problemsOf('title: a\nsuccess: 1%\nnote: &n [*n]\n')).toEqual([
      'f.yaml:3:11: note[0]: found a list; write text',
    ])
  })

  test('no more than fifty problems are written out', () => {
    const text = Array.from({ length: 80 }, (_, index) => `k${index}: 1`).join('\n')
    expect(() => read(`title: a\nsuccess: 1%\n${text}\n`)).toThrow(/and 30 more$/)
  })

  test('bytes that are not UTF-8', () => {
    expect(problemsOf(new Uint8Array([0x74, 0xff, 0xfe]))).toEqual([
      'f.yaml:1:1: found bytes that are not UTF-8; save the file as UTF-8 text',
    ])
  })
})

describe('what no error shows', () => {
  const key = 'sk-proj-Abcdef1234567890ABCDEF'
  test.each([
    ['a key as a value', `title: a\nsuccess: ${key}\n`],
    ['a key as a key', `title: a\nsuccess: 1%\n${key}: 1\n`],
    ['a key in broken YAML', `title: a\nsuccess: 1%\nnote: "${key}\n`],
    ['a key as an alias', `title: *${key}\nsuccess: 1%\n`],
    ['a password in an address', `title: a\nsuccess: https://me:${key}@host\n`],
  ])('%s', (_name, text) => {
    const problems = problemsOf(text).join('\n')
    expect(problems).not.toBe('')
    expect(problems).not.toContain(key)
  })

  test('the value at a path that is said to be secret', () => {
    expect(
      problemsOf('title: a\nsuccess: 1%\nkey: hush\n', { secret: (path) => path.at(-1) === 'key' }),
    ).toEqual(['f.yaml:3:6: key: found a value not shown here; write the name of a variable'])
  })
})

test('objections of the caller are placed and reported with those of the schema', () => {
  const check = () => [
    { path: ['steps', 1], spot: 'value', found: 'found a second step', instead: 'write one' } as const,
    { path: ['steps', 0, 'kind'], spot: 'key', found: 'found a first step', instead: 'write none' } as const,
    { path: ['no', 'such', 'place'], spot: 'value', found: 'missing', instead: 'write it' } as const,
  ]
  const steps = 'steps:\n  - kind: wait\n    length: 5\n  - kind: wait\n    length: 5s\n'
  expect(problemsOf(`# a comment\ntitle: a\nsuccess: 1%\n${steps}`, { check })).toEqual([
    'f.yaml:2:1: no.such.place: missing; write it',
    'f.yaml:5:5: steps[0].kind: found a first step; write none',
    'f.yaml:6:13: steps[0].length: found 5; write a length of time such as 250ms, 2.5s, 6m or 2m30s',
    'f.yaml:7:5: steps[1]: found a second step; write one',
  ])
})
