import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BenchRow } from './row.ts'

const ROUNDS = 15
const LIMIT = 3

/** Times `gameday --help` against the bare runtime, in turn; the ratio of the medians counts. */
export async function benchCli(): Promise<BenchRow[]> {
  const bin = fileURLToPath(new URL('../bin/gameday.js', import.meta.url))
  const times: Record<'help' | 'bare', number[]> = { help: [], bare: [] }
  for (let round = 0; round <= ROUNDS; round++) {
    const [bare, help] = [wallMs(['-e', '0']), wallMs([bin, '--help'])]
    // The first pair warms the disk's cache.
    if (round === 0) continue
    times.bare.push(bare)
    times.help.push(help)
  }
  const ratio = median(times.help) / median(times.bare)
  return [
    {
      bench: 'cli',
      what: 'node -e 0, median',
      value: median(times.bare),
      unit: 'ms',
      limit: '-',
      passed: true,
    },
    {
      bench: 'cli',
      what: 'gameday --help, median',
      value: median(times.help),
      unit: 'ms',
      limit: '-',
      passed: true,
    },
    {
      bench: 'cli',
      what: 'gameday --help against node -e 0',
      value: ratio,
      unit: 'x',
      limit: `<= ${LIMIT}`,
      passed: ratio <= LIMIT,
    },
  ]
}

function wallMs(args: string[]): number {
  const startedMs = performance.now()
  execFileSync(process.execPath, args, { stdio: 'ignore' })
  return performance.now() - startedMs
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
