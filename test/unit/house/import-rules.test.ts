import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../support/program.ts'

/** Lints a small house with one planted file, by the project's own rules. */
function lint(files: Record<string, string>): { red: boolean; says: string } {
  const house = mkdtempSync(join(tmpdir(), 'gameday-house-'))
  cpSync(join(ROOT, '.oxlintrc.json'), join(house, '.oxlintrc.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--deny-warnings', 'src'],
    { cwd: house, encoding: 'utf8' },
  )
  return { red: status !== 0, says: stdout }
}

const door = (name: string) => ({ [`src/${name}/index.ts`]: `export const ${name} = '${name}'\n` })

describe('the import rules', () => {
  it('let a room enter a lower one by its door', () => {
    expect(
      lint({
        ...door('base'),
        'src/run/ok.ts': "import { base } from '../base/index.ts'\nexport const ok = base\n",
      }),
    ).toMatchObject({ red: false })
  })

  it.each([
    {
      name: 'a lower room that imports a higher one',
      files: {
        ...door('cli'),
        'src/run/bad.ts': "import { cli } from '../cli/index.ts'\nexport const bad = cli\n",
      },
      says: /floor 4/,
    },
    {
      name: 'a room that imports its neighbour',
      files: {
        ...door('run'),
        'src/report/bad.ts': "import { run } from '../run/index.ts'\nexport const bad = run\n",
      },
      says: /floor 4/,
    },
    {
      name: 'a room that climbs in by the window',
      files: {
        'src/base/clock.ts': "export const clock = ''\n",
        'src/run/bad.ts': "import { clock } from '../base/clock.ts'\nexport const bad = clock\n",
      },
      says: /by its door/,
    },
    {
      name: 'a circle inside a room',
      files: {
        'src/run/a.ts': "import { b } from './b.ts'\nexport const a = (): string => b()\n",
        'src/run/b.ts': "import { a } from './a.ts'\nexport const b = (): string => a()\n",
      },
      says: /cycle/i,
    },
    {
      name: 'any',
      files: { 'src/run/bad.ts': 'export const bad = (value: any) => value as string\n' },
      says: /any/,
    },
    {
      name: 'the console below the command line',
      files: { 'src/run/bad.ts': "console.log('bad')\n" },
      says: /console/,
    },
  ] as { name: string; files: Record<string, string>; says: RegExp }[])('catch $name', ({ files, says }) => {
    const found = lint(files)
    expect(found).toMatchObject({ red: true, says: expect.stringMatching(says) })
  })
})
