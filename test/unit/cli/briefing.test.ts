import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { askDrill, sayBriefing } from '../../../src/cli/briefing.ts'
import { list } from '../../../src/cli/run.ts'
import { prepare } from '../../../src/cli/setup.ts'
import type { Asker, Choice } from '../../../src/crew/index.ts'
import type { Before } from '../../../src/record/index.ts'
import { pipedIo } from '../../support/cli-io.ts'
import { HEAD } from '../../support/drill-text.ts'
import { SHIPPED } from '../../support/shipped.ts'

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
    expect(offered()).toEqual(['ours', ...SHIPPED])
    expect(written.stderr).toMatch(/^gameday: left out: .*broken\.yaml is not a valid drill/)
    expect(written.stderr).toMatch(/broken\.yaml:1:\d+: agenda: /)
  })

  it('proposes another where the usual one is broken', async () => {
    const { io } = place({ 'friday-failover': 'agenda: 7\n' })
    const { ask, offered } = takesTheDefault()
    const others = SHIPPED.filter((name) => name !== 'friday-failover')
    expect(await askDrill(ask, io)).toBe(others[0])
    expect(offered()).toEqual(others)
  })

  it('is not asked where none can be held', async () => {
    const { io, written } = place(Object.fromEntries(SHIPPED.map((name) => [name, 'agenda: 7\n'])))
    await expect(askDrill(takesTheDefault().ask, io)).rejects.toMatchObject({
      code: 'NO_DRILLS',
      exitCode: 2,
    })
    expect(written.stderr.match(/left out/g)).toHaveLength(SHIPPED.length)
  })
})

it('gameday run --list names the rest beside a drill that is broken', async () => {
  const { io, written } = place({ broken: 'agenda: 7\n', ours: GOOD })
  expect(await list(io)).toBe(0)
  const names = written.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0])
  expect(names).toEqual(['ours', ...SHIPPED])
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
    /about \$([\d.]+) to \$([\d.]+) \(([\d,]+) requests, [\d,]+ tokens in and [\d,]+ to [\d,]+ out; of a request about 384 in and 40 to 400 out\)/.exec(
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

describe('the briefing', () => {
  /** What is said at a terminal of so many columns. */
  async function said(flags: { duration?: string; rate?: string }, columns: number) {
    const { io, written } = place({})
    const setup = await prepare('friday-failover', flags, io, { people: true })
    const due = { key: 'x', title: 'Alert '.repeat(20).trim(), owner: null, due: null }
    const finding = { ...due, retest: '2026-11-13', retestDue: true }
    const people = { noticeMs: null, decideMs: null, restoreMs: null, diagnoseMs: null }
    const before: Before = {
      run: 'abc',
      startedAt: '2026-08-14T14:00:00.000Z',
      attended: true,
      verdict: 'held',
      people,
      faults: [],
      findings: [finding],
    }
    sayBriefing(setup, {}, before, { ...io, stderr: Object.assign(io.stderr, { columns }) })
    return written.stderr
  }

  it.each([
    { columns: 200, most: 80 },
    { columns: 80, most: 80 },
    { columns: 60, most: 60 },
  ])('of $columns columns is at most $most wide, and keeps its indents', async ({ columns, most }) => {
    const lines = (await said({}, columns)).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(most)
    const budget = lines.indexOf('Error budget of this window')
    expect(lines.slice(budget + 1, budget + 3)).toEqual([
      expect.stringMatching(/^ {2}\S/),
      expect.stringMatching(/^ {2}\S/),
    ])
  })

  it('makes a sample that is too small stand out, once, with the rate to use', async () => {
    const small = (await said({ duration: '10m', rate: '1/s' }, 80)).replace(/\s+/g, ' ')
    expect(small).toContain(': TOO FEW.')
    expect(small.match(/TOO FEW REQUESTS/g)).toHaveLength(1)
    expect(small).not.toContain('gameday: ')
    const [, rate = ''] = /Run it with --rate (\d+\/s), which allows for chance/.exec(small) ?? []
    expect((await said({ duration: '10m', rate }, 80)).replace(/\s+/g, ' ')).not.toContain('TOO FEW')
  })

  it('names the key that stops everything beside Ctrl-C', async () => {
    expect(await said({}, 80)).toContain('`!` or Ctrl-C restores first')
  })
})
