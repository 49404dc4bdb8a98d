import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../../src/base/index.ts'
import { program, ROOT } from '../../support/program.ts'

const run = async (args: string[], cwd?: string) => program(args, cwd === undefined ? {} : { cwd }).ended

describe('help', () => {
  it('names every command and every exit code', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(0)
    for (const command of [
      'run',
      'smoke',
      'join',
      'note',
      'validate',
      'explain',
      'doctor',
      'recover',
      'report',
      'history',
      'serve',
      'bypass',
      'schema',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    for (const { code: number, meaning } of EXIT_CODES) {
      expect(stdout).toContain(`${String(number).padStart(3)}  `)
      expect(stdout.replace(/\s+/g, ' ')).toContain(meaning.slice(0, 40))
    }
  })

  it.each([
    'run',
    'smoke',
    'join',
    'note',
    'validate',
    'explain',
    'doctor',
    'recover',
    'report',
    'history',
    'serve',
    'bypass',
    'schema',
  ])('of %s says what it does and takes', async (command) => {
    const { code, stdout } = await run([command, '--help'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/Usage: gameday \w+/) })
  })

  it.each([{ args: ['fly'] }, { args: ['run', '--nope'] }, { args: ['report'] }, { args: ['note'] }])(
    'is pointed at when nothing can be made of $args',
    async ({ args }) => {
      const { code, stderr } = await run(args)
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--help') })
    },
  )
})

describe('gameday run --list', () => {
  it('names the shipped drills with a line each, and the user’s own first', async () => {
    const { code, stdout } = await run(['run', '--list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^friday-failover +30m {2}Friday drill/m)
    expect(stdout).toMatch(/^smoke +1m {2}Smoke drill/m)
    expect(stdout).not.toMatch(/prompts/)
  })
})

describe('gameday join and gameday note', () => {
  it.each([
    { args: ['join'], said: 'no drill is in progress' },
    { args: ['join', '--as', 'boss'], said: '--as boss is no role' },
    { args: ['note', 'x'], said: 'no drill is in progress' },
    { args: ['note', 'x', '--kind', 'rumour'], said: '--kind rumour is none of' },
  ])('end with 2 for $args, and say why', async ({ args, said }) => {
    expect(await run(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(said) })
  })
})

describe('gameday validate', () => {
  it('finds nothing wrong with what is shipped', async () => {
    expect(await run(['validate'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('friday-failover.yaml'),
    })
  })

  it('reports every bad file, not only the first, and exits 2', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'gameday-validate-'))
    writeFileSync(join(cwd, 'a.yaml'), 'version: 2\n')
    writeFileSync(join(cwd, 'b.yaml'), 'title: x\n')
    writeFileSync(join(cwd, 'gameday.yaml'), 'version: 1\nrouters: {}\n')
    const { code, stderr } = await run(['validate', './a.yaml', './b.yaml'], cwd)
    expect(code).toBe(2)
    expect(stderr).toMatch(/gameday\.yaml:2:1: .*routers/)
    expect(stderr).toMatch(/a\.yaml:1:\d+/)
    expect(stderr).toMatch(/b\.yaml:1:\d+/)
  })
})

describe('gameday explain', () => {
  it('says in prose what the drill will do, in lines that fit a terminal', async () => {
    const { code, stdout } = await run(['explain'])
    expect(code).toBe(0)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    for (const word of ['revoke', 'undone', 'stops by itself', 'costs', 'prove'])
      expect(stdout).toContain(word)
  })

  it('names the sample of the length and rate that are asked for', async () => {
    const { stdout } = await run(['explain', 'friday-failover', '--duration', '2m30s', '--rate', '5/s'])
    expect(stdout).toMatch(/736/)
  })
})

describe('the published schemas', () => {
  it('are what gameday schema makes', async () => {
    const made = mkdtempSync(join(tmpdir(), 'gameday-schemas-'))
    expect((await run(['schema', '--out', made])).code).toBe(0)
    const committed = join(ROOT, 'schemas')
    expect(readdirSync(committed).toSorted()).toEqual(readdirSync(made).toSorted())
    for (const name of readdirSync(made))
      expect(readFileSync(join(committed, name), 'utf8')).toBe(readFileSync(join(made, name), 'utf8'))
  })

  it('are printed one by one, and an unknown one is refused with the names that there are', async () => {
    expect(JSON.parse((await run(['schema', 'config'])).stdout)).toMatchObject({
      title: expect.stringContaining('gameday'),
    })
    expect(await run(['schema', 'dril'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no schema called "dril"[\s\S]*drill, answers, config/),
    })
  })
})

describe('the version', () => {
  it('is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect((await run(['--version'])).stdout.trim()).toBe(version)
  })
})

describe('BYPASS_ROUTER', () => {
  it('is told by explain, and refused when it is neither true nor false', async () => {
    const bypassed = await program(['explain'], { env: { BYPASS_ROUTER: 'true' } }).ended
    expect(bypassed).toMatchObject({ code: 0, stdout: expect.stringContaining('straight to the primary') })
    const unclear = await program(['explain'], { env: { BYPASS_ROUTER: 'yes' } }).ended
    expect(unclear).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/BYPASS_ROUTER is set to yes[\s\S]*true/),
    })
  })
})

describe('the README', () => {
  it('links to nothing that is not in the repository', () => {
    const text = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? '')
    expect(targets.length).toBeGreaterThan(5)
    const known = new Set(execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n'))
    expect(targets.filter((target) => !known.has(target))).toEqual([])
  })

  it('shows a drill that is a good one, and can be compressed as it says', async () => {
    const text = readFileSync(join(ROOT, 'README.md'), 'utf8')
    const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
    const cwd = mkdtempSync(join(tmpdir(), 'gameday-readme-'))
    writeFileSync(join(cwd, 'ours.yaml'), yaml)
    expect(await run(['validate', './ours.yaml'], cwd)).toMatchObject({ code: 0, stderr: '' })
    expect(await run(['explain', './ours.yaml', '--duration', '90s'], cwd)).toMatchObject({ code: 0 })
  })
})
