import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listDrills, loadDrill } from '../../../src/drill/index.ts'
import { HEAD, OVERRIDES } from '../../support/drill-text.ts'

const TEXT = `${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s }
`

let home: string
let own: string
let shipped: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gameday-drill-'))
  own = join(home, 'own')
  shipped = join(home, 'shipped')
  mkdirSync(own)
  mkdirSync(shipped)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const load = (name: string) => loadDrill(name, { folders: [own, shipped], overrides: OVERRIDES })
const failure = async (name: string) =>
  load(name).then(
    () => null,
    (error: unknown) => error,
  )

describe('a drill', () => {
  test('is found by its name, in the own folder before the shipped one', async () => {
    writeFileSync(join(shipped, 'a.yaml'), TEXT)
    expect((await load('a')).file).toBe(join(shipped, 'a.yaml'))
    writeFileSync(join(own, 'a.yaml'), TEXT)
    expect((await load('a')).file).toBe(join(own, 'a.yaml'))
  })

  test('is found by its path', async () => {
    const file = join(home, 'my drill.yaml')
    writeFileSync(file, TEXT)
    expect(await load(file)).toMatchObject({ file, name: 'my-drill', title: 'A drill' })
  })

  test('carries the hash of its bytes', async () => {
    writeFileSync(join(own, 'a.yml'), TEXT)
    expect((await load('a')).sha256).toBe(createHash('sha256').update(TEXT).digest('hex'))
  })

  test('has the overrides it was read with, typed', async () => {
    writeFileSync(
      join(own, 'a.yaml'),
      `${TEXT}router: { circuit: { probeEvery: 2s } }\nproviders: { secondary: { model: m } }\n`,
    )
    const { router, providers } = await load('a')
    expect(router?.circuit?.probeEvery).toBe(2000)
    expect(providers?.secondary?.model).toBe('m')
  })
})

describe('the prompts of a drill', () => {
  test('are beside it, else beside the shipped drills', async () => {
    writeFileSync(join(own, 'a.yaml'), TEXT)
    expect((await load('a')).promptsFile).toBe(join(own, 'prompts.yaml'))
    writeFileSync(join(shipped, 'prompts.yaml'), '')
    expect((await load('a')).promptsFile).toBe(join(shipped, 'prompts.yaml'))
    writeFileSync(join(own, 'prompts.yaml'), '')
    expect((await load('a')).promptsFile).toBe(join(own, 'prompts.yaml'))
  })

  test('that it names and that are not there are refused where they are named', async () => {
    writeFileSync(join(own, 'a.yaml'), `${TEXT}load: { prompts: mine.yaml }\n`)
    expect(String(await failure('a'))).toContain(
      'a.yaml:11:18: load.prompts: found no such file: mine.yaml; write the path of a prompts file, relative to the drill file',
    )
  })
})

describe('a drill that cannot be loaded', () => {
  test('by its name is refused with the names there are, and the nearest of them', async () => {
    writeFileSync(join(own, 'friday-failover.yaml'), TEXT)
    writeFileSync(join(shipped, 'smoke.yaml'), TEXT)
    expect(await failure('friday-failver')).toMatchObject({
      code: 'DRILL_UNKNOWN',
      exitCode: 2,
      message: 'there is no drill called "friday-failver"',
      hint: 'Did you mean "friday-failover"? There are: friday-failover, smoke. A path must hold a slash or end in .yaml.',
    })
  })

  test('because there are none is refused with the folders that were searched', async () => {
    expect(await failure('a')).toMatchObject({
      code: 'DRILL_UNKNOWN',
      hint: expect.stringContaining(`No drills were found in ${own}, ${shipped}.`),
    })
  })

  test.each([
    ['a missing file', 'nowhere.yaml', 'there is no such file'],
    ['a folder', 'shipped/', 'it is a folder, not a file'],
    ['a file inside a file', 'own/a.yaml/b.yaml', 'a part of its path is not a folder'],
  ])('by the path of %s is refused plainly', async (_name, path, reason) => {
    writeFileSync(join(own, 'a.yaml'), TEXT)
    const file = `${home}/${path}`
    expect(await failure(file)).toMatchObject({
      code: 'DRILL_UNREADABLE',
      exitCode: 2,
      message: `the drill ${file} cannot be read: ${reason}`,
    })
  })

  test('for its mistakes says all of them', async () => {
    writeFileSync(join(own, 'a.yaml'), TEXT.replace('title', 'titel').replace('2.5s', '2.5'))
    expect(await failure('a')).toMatchObject({
      code: 'DRILL_INVALID',
      exitCode: 2,
      problems: [{ path: 'title' }, { path: 'titel' }, { path: 'objectives.p95' }],
    })
  })
})

test('drills are listed by name, valid or not, without the files that are none', async () => {
  writeFileSync(join(own, 'b.yaml'), 'agenda: 5')
  writeFileSync(join(own, 'prompts.yaml'), 'prompts: []')
  writeFileSync(join(own, 'notes.txt'), 'agenda: none')
  writeFileSync(join(shipped, 'b.yaml'), TEXT)
  writeFileSync(join(shipped, 'a.yml'), TEXT)
  expect(await listDrills([own, shipped, join(home, 'nowhere')])).toEqual([
    { name: 'b', file: join(own, 'b.yaml') },
    { name: 'a', file: join(shipped, 'a.yml') },
  ])
})
