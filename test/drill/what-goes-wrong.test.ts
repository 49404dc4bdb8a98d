import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRecords } from '../../src/record/index.ts'
import { program, ROOT, runFolder } from '../support/program.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

const QUICK = join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml')
const servers: Server[] = []
let busyPort: number
let hungUrl: string
let closedUrl: string
let oldUrl: string
let silent: Upstream

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  busyPort = await listen(createServer())
  hungUrl = `http://127.0.0.1:${await listen(createServer(() => undefined))}`
  oldUrl = `http://127.0.0.1:${await listen(createHttpServer((_request, response) => response.writeHead(404).end('404 page not found\n')))}`
  const closing = createServer()
  closedUrl = `http://127.0.0.1:${await listen(closing)}`
  await new Promise((resolve) => closing.close(resolve))
  silent = await startUpstream('never-answers')
})

afterAll(async () => {
  for (const server of servers) server.close()
  await silent.stop()
})

const folder = (files: Record<string, string>) => {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-wrong-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}
const run = (...args: string[]) => ['run', QUICK, '--unattended', '--plain', '--out', 'reports', ...args]

/** Refused before anything is started: each a sentence that names the value, and a line that says what to do. */
const REFUSED: {
  name: string
  files?: Record<string, string>
  args: () => string[]
  code: number
  says: RegExp
  todo: RegExp
}[] = [
  {
    name: 'people without a terminal',
    args: () => ['run', QUICK],
    code: 2,
    says: /there is no terminal at which people could take part/,
    todo: /--unattended/,
  },
  {
    name: 'JSON for people',
    args: () => ['run', QUICK, '--json'],
    code: 2,
    says: /--json never asks/,
    todo: /--unattended/,
  },
  {
    name: 'answers to a question that is never asked',
    files: { 'answers.yaml': 'version: 1\ngates: { arm the key: confirm }\n' },
    args: () => run('--answers', 'answers.yaml'),
    code: 2,
    says: /answers\.yaml:2:\d+.*arm the key/,
    todo: /arm revoked key/,
  },
  {
    name: 'an unknown drill',
    args: () => ['run', 'fridy-failover', '--unattended'],
    code: 2,
    says: /no drill called "fridy-failover"/,
    todo: /Did you mean "friday-failover"/,
  },
  {
    name: 'a drill file that is a folder',
    args: () => ['run', './', '--unattended'],
    code: 2,
    says: /the drill \.\/ cannot be read: it is a folder, not a file/,
    todo: /\n {2}\S/,
  },
  {
    name: 'a file where the reports folder should be',
    files: { occupied: '' },
    args: () => ['run', QUICK, '--unattended', '--out', 'occupied'],
    code: 2,
    says: /cannot write occupied/,
    todo: /--out/,
  },
  {
    name: 'a duration below the least',
    args: () => run('--duration', '5s'),
    code: 2,
    says: /5s is too short/,
    todo: /--duration 20s/,
  },
  {
    name: 'a rate that makes no sense',
    args: () => run('--rate', 'fast'),
    code: 2,
    says: /--rate fast/,
    todo: /20\/s/,
  },
  {
    name: 'a seed that is no number',
    args: () => run('--seed', 'x'),
    code: 2,
    says: /--seed x/,
    todo: /--seed 7/,
  },
  {
    name: 'an unknown flag',
    args: () => run('--loud'),
    code: 2,
    says: /unknown option '--loud'/,
    todo: /--help/,
  },
  {
    name: 'several mistakes in a drill file, all at once',
    files: {
      'bad.yaml':
        'version: 1\ntitle: x\nhypothesis: y\nobjectives: { success: 99.5, p95: 2.5s, cost: $0.015 }\ntraffic: { rate: 1/s }\nagenda:\n  - { phase: break, length: 5s, cap: 9s, fault: { kind: revoke-keys } }\n',
    },
    args: () => ['run', './bad.yaml', '--unattended'],
    code: 2,
    says: /bad\.yaml:4:24: .*[\s\S]*bad\.yaml:7:\d+: .*revoke-keys/,
    todo: /revoke-key/,
  },
  {
    name: 'an unknown kind of provider',
    files: {
      'gameday.yaml':
        'version: 1\nproviders:\n  primary: { kind: imaginary, name: x, model: y }\n  secondary: { kind: simulated, name: z, model: y }\n',
    },
    args: () => run(),
    code: 2,
    says: /gameday\.yaml:3:\d+: .*imaginary/,
    todo: /simulated/,
  },
  {
    name: 'a real provider whose key is not in the environment',
    files: {
      'gameday.yaml':
        'version: 1\nproviders:\n  primary: { kind: real, name: vendor, model: gpt-4o-mini, baseUrl: "http://127.0.0.1:1/v1", key: NOT_SET_ANYWHERE, price: { input: $1, output: $1 } }\n  secondary: { kind: simulated, name: z, model: gpt-4o-mini }\n',
    },
    args: () => run('--max-cost', '$1'),
    code: 2,
    says: /NOT_SET_ANYWHERE \(the key of the primary, vendor\)/,
    todo: /read -rs NAME && export NAME/,
  },
  {
    name: 'a real provider whose price is not known',
    files: {
      'gameday.yaml':
        'version: 1\nproviders:\n  primary: { kind: real, name: vendor, model: gpt-4o-mini, baseUrl: "http://127.0.0.1:1/v1", key: NOT_SET_ANYWHERE }\n  secondary: { kind: simulated, name: z, model: gpt-4o-mini }\n',
    },
    args: () => run('--max-cost', '$1'),
    code: 2,
    says: /the price of vendor is not known/,
    todo: /price: \{ input: \$0\.15, output: \$0\.60 \}/,
  },
  {
    name: 'a spent error budget',
    files: { 'gameday.yaml': 'version: 1\nerrorBudget: { spent: 5000 }\n' },
    args: () => run(),
    code: 3,
    says: /error budget is spent: 5000 of 1000/,
    todo: /--despite-freeze/,
  },
  {
    name: 'a Toxiproxy that is not there',
    args: () => run('--toxiproxy', closedUrl),
    code: 3,
    says: /nothing answers as Toxiproxy at http:\/\/127\.0\.0\.1:\d+ .*ECONNREFUSED/,
    todo: /Start it \(toxiproxy-server .*\) or correct the URL/,
  },
  {
    name: 'a Toxiproxy that never answers',
    files: { 'gameday.yaml': 'version: 1\ntoxiproxy: { timeout: 500ms }\n' },
    args: () => run('--toxiproxy', hungUrl),
    code: 3,
    says: /did not answer within 500 ms/,
    todo: /restart it/,
  },
  {
    name: 'a Toxiproxy too old to be one',
    args: () => run('--toxiproxy', oldUrl),
    code: 3,
    says: /answered 404/,
    // It has no /version: nothing was deleted, it is another server or one from before version 2.
    todo: /correct the URL|newer/,
  },
  {
    name: 'a gate port that is taken',
    args: () => run('--config', portConfig('stage: { ports: { primaryGate: PORT } }')),
    code: 2,
    says: /the gate of the primary cannot listen on 127\.0\.0\.1:\d+: the port is taken/,
    todo: /set stage\.ports\.primaryGate/,
  },
  {
    name: 'a Toxiproxy port that is taken',
    args: () => run('--config', portConfig('stage: { ports: { toxiproxy: PORT } }')),
    code: 2,
    says: /Toxiproxy cannot listen on 127\.0\.0\.1:\d+/,
    todo: /set stage\.ports\.toxiproxy/,
  },
  {
    name: 'a router port that is taken',
    args: () => run('--config', portConfig('router: { port: PORT }')),
    code: 2,
    says: /the router cannot listen on 127\.0\.0\.1:\d+: the port is taken/,
    todo: /set router\.port to 0/,
  },
]

function portConfig(text: string): string {
  return join(
    folder({ 'ports.yaml': `version: 1\n${text.replace('PORT', String(busyPort))}\n` }),
    'ports.yaml',
  )
}

describe('before anything is started', () => {
  it.concurrent.each(REFUSED)(
    '$name is refused in plain words',
    async ({ files = {}, args, code, says, todo }) => {
      const cwd = folder(files)
      const before = readdirSync(cwd)
      const ended = await program(args(), { cwd }).ended
      expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({
        code,
        stderr: expect.stringMatching(says),
      })
      expect(ended.stderr).toMatch(todo)
      expect(ended.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
      expect(ended.stderr).not.toMatch(/fault of gameday itself/)
      // An empty reports folder may stay; a run's folder must not.
      expect(readdirSync(cwd).filter((name) => !before.includes(name) && name !== 'reports')).toEqual([])
      expect(existsSync(join(cwd, 'reports')) ? readdirSync(join(cwd, 'reports')) : []).toEqual([])
    },
  )
})

describe.concurrent('in the baseline', () => {
  it('a provider that never answers ends it not-ready, with nothing broken', async () => {
    const provider = (baseUrl: string) =>
      `{ kind: real, name: silent, model: gpt-4o-mini, baseUrl: "${baseUrl}", key: SILENT_KEY, price: { input: $1, output: $1 } }`
    const cwd = folder({
      'gameday.yaml': `version: 1\nproviders:\n  primary: ${provider(silent.baseUrl)}\n  secondary: { kind: simulated, name: z, model: gpt-4o-mini }\n`,
    })
    const ended = await program(run('--max-cost', '$1'), {
      cwd,
      env: { SILENT_KEY: 'sk-silent-0123456789abcdef' },
    }).ended
    const { journal } = readRecords(runFolder(join(cwd, 'reports')))
    expect(ended.code).toBe(3)
    expect(journal.filter((entry) => entry.type === 'check' && !entry.passed).length).toBeGreaterThan(0)
    expect(journal.some(({ type }) => type.startsWith('fault.'))).toBe(false)
  })

  it('a rate that this machine cannot hold is never reported as passing', async () => {
    const cwd = folder({})
    const ended = await program(run('--rate', '2000/s'), { cwd }).ended
    // The steady state breaks under it, or the load says of itself that it came late.
    expect([3, 5]).toContain(ended.code)
    expect(ended.stdout).toMatch(/NOT READY|UNPROVEN/i)
  })
})
