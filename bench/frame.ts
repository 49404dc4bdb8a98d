import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { spawn } from '@lydell/node-pty'
import type { BenchRow } from './row.ts'

const ROUNDS = 5
/** What the frame may cost, in milliseconds. */
const LIMIT_MS = 2
const PER_SECOND = 200
const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Figures {
  lagMs: number
  p95Ms: number
  redraws: number
}

/**
 * Holds the same short drill, whose answers all take the same time, at 200 requests a second with the frame and without, in turn, in a real terminal of 80
 * columns and 24 rows, and compares the medians. Takes about five minutes.
 */
export async function benchFrame(): Promise<BenchRow[]> {
  const held: Record<'frame' | 'none', Figures[]> = { frame: [], none: [] }
  for (let round = 0; round < ROUNDS; round++) {
    // Whoever goes first does so in half of the rounds only.
    const order = round % 2 === 0 ? (['frame', 'none'] as const) : (['none', 'frame'] as const)
    for (const kind of order) held[kind].push(await hold(kind))
  }
  const at = (kind: 'frame' | 'none', figure: keyof Figures) => median(held[kind].map((one) => one[figure]))
  const rows = (['lagMs', 'p95Ms'] as const).flatMap((figure) => {
    const name = figure === 'lagMs' ? 'dispatch lag p99' : 'p95 in the baseline'
    const off = at('frame', figure) - at('none', figure)
    return [
      row(`${name} at ${PER_SECOND}/s with the frame`, at('frame', figure), 'ms', '-', true),
      row(`${name} without`, at('none', figure), 'ms', '-', true),
      row(`${name}: difference`, off, 'ms', `< ${LIMIT_MS}`, Math.abs(off) < LIMIT_MS),
    ]
  })
  // A frame that was never drawn costs nothing.
  const redraws = Math.min(...held.frame.map((one) => one.redraws))
  return [...rows, row('redraws in a run, fewest', redraws, 'times', '> 20', redraws > 20)]
}

async function hold(kind: 'frame' | 'none'): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'gameday-bench-frame-'))
  const out = join(home, 'reports')
  const drill = join(ROOT, 'bench', 'frame.yaml')
  const args = ['run', drill, '--unattended', '--rate', `${PER_SECOND}/s`, '--out', out]
  const child = spawn(
    process.execPath,
    [join(ROOT, 'bin', 'gameday.js'), ...args, ...(kind === 'none' ? ['--quiet'] : [])],
    { cols: 80, rows: 24, cwd: home, env: { ...process.env, GAMEDAY_STATE: join(home, 'state') } },
  )
  let seen = ''
  child.onData((piece) => {
    seen += piece
  })
  const exitCode = await new Promise<number>((resolve) => child.onExit(({ exitCode: code }) => resolve(code)))
  const folder = readdirSync(out)[0]
  if (folder === undefined)
    throw new Error(`the drill left no report (exit ${exitCode}):\n${seen.slice(-500)}`)
  const result = JSON.parse(readFileSync(join(out, folder, 'result.json'), 'utf8')) as {
    load: { dispatchLagP99Ms: number }
    phases: { kind: string; p95Ms: number }[]
  }
  rmSync(home, { recursive: true })
  return {
    lagMs: result.load.dispatchLagP99Ms,
    p95Ms: result.phases.find((phase) => phase.kind === 'baseline')?.p95Ms ?? NaN,
    // Every redraw writes the clock anew.
    redraws: [...stripVTControlCharacters(seen).matchAll(/T\+\d\d:\d\d of /g)].length,
  }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

const row = (what: string, value: number, unit: string, limit: string, passed: boolean): BenchRow => ({
  bench: 'frame',
  what,
  value,
  unit,
  limit,
  passed,
})
