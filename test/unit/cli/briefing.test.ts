import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { askDrill, sayBriefing } from '../../../src/cli/briefing.ts'
import { list } from '../../../src/cli/run.ts'
import { prepare } from '../../../src/cli/setup.ts'
import type { Asker, Choice } from '../../../src/crew/index.ts'
import { pipedIo } from '../../support/cli-io.ts'
import { HEAD } from '../../support/drill-text.ts'

const GOOD = `${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s }
`

/** A folder with drills of its own beside those that are shipped. */
function place(drills: Record<string, string>) {
  const piped = pipedIo()
  mkdirSync(join(piped.home, 'drills'))
  for (const [name, text] of Object.entries(drills))
    writeFileSync(join(piped.home, 'drills', `${name}.yaml`), text)
  return piped
}

/** Takes what is proposed, and keeps what was offered. */
function takesTheDefault() {
  const offered: Choice<string>[] = []
  const ask: Asker = {
    text: async ({ default: proposed = '' }) => proposed,
    yes: async ({ default: proposed }) => proposed,
    choice: async ({ choices, default: proposed }) => {
      offered.push(...choices)
      const chosen = choices.find(({ value }) => value === proposed)
      if (chosen === undefined) throw new Error('what is proposed is not among the choices')
      return chosen.value
    },
  }
  return { ask, offered: () => offered.map(({ value }) => value) }
}

describe('the question which drill', () => {
  it('offers those that can be held, and says what is wrong with the others', async () => {
    const { io, written } = place({ broken: 'agenda: 7\n', ours: GOOD })
    const { ask, offered } = takesTheDefault()
    expect(await askDrill(ask, io)).toBe('friday-failover')
    expect(offered()).toEqual(['ours', 'friday-failover', 'smoke'])
    expect(written.stderr).toMatch(/^gameday: left out: .*broken\.yaml is not a valid drill/)
    expect(written.stderr).toMatch(/broken\.yaml:1:\d+: agenda: /)
  })

  it('proposes another where the usual one is broken', async () => {
    const { io } = place({ 'friday-failover': 'agenda: 7\n' })
    const { ask, offered } = takesTheDefault()
    expect(await askDrill(ask, io)).toBe('smoke')
    expect(offered()).toEqual(['smoke'])
  })

  it('is not asked where none can be held', async () => {
    const { io, written } = place({ 'friday-failover': 'agenda: 7\n', smoke: 'agenda: 8\n' })
    await expect(askDrill(takesTheDefault().ask, io)).rejects.toMatchObject({
      code: 'NO_DRILLS',
      exitCode: 2,
    })
    expect(written.stderr.match(/left out/g)).toHaveLength(2)
  })
})

it('gameday run --list names the rest beside a drill that is broken', async () => {
  const { io, written } = place({ broken: 'agenda: 7\n', ours: GOOD })
  expect(await list(io)).toBe(0)
  expect(written.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'ours',
    'friday-failover',
    'smoke',
    '',
  ])
  expect(written.stderr).toContain('gameday: left out: ')
})

it('the briefing estimates what real providers will bill, beside the limit', async () => {
  const { io, home, written } = place({})
  const real = (name: string) =>
    `{ kind: real, name: ${name}, model: m, baseUrl: 'https://${name}.example/v1', key: KEY, price: { input: $10, output: $10 } }`
  const config = join(home, 'gameday.yaml')
  writeFileSync(config, `version: 1\nproviders: { primary: ${real('acme')}, secondary: ${real('spare')} }\n`)
  const setup = await prepare('smoke', {}, io, { people: true })
  sayBriefing(setup, { maxCost: '7.5' }, null, io)
  const said = written.stderr.replace(/\s+/g, ' ')
  // The prompts that are shipped have 384 tokens on average: a request costs from $0.00424 to $0.00784.
  const [, least, most, requests] =
    /about \$([\d.]+) to \$([\d.]+) \(([\d,]+) requests of about 384 tokens in and 40 to 400 out\)/.exec(
      said,
    ) ?? []
  const sent = Number(requests?.replace(',', ''))
  expect(sent).toBeGreaterThan(1000)
  expect(Number(most)).toBeCloseTo(sent * 0.00784, 1)
  expect(Number(least)).toBeLessThan(sent * 0.00424)
  expect(Number(least)).toBeGreaterThan(sent * 0.0035)
  expect(said).toContain('The run stops and restores when $7.50 have been spent, the --max-cost.')
  expect(said).toContain('What people may arm a break late is taken off')
})
