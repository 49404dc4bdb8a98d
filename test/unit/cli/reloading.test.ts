import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GamedayError } from '../../../src/base/index.ts'
import { reloading } from '../../../src/cli/reloading.ts'
import { defaultConfig } from '../../../src/config/index.ts'
import type { ServedRouter } from '../../../src/stage/index.ts'

const fileOf = (text: string) => {
  const bytes = Buffer.from(text)
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}
const FIRST = 'version: 1\n'

function scene(reload: ServedRouter['reload'] = () => Promise.resolve()) {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-reloading-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'gameday.yaml')
  const said: string[] = []
  const taken: Parameters<typeof reload>[0][] = []
  const one = reloading({
    path,
    started: { config: defaultConfig(), file: fileOf(FIRST) },
    router: { reload: async (settings) => void (await reload(settings), taken.push(settings)) },
    env: { SET: 'sk-canary-env' },
    say: (text) => said.push(text.replaceAll(path, 'gameday.yaml')),
  })
  const ask = (text: string) => {
    writeFileSync(path, text)
    return one.asked()
  }
  return { one, said, taken, ask, change: (text: string) => one.changed(fileOf(text)) }
}

const real = (key: string) =>
  `version: 1\nproviders:\n  primary: { kind: real, name: a, model: m, baseUrl: "http://127.0.0.1:1/v1", key: ${key} }\n  secondary: { kind: simulated, name: b, model: m }\n`

describe('taking over what the file says', () => {
  it('says which settings are in force, and which only a restart brings about', async () => {
    const { change, said, taken } = scene()
    const text = 'version: 1\nrouter: { attempts: 3, port: 4000 }\n'
    await change(text)
    expect(said).toEqual([
      'gameday.yaml is in force: router.attempts; ONLY A RESTART brings about router.port',
    ])
    expect(taken).toMatchObject([
      {
        config: { router: { attempts: 3 } },
        source: { sha256: fileOf(text).sha256, awaitsRestart: ['router.port'] },
      },
    ])
  })

  it('says a mistake once, with its place, again when asked, and when it is mended', async () => {
    const { one, change, said, taken, ask } = scene()
    const wrong = 'version: 1\nrouter: { attempts: 99 }\n'
    await change(wrong)
    await change(wrong)
    expect(said).toEqual([
      expect.stringMatching(
        /^NOTHING IS TAKEN OVER, what is in force stays: .*\ngameday.yaml:2:21: router.attempts: found 99; write/,
      ),
    ])
    expect(one.worked).toBe(false)
    await ask(wrong)
    expect(said).toHaveLength(2)
    await change(FIRST)
    expect(said.at(-1)).toBe('gameday.yaml says what is in force')
    expect([one.worked, taken.length]).toEqual([true, 0])
  })

  it('takes keys from the environment of the process, by the names that the file has by now', async () => {
    const { change, said, taken } = scene()
    await change(real('SET'))
    expect(taken).toMatchObject([{ realKeys: { primary: 'sk-canary-env' } }])
    await change(real('UNSET'))
    expect(said.at(-1)).toMatch(/^NOTHING IS TAKEN OVER.*not set in the environment: UNSET/)
    expect(taken).toHaveLength(1)
    expect(said.join()).not.toContain('canary')
  })

  it('changes nothing where the router cannot', async () => {
    let calls = 0
    const { change, said, one } = scene(() => {
      calls += 1
      return calls === 1
        ? Promise.reject(new GamedayError('the cache cannot', { code: 'X', hint: 'Do it.' }))
        : Promise.resolve()
    })
    await change('version: 1\nrouter: { attempts: 3 }\n')
    expect(said).toEqual(['NOTHING IS TAKEN OVER, what is in force stays: the cache cannot\n  Do it.'])
    await change('version: 1\nrouter: { attempts: 4 }\n')
    expect(said.at(-1)).toBe('gameday.yaml is in force: router.attempts')
    expect(one.worked).toBe(true)
  })

  it('answers whoever asks, whatever there is', async () => {
    const { one, ask, said } = scene()
    await one.asked()
    await one.changed(null)
    await ask(FIRST)
    await ask(`${FIRST}# a comment\n`)
    expect(said).toEqual([
      'gameday.yaml is not there, or cannot be read; what is in force stays',
      'gameday.yaml is not there, or cannot be read; what is in force stays',
      'gameday.yaml says what is in force',
      'gameday.yaml is in force: nothing in it is new to a running router',
    ])
  })
})
