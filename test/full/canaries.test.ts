import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { undoPlanSchema } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { program, ROOT, runFolder } from '../support/program.ts'
import { startUpstream } from '../support/upstream.ts'

const KEY = 'sk-canary-7f3d9a1c5e8b2046d1'
const PROMPT = 'canary heliotrope marmalade'

/** Every file below a folder, with its text. */
function files(dir: string): { path: string; text: string }[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

describe('a drill against a vendor that quotes keys and prompts back', () => {
  it(
    'lets neither into a journal, a sample, an attempt, a report, a rollback record, or what it prints',
    unlessLate(async () => {
      const upstream = await startUpstream('echoes')
      const cwd = mkdtempSync(join(tmpdir(), 'gameday-canary-'))
      const real = `{ kind: real, name: vendor, model: gpt-4o-mini, baseUrl: "${upstream.baseUrl}", key: CANARY_KEY, price: { input: $1, output: $1 } }`
      writeFileSync(
        join(cwd, 'gameday.yaml'),
        `version: 1\nproviders:\n  primary: ${real}\n  secondary: { kind: simulated, name: z, model: gpt-4o-mini }\n`,
      )
      writeFileSync(
        join(cwd, 'prompts.yaml'),
        `version: 1\nprompts:\n  - { tenant: a, feature: chat, context: short, text: "${PROMPT}" }\n`,
      )
      const quick = readFileSync(join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml'), 'utf8')
      // This vendor fails once more after the fault: the primary needs longer to come home for good.
      writeFileSync(join(cwd, 'canary.yaml'), quick.replace('restore, length: 8s', 'restore, length: 11s'))
      const run = program(['run', './canary.yaml', '--unattended', '--json', '--max-cost', '$5'], {
        cwd,
        env: { CANARY_KEY: KEY, DEBUG: '1' },
      })
      await run.seen('"type":"fault.in-force"')
      const inForce = files(join(run.home, 'state', 'rollback'))
      const ended = await run.ended
      await upstream.stop()

      expect(ended.code, ended.stderr.slice(-2000)).toBe(0)
      // The record is there while the fault is, and only then.
      expect(inForce.map(({ text }) => undoPlanSchema.parse(JSON.parse(text)).change.type)).toEqual([
        'gate-fault',
        'proxy-created',
        'proxy-created',
      ])
      expect(files(join(run.home, 'state', 'rollback'))).toEqual([])

      const dir = runFolder(join(cwd, 'reports'))
      const written = [
        ...files(dir),
        ...inForce,
        ...files(join(run.home, 'state')),
        { path: 'stdout', text: ended.stdout },
        { path: 'stderr', text: ended.stderr },
      ]
      // The canaries must have been there to be caught: the vendor was asked, and some of its errors quoted them.
      expect(readFileSync(join(dir, 'attempts.ndjson'), 'utf8')).toMatch(/"provider":"primary".*"status":200/)
      expect(readFileSync(join(dir, 'attempts.ndjson'), 'utf8')).toMatch(/"provider":"primary".*"status":500/)
      for (const { path, text } of written) {
        expect(text.includes(KEY), `${path} holds the key`).toBe(false)
        expect(text.includes('heliotrope'), `${path} holds the prompt`).toBe(false)
        expect(/sk-gameday-(primary|secondary)-[\w-]{10}/.test(text), `${path} holds a gate-local key`).toBe(
          false,
        )
      }
    }),
  )
})
