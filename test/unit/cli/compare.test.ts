import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compare } from '../../../src/cli/compare.ts'
import { findRun } from '../../../src/cli/find-run.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { shownRun } from '../../support/living-drill.ts'
import { program, ROOT } from '../../support/program.ts'

const EARLIER = '2026-11-13-friday-failover-so3cb8'
const LATER = '2026-11-20-friday-failover-so9xyz'

/** Two copies of the committed run: in the later one, 40 of the first outage's requests fail. */
function reports(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-compare-'))
  for (const name of [EARLIER, LATER]) {
    mkdirSync(join(folder, name))
    cpSync(join(ROOT, 'reports', 'example', 'result.json'), join(folder, name, 'result.json'))
  }
  const path = join(folder, LATER, 'result.json')
  const result = JSON.parse(readFileSync(path, 'utf8'))
  Object.assign(result.run, { id: 'so9xyz', startedAt: '2027-11-20T14:00:00.000Z' })
  result.verdict = 'weak'
  Object.assign(result.faults[0].objectives[0], {
    observed: 0.97,
    interval: [0.96, 0.979],
    verdict: 'missed',
  })
  writeFileSync(path, JSON.stringify(result))
  return folder
}

it('gameday compare names what became worse, and says first what differed besides', async () => {
  const { io, written } = pipedIo()
  const out = reports()
  expect(await exitOf(compare(EARLIER, 'latest', { out }, io), io)).toBe(0)
  const text = written.stdout
  expect(text).toContain('WORSE (held before, weak now); worse: fault 1: success')
  expect(text.indexOf('What differed besides the results')).toBeLessThan(text.indexOf('WORSE'))
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
})

it.each([
  [{ json: true }, (text: string) => expect(JSON.parse(text).worse).toEqual(['fault 1: success'])],
  [{ markdown: true }, (text: string) => expect(text).toMatch(/^# Two runs of friday-failover\n/)],
])('gameday compare also writes %j', async (flags, check) => {
  const { io, written } = pipedIo()
  expect(await compare('so3', 'so9', { out: reports(), ...flags }, io)).toBe(0)
  check(written.stdout)
})

it.each([
  { name: 'a path', of: (out: string) => join(out, EARLIER), is: EARLIER },
  { name: 'the name of its folder', of: () => EARLIER, is: EARLIER },
  { name: 'the beginning of that', of: () => '2026-11-13', is: EARLIER },
  { name: 'its id', of: () => 'so9xyz', is: LATER },
  { name: 'the beginning of that', of: () => 'so9', is: LATER },
  { name: 'latest', of: () => 'latest', is: LATER },
])('a run is found by $name', ({ of, is }) => {
  const out = reports()
  expect(findRun(of(out), out)).toBe(join(out, is))
})

it.each([
  { name: 'nothing', run: 'nope', code: 'RUN_UNKNOWN' },
  { name: 'several', run: '2026', code: 'RUN_AMBIGUOUS' },
  { name: 'nothing at all', run: '', code: 'RUN_UNKNOWN' },
])('what names $name is refused with 2, and the runs are named', ({ run, code }) => {
  expect(() => findRun(run, reports())).toThrow(
    expect.objectContaining({ code, exitCode: 2, hint: expect.stringContaining(LATER) }),
  )
})

it('a run of which there is nothing to read, or that is in progress, is refused with 2', async () => {
  const { io, state, written } = pipedIo()
  const out = reports()
  writeFileSync(join(out, EARLIER, 'result.json'), '{"schema":"other"}')
  expect(await exitOf(compare('so3', 'so9', { out }, io), io)).toBe(2)
  expect(written.stderr).toContain(`cannot read the run in ${join(out, EARLIER)}`)
  await shownRun(state, 'so9xyz', { dir: join(out, LATER) })
  expect(await exitOf(compare('so9', 'so9', { out }, io), io)).toBe(2)
  expect(written.stderr).toContain('is in progress')
  rmSync(out, { recursive: true })
})

it('gameday compare --help says what names a run, and two ways of drawing at once are refused', async () => {
  const help = await program(['compare', '--help']).ended
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('its id') })
  const { io } = pipedIo()
  expect(await exitOf(compare('a', 'b', { json: true, markdown: true }, io), io)).toBe(2)
})
