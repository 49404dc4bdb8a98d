import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/cli/explain.ts'
import { askLimit, readMaxCost, sayBill } from '../../../src/cli/money.ts'
import { prepare } from '../../../src/cli/setup.ts'
import { validate } from '../../../src/cli/validate.ts'
import type { Asker } from '../../../src/crew/index.ts'
import { pipedIo } from '../../support/cli-io.ts'
import { HEAD } from '../../support/drill-text.ts'

const REAL = `version: 1
providers:
  primary: { kind: real, name: acme, model: m, baseUrl: 'https://acme.example/v1', key: ACME_KEY, price: { input: $1, output: $4 } }
  secondary: { kind: simulated, name: spare, model: gpt-4o-mini }
`
/** Six minutes of fault, at one request a second. */
const CHEAP = `${HEAD}load: { rate: 1/s, controlShare: 50% }
agenda:
  - { phase: baseline, length: 1m }
  - { phase: go-no-go, length: 30s }
  - { phase: break, name: key dies, length: 6m, cap: 8m, fault: { kind: revoke-key } }
  - { phase: restore, length: 2m }
`

/** The cheap drill in a folder of its own. */
function place(config = REAL) {
  const piped = pipedIo()
  mkdirSync(join(piped.home, 'drills'))
  writeFileSync(join(piped.home, 'drills', 'cheap.yaml'), CHEAP)
  writeFileSync(join(piped.home, 'gameday.yaml'), config)
  return piped
}

const flat = (text: string) => text.replace(/\s+/g, ' ')

/** Takes what is proposed, unless it is told what to say. */
function asking(says?: string) {
  const asked: { message: string; default: string | undefined; problem: string | true | undefined }[] = []
  const ask: Asker = {
    text: async ({ message, default: proposed = '', validate: check }) => {
      asked.push({ message, default: proposed, problem: check?.(says ?? proposed) })
      return says ?? proposed
    },
    yes: async () => true,
    choice: async ({ choices }) => choices[0]!.value,
  }
  return { ask, asked }
}

describe('the limit on what a drill may spend', () => {
  it('is asked for where people hold it, with the estimate and a proposal above it', async () => {
    const { io } = place()
    const { ask, asked } = asking()
    const meant = await askLimit(ask, {}, await prepare('cheap', {}, io))
    expect(asked).toEqual([
      {
        message: 'It costs about $0.07 to $1.70. Stop and restore at how many dollars?',
        default: '3',
        problem: true,
      },
    ])
    expect(meant).toEqual({ maxCost: '3' })
    const wrong = asking('much')
    await askLimit(wrong.ask, {}, await prepare('cheap', {}, io))
    expect(wrong.asked[0]?.problem).toContain('amount in US dollars')
  })

  it('is not asked for where a flag says it, or where nothing costs money', async () => {
    const { ask, asked } = asking()
    const real = await prepare('cheap', {}, place().io)
    expect(await askLimit(ask, { maxCost: '9' }, real)).toEqual({ maxCost: '9' })
    expect(await askLimit(ask, {}, await prepare('cheap', {}, place('version: 1\n').io))).toEqual({})
    expect(asked).toEqual([])
  })

  it('is demanded where nobody is asked, with the estimate and what to write', async () => {
    const setup = await prepare('cheap', {}, place().io)
    expect(() => readMaxCost(undefined, setup)).toThrow(
      expect.objectContaining({
        code: 'MAX_COST_MISSING',
        exitCode: 2,
        hint: expect.stringMatching(/costs about \$.* to \$.*: --max-cost 3\.$/),
      }),
    )
    expect(readMaxCost('$3.50', setup)).toBe(3.5)
    expect(() => readMaxCost('much', setup)).toThrow('--max-cost much is not an amount')
  })
})

describe('the bill, before anything is sent', () => {
  it('is said in requests, tokens and dollars, with where it ends', async () => {
    const { io, written } = place()
    sayBill(await prepare('cheap', {}, io), 2, io)
    // 570 s of load at 1/s and half of it again past the router; 384 tokens a prompt. The primary alone bills anything.
    expect(flat(written.stderr)).toBe(
      'gameday: about to send 855 requests, 330,000 tokens in and 34,000 to 340,000 out: about $0.07 to $1.70. ' +
        'It stops and restores at $2.00, or after 972 requests. ',
    )
  })

  it('says of a limit that the drill cannot keep that it will be stopped', async () => {
    const { io, written } = place()
    const setup = await prepare('cheap', {}, io)
    sayBill(setup, 0.01, io)
    expect(written.stderr).toContain('less than it costs at the least')
  })

  it('is not said where nothing costs money', async () => {
    const { io, written } = place('version: 1\n')
    sayBill(await prepare('cheap', {}, io), 2, io)
    expect(written.stderr).toBe('')
  })
})

describe('a sample that a cheap rate makes too small', () => {
  it('is named by explain, with the rate that it takes, what that costs, and the claim that needs none', async () => {
    const { io, written } = place()
    expect(await explain('cheap', {}, io)).toBe(0)
    const said = flat(written.stdout)
    expect(said).toContain(
      'At least 6m of outage, 360 requests. To claim 99.5% with none failed it takes 736: TOO FEW.',
    )
    const [, rate = '', least = '', most = ''] =
      /Run it with --rate (\d+)\/s, which allows for chance and costs about \$([\d.]+) to \$([\d.]+); lengthen the phase; or write claim: behaviour/.exec(
        said,
      ) ?? []
    expect(Number(rate)).toBe(3)
    expect(Number(most)).toBeGreaterThan(Number(least))
  })

  it('is named where failover and coming home could not be seen, whatever is claimed', async () => {
    const { io, home, written } = place()
    const hasty = CHEAP.replace('length: 6m', 'length: 50s').replace('agenda:', 'claim: behaviour\nagenda:')
    writeFileSync(join(home, 'drills', 'hasty.yaml'), hasty)
    expect(await validate(['hasty'], {}, io)).toBe(0)
    expect(flat(written.stderr)).toMatch(
      /key dies will hold too few requests to see failover and coming home: 100 in a row .* Raise the rate to 2\.0\/s, or lengthen them\. $/,
    )
    expect(await explain('hasty', {}, io)).toBe(0)
    expect(flat(written.stdout)).toContain('TOO FEW to see failover and coming home')
    expect(flat(written.stdout)).toContain('100 requests in a row are good. 2 a second would do.')
  })

  it('is named by validate, with both ways out', async () => {
    const { io, written } = place()
    expect(await validate(['cheap'], {}, io)).toBe(0)
    expect(flat(written.stderr)).toMatch(
      /key dies will hold 360 requests, too few to claim 99\.5 %: 736 are needed\. Raise the rate to 2\.1\/s, lengthen the phase, or write claim: behaviour\./,
    )
  })
})
