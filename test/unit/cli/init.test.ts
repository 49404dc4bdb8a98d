import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { init } from '../../../src/cli/init.ts'
import { askAll } from '../../../src/cli/init/ask-all.ts'
import type { InitFlags } from '../../../src/cli/init/flags.ts'
import { validate } from '../../../src/cli/validate.ts'
import { writeFiles } from '../../../src/cli/init/write-files.ts'
import { loadConfig } from '../../../src/config/index.ts'
import type { Asker } from '../../../src/crew/index.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { fakeTerminal } from '../../support/crew-terminal.ts'

const FILES = ['gameday.yaml', 'drills/smoke.yaml', '.github/workflows/gameday-smoke.yml']

const REAL: InitFlags = {
  primaryName: 'acme',
  primaryFormat: 'openai',
  primaryUrl: 'https://api.acme.example/v1/',
  primaryModel: 'acme-large',
  primaryKey: 'ACME_KEY',
  primaryPrice: '2,$8',
  secondaryName: 'spare: "b" # c',
  secondaryFormat: 'anthropic',
  secondaryUrl: 'https://api.anthropic.com/v1',
  secondaryModel: 'claude-haiku-4-5',
  secondaryKey: 'SPARE_KEY',
  success: '99.9',
  p95: '4s',
  cost: '0.02',
  traffic: '600/h',
}

const OWN: InitFlags = {
  router: 'http://127.0.0.1:4000/v1',
  routerModel: 'fast',
  routerKey: 'none',
  routerHeaders: 'none',
  stage: 'http://127.0.0.1:8470',
}

/** Runs the command in an empty folder where nobody can be asked. */
async function initIn(flags: InitFlags, prepare: (home: string) => void = () => undefined) {
  const piped = pipedIo()
  prepare(piped.home)
  const code = await exitOf(init({ yes: true, doctor: false, ...flags }, piped.io), piped.io)
  return {
    ...piped,
    code,
    read: (name: string) => readFileSync(join(piped.home, name), 'utf8'),
    there: () =>
      readdirSync(piped.home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
  }
}

/** Takes what is proposed, or says what a test wants said, and keeps what was asked. */
function asking(says: Record<string, string> = {}) {
  const asked: string[] = []
  const ask: Asker = {
    text: async ({ message, default: proposed = '', validate }) => {
      asked.push(message)
      const text = Object.entries(says).find(([part]) => message.includes(part))?.[1] ?? proposed
      const problem = validate?.(text) ?? true
      if (problem !== true) throw new Error(problem)
      return text
    },
    yes: async ({ default: proposed }) => proposed,
    choice: async ({ message, choices, default: proposed }) => {
      asked.push(message)
      const said =
        choices.find(({ value }) => value === says[message]) ??
        choices.find(({ value }) => value === proposed)
      return said!.value
    },
  }
  return { ask, asked }
}

/** Begins to ask at a terminal. */
function atTerminal() {
  const { io, home, written } = pipedIo()
  const { input, output, press, screen } = fakeTerminal()
  const done = init(
    { doctor: false },
    {
      ...io,
      stdin: Object.assign(input, { isTTY: true }),
      stderr: Object.assign(output, { isTTY: true }),
    },
  )
  return { home, written, done, press, screen }
}

describe('gameday init', () => {
  it('writes three files that are good as they are, where nothing is at hand, and says what to do next', async () => {
    const { code, written, read, there } = await initIn({})
    expect({ code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' })
    expect(there()).toHaveLength(FILES.length)
    for (const name of FILES) expect(written.stdout).toContain(`wrote  ${name}\n`)
    expect(written.stdout).toContain('ok  drills/smoke.yaml')
    expect(written.stdout).toMatch(/# run it: 46s, no key, no money\n +gameday smoke\n/)
    const workflow = parse(read(FILES[2]!)) as {
      jobs: { drill: { env?: object; steps: { run?: string }[] } }
    }
    expect(workflow.jobs.drill.env).toBeUndefined()
    expect(workflow.jobs.drill.steps.map(({ run }) => run).filter(Boolean)).toEqual([
      'npm ci',
      'npx --no gameday validate ./drills/smoke.yaml',
      'npx --no gameday smoke',
    ])
  })

  it('ends with the doctor, whose lacks are told and are no failure of its own', async () => {
    const dead = { router: 'http://127.0.0.1:9/v1', stage: 'http://127.0.0.1:9' }
    const { code, written } = await initIn({ ...REAL, ...OWN, ...dead, doctor: true })
    expect({ code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' })
    for (const said of [
      /LACK {2}key of the primary +ACME_KEY is not set/,
      /LACK {2}stage +there is no token/,
      /LACK {2}router is there +nobody answers/,
      /Next:\n[\s\S]*read -rs ACME_KEY && export ACME_KEY\n[\s\S]*gameday serve stage\n[\s\S]*gameday doctor\n[\s\S]*gameday smoke/,
    ])
      expect(written.stdout).toMatch(said)
  })

  it('writes what the flags say of real providers, whatever their names are made of, and no key', async () => {
    const { code, written, home, read } = await initIn(REAL)
    expect({ code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' })
    const config = await loadConfig(join(home, 'gameday.yaml'))
    expect(config.providers).toMatchObject({
      primary: {
        kind: 'real',
        name: 'acme',
        baseUrl: 'https://api.acme.example/v1',
        key: 'ACME_KEY',
        price: { input: 2, output: 8 },
      },
      secondary: { name: 'spare: "b" # c', format: 'anthropic', model: 'claude-haiku-4-5' },
    })
    expect(config.providers.secondary.price).toBeUndefined()
    // 600 an hour are 432,000 in thirty days.
    expect(config.objectives).toMatchObject({ success: 0.999, p95: 4000, cost: 0.02, requests: 432_000 })
    const drill = read('drills/smoke.yaml')
    expect(drill).toContain('takes 3688, and none of them failed')
    expect(parse(drill)).toMatchObject({
      claim: 'behaviour',
      load: { rate: '4/s' },
      traffic: { rate: '600/h' },
    })
    const workflow = parse(read(FILES[2]!)) as { jobs: { drill: { env: object; steps: { run?: string }[] } } }
    expect(workflow.jobs.drill.env).toEqual({
      ACME_KEY: '${{ secrets.ACME_KEY }}',
      SPARE_KEY: '${{ secrets.SPARE_KEY }}',
    })
    const [limit = ''] = /--max-cost [1-9]\d*/.exec(written.stdout) ?? []
    expect(workflow.jobs.drill.steps.map(({ run }) => run)).toContain(`npx --no gameday smoke ${limit}`)
  })

  it('writes what the flags say of a router of one’s own', async () => {
    const { code, written, home, read } = await initIn({
      router: 'http://127.0.0.1:4000/v1',
      routerModel: 'fast',
      routerKey: 'LITELLM_KEY',
      routerHeaders: 'x-team: a "b"; x-config: $MY_CONFIG',
    })
    expect({ code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' })
    const { router, stage } = await loadConfig(join(home, 'gameday.yaml'))
    expect(router).toEqual({
      kind: 'external',
      url: 'http://127.0.0.1:4000/v1',
      model: 'fast',
      key: 'LITELLM_KEY',
      headers: { 'x-team': 'a "b"', 'x-config': '$MY_CONFIG' },
      format: 'openai',
    })
    expect(stage.url).toBe('http://127.0.0.1:8470')
    const again = { ...pipedIo().io, cwd: home, stdout: Object.assign(new PassThrough(), { text: '' }) }
    again.stdout.on('data', (piece: Buffer) => (again.stdout.text += piece.toString()))
    expect(await validate([], {}, again)).toBe(0)
    expect(again.stdout.text).toMatch(/^-- {2}.*bypass\.yaml: not for this configuration$/m)
    expect(again.stdout.text).toMatch(/^ok {2}.*friday-failover\.yaml$/m)
    expect(written.stdout).toMatch(/gameday serve stage\n[\s\S]*gameday smoke\n/)
    const { drill } = (
      parse(read(FILES[2]!)) as { jobs: { drill: { env: object; steps: { run?: string }[] } } }
    ).jobs
    expect(drill.env).toEqual({
      LITELLM_KEY: '${{ secrets.LITELLM_KEY }}',
      MY_CONFIG: '${{ secrets.MY_CONFIG }}',
    })
    // How it is started nobody but its owner knows: until that is said, the job fails and says so.
    expect(drill.steps.map(({ run }) => run)).toContainEqual(
      expect.stringMatching(/how your router is started.*exit 1/),
    )
  })

  it.each(FILES)('writes nothing where %s is there already, and names it', async (name) => {
    const { code, written, read, there } = await initIn({}, (home) => {
      mkdirSync(join(home, name, '..'), { recursive: true })
      writeFileSync(join(home, name), 'mine')
    })
    expect({ code, stdout: written.stdout }).toEqual({ code: 2, stdout: '' })
    expect(written.stderr).toMatch(new RegExp(`already here: ${name.replaceAll('.', '\\.')}\n.*--force`))
    expect(read(name)).toBe('mine')
    expect(there()).toHaveLength(1)
  })

  it('replaces them with --force', async () => {
    const { code, read } = await initIn({ force: true }, (home) =>
      writeFileSync(join(home, FILES[0]!), 'mine'),
    )
    expect(code).toBe(0)
    expect(read(FILES[0]!)).toContain('version: 1')
  })

  it('leaves nothing behind where one of the files cannot be written', async () => {
    const { code, written, there } = await initIn({}, (home) => writeFileSync(join(home, 'drills'), 'a file'))
    expect(code).toBe(2)
    expect(written.stderr).toContain('cannot write')
    expect(there()).toEqual(['drills'])
  })

  it('asks nobody where there is no terminal, and writes nothing unless told to', async () => {
    const { code, written, there } = await initIn({ yes: false })
    expect(code).toBe(2)
    expect(written.stderr).toMatch(/no terminal[\s\S]*--yes/)
    expect(there()).toEqual([])
  })

  const KEY = 'sk-canary-7f3d9a1c5e8b2046d1'
  it.each<[InitFlags, RegExp]>([
    [{ ...REAL, primaryKey: KEY }, /--primary-key .*\n.*name of an environment variable/],
    [{ ...REAL, primaryUrl: `https://me:${KEY}@acme.example/v1` }, /--primary-url .*\n.*without a user name/],
    [{ ...REAL, primaryUrl: 'acme.example' }, /--primary-url .*\n.*https:/],
    [{ ...REAL, primaryFormat: 'gemini' }, /--primary-format .*\n.*openai or anthropic/],
    [{ ...REAL, primaryPrice: '2' }, /--primary-price .*\n.*two amounts/],
    [{ primaryName: 'acme' }, /nothing says: Its base URL\?\n.*--primary-url/],
    [{ router: 'localhost' }, /--router .*\n.*https:/],
    [{ router: 'http://127.0.0.1:1', routerKey: KEY }, /--router-key .*\n.*name of an environment/],
    [{ router: 'http://127.0.0.1:1', routerHeaders: KEY }, /--router-headers .*\n.*name: value/],
    [{ ...REAL, simulated: true }, /--simulated beside --primary-name.*\n.*Leave out/],
    [{ routerModel: KEY }, /--router-model is for a router.*\n.*Add --router/],
    [{ routerKey: KEY }, /--router-key is for a router/],
    [{ routerHeaders: KEY }, /--router-headers is for a router/],
    [{ stage: 'http://127.0.0.1:8470' }, /--stage is for a router/],
    [{ success: '100%' }, /--success .*\n.*under 100/],
    [{ p95: 'fast' }, /--p95 .*\n.*2\.5s/],
    [{ cost: 'cheap' }, /--cost .*\n.*dollars/],
    [{ traffic: '7' }, /--traffic .*\n.*600\/h/],
  ])('refuses what cannot be used without quoting it: %#', async (flags, said) => {
    const { code, written, there } = await initIn(flags)
    expect(code).toBe(2)
    expect(written.stderr).toMatch(said)
    expect(written.stderr).not.toContain(KEY)
    expect(there()).toEqual([])
  })
})

describe('the questions', () => {
  it('are none where a flag answers each', async () => {
    const { ask, asked } = asking()
    await askAll({ ...REAL, ...OWN }, ask, () => undefined)
    expect(asked).toEqual([])
  })

  it('propose the two best known vendors, and ask for a price only where none is listed', async () => {
    const { ask, asked } = asking({ 'Which providers does the drill ask?': 'real' })
    expect(await askAll({}, ask, () => undefined)).toMatchObject({
      providers: {
        primary: {
          name: 'openai',
          key: 'OPENAI_API_KEY',
          baseUrl: 'https://api.openai.com/v1',
          price: { input: '$0.15', output: '$0.6', isListed: true },
        },
        secondary: { name: 'anthropic', format: 'anthropic', key: 'ANTHROPIC_API_KEY' },
      },
      promise: { success: '99.5%', p95: '2.5s', cost: '$0.015' },
    })
    expect(asked).toHaveLength(16)
    const own = asking({ 'Which router is drilled?': 'external' })
    expect(await askAll({ simulated: true }, own.ask, () => undefined)).toMatchObject({
      router: { url: 'http://127.0.0.1:4000/v1', model: 'gpt-4o-mini', key: null, headers: [] },
    })
    expect(own.asked).toHaveLength(10)
    const other = asking({ 'million tokens': '1,2' })
    const flags = { primaryName: 'acme', primaryUrl: 'https://acme.example/v1', primaryModel: 'gpt-4o-mini' }
    const { providers } = await askAll(flags, other.ask, () => undefined)
    expect(providers?.primary).toMatchObject({
      key: 'ACME_API_KEY',
      price: { input: '$1', output: '$2', isListed: false },
    })
  })

  it('can be answered at a terminal with nothing but Return', async () => {
    const { home, written, done, press, screen } = atTerminal()
    for (const message of [
      'Which providers',
      'Which router',
      'How many of',
      'Within which',
      'What may',
      'What do your',
    ]) {
      await expect.poll(async () => (await screen.rows()).join('\n')).toContain(`? ${message}`)
      await press('\r')
    }
    expect(await done).toBe(0)
    expect(written.stdout).toContain('wrote  gameday.yaml')
    expect(existsSync(join(home, 'gameday.yaml'))).toBe(true)
  })

  it('leave nothing behind where somebody leaves', async () => {
    const { home, written, done, press, screen } = atTerminal()
    await expect.poll(async () => (await screen.rows()).join('\n')).toContain('? Which providers')
    await press('\x03')
    expect(await done).toBe(130)
    expect({ stdout: written.stdout, there: readdirSync(home) }).toEqual({ stdout: '', there: [] })
  })
})

it('never replaces a file that somebody else made meanwhile, and takes back what it had placed', () => {
  const { home } = pipedIo()
  writeFileSync(join(home, 'b'), 'theirs')
  const files = new Map([
    ['a', 'ours'],
    ['b', 'ours'],
  ])
  expect(() => writeFiles(home, files, false)).toThrow('already here: b')
  expect(readdirSync(home)).toEqual(['b'])
  expect(readFileSync(join(home, 'b'), 'utf8')).toBe('theirs')
})
