import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import { readRecords } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { program, ROOT, runFolder } from '../support/program.ts'
import { tlsVendor, VENDOR_CA, type Vendor } from '../support/tls-vendor.ts'

const KEYS = { ACME_KEY: 'sk-acme-3b1f7d9a2c5e', SPARE_KEY: 'sk-ant-spare-8d2c4f6a' }

/** A folder whose `gameday.yaml` names two vendors of this machine, of one format each. */
async function place(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  prices: { acme: string; spare: string },
) {
  const [acme, spare] = await Promise.all([
    tlsVendor('openai', KEYS.ACME_KEY),
    tlsVendor('anthropic', KEYS.SPARE_KEY),
  ])
  onTestFinished(async () => {
    await acme.stop()
    await spare.stop()
  })
  const cwd = mkdtempSync(join(tmpdir(), 'gameday-vendors-'))
  const real = (name: string, format: string, { baseUrl }: Vendor, key: string, price: string) =>
    `{ kind: real, name: ${name}, format: ${format}, model: m, baseUrl: "${baseUrl}", key: ${key}, price: ${price} }`
  writeFileSync(
    join(cwd, 'gameday.yaml'),
    `version: 1\nproviders:\n  primary: ${real('acme', 'openai', acme, 'ACME_KEY', prices.acme)}\n  secondary: ${real('spare', 'anthropic', spare, 'SPARE_KEY', prices.spare)}\n`,
  )
  const quick = readFileSync(join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml'), 'utf8')
  writeFileSync(join(cwd, 'quick.yaml'), quick)
  const run = (...flags: string[]) =>
    program(['run', './quick.yaml', '--unattended', '--plain', ...flags], {
      cwd,
      env: { ...KEYS, NODE_EXTRA_CA_CERTS: VENDOR_CA },
    })
  return { cwd, acme, spare, run }
}

describe.concurrent('a drill against two vendors over TLS, of one format each', () => {
  it(
    'asks for a limit before it sends anything, bills what the vendors do, and stays within what it stated',
    unlessLate(async (test: TestContext) => {
      const { cwd, acme, spare, run } = await place(test, {
        acme: '{ input: $2, output: $8 }',
        spare: '{ input: $3, output: $15 }',
      })
      const refused = await run().ended
      expect(refused.code).toBe(2)
      expect(refused.stderr).toMatch(/no limit was given\n.*costs about \$.* to \$.*--max-cost \d+/)
      expect([acme.ledger.answers, spare.ledger.answers]).toEqual([0, 0])

      const ended = await run('--max-cost', '9').ended
      expect(ended.code, ended.stdout + ended.stderr.slice(-2000)).toBe(0)
      const [, stated = '', least = '', most = '', limit = ''] =
        /about to send ([\d,]+) requests, .*: about \$([\d.]+) to \$([\d.]+)\.\n.* at \$9\.00, or after (\d+) requests/.exec(
          ended.stderr,
        ) ?? []
      const { samples, attempts } = readRecords(runFolder(join(cwd, 'reports')))
      const bill = ({ ledger: { tokensIn, tokensOut } }: Vendor, input: number, output: number) =>
        (tokensIn * input + tokensOut * output) / 1e6
      const billed = bill(acme, 2, 8) + bill(spare, 3, 15)
      const reckoned = attempts.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
      expect(reckoned).toBeCloseTo(billed, 6)
      expect(billed).toBeGreaterThan(Number(least))
      expect(billed).toBeLessThan(Number(most))
      expect(samples.length).toBeLessThanOrEqual(Number(limit))
      expect(samples.length / Number(stated)).toBeGreaterThan(0.8)
      expect([acme.ledger.strangers, spare.ledger.strangers]).toEqual([0, 0])
      expect(new Set(samples.map(({ servedBy }) => servedBy))).toEqual(
        new Set(['primary', 'secondary', null]),
      )
      for (const key of Object.values(KEYS)) expect(ended.stdout + ended.stderr).not.toContain(key)
    }),
  )

  it(
    'stops at its limit in the middle of a fault, and restores and proves it',
    unlessLate(async (test: TestContext) => {
      // The primary is free, so that money is spent when the secondary takes over.
      const { cwd, spare, run } = await place(test, {
        acme: '{ input: $0, output: $0 }',
        spare: '{ input: $0, output: $1000 }',
      })
      const drill = run('--max-cost', '3')
      const ended = await drill.ended
      expect(ended.code, ended.stdout + ended.stderr.slice(-2000)).toBe(4)
      const dir = runFolder(join(cwd, 'reports'))
      const { journal } = readRecords(dir)
      const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as {
        decidedBy: string
        faults: { inForceMs: number; goneMs: number }[]
        rollback: { proven: boolean }
      }
      expect(result.decidedBy).toMatch(
        /^the rule max-cost stopped the drill: .* over its limit of \$3\b.*proven restored$/,
      )
      expect(result.rollback.proven).toBe(true)
      expect(result.faults).toHaveLength(1)
      expect(result.faults[0]!.goneMs).toBeGreaterThan(result.faults[0]!.inForceMs)
      expect(journal.some((entry) => entry.type === 'phase.started' && entry.kind === 'restore')).toBe(false)
      expect(readdirSync(join(drill.home, 'state', 'rollback'))).toEqual([])
      // An answer is ten cents: thirty of them and what was under way, a second's worth at the most and some probes.
      expect(spare.ledger.answers).toBeGreaterThan(30)
      expect(spare.ledger.answers).toBeLessThan(30 + 40)
    }),
  )
})
