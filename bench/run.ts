import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { BenchRow } from './row.ts'

/** Benches by name; each is loaded only when it runs, so that none pays for another. */
const BENCHES: Record<string, () => Promise<BenchRow[]>> = {
  cli: async () => (await import('./cli.ts')).benchCli(),
  report: async () => (await import('./report.ts')).benchReport(),
  router: async () => (await import('./router.ts')).benchRouter(),
  stage: async () => (await import('./stage.ts')).benchStage(),
  load: async () => (await import('./load.ts')).benchLoad(),
  toxiproxy: async () => (await import('./toxiproxy.ts')).benchToxiproxy(),
  frame: async () => (await import('./frame.ts')).benchFrame(),
}

const { positionals } = parseArgs({ allowPositionals: true })
const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals
const rows: BenchRow[] = []
for (const name of names) {
  const bench = BENCHES[name]
  if (bench === undefined) throw new Error(`no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}`)
  process.stderr.write(`${name} ...\n`)
  rows.push(...(await bench()))
}

const digits = (value: number) => value.toFixed(Math.abs(value) < 100 ? 2 : 0)
const figureOf = ({ value, unit, quartiles }: BenchRow) => {
  if (value === null) return 'not measured'
  const spread = quartiles === undefined ? '' : ` (${quartiles.map(digits).join(' to ')})`
  return `${digits(value)} ${unit}${spread}`
}
const width = Math.max(...rows.map(({ what }) => what.length))
const figures = Math.max(...rows.map((row) => figureOf(row).length))
for (const row of rows) {
  const { bench, what, limit, passed } = row
  const figure = figureOf(row).padStart(figures)
  process.stdout.write(
    `${bench.padEnd(9)} ${what.padEnd(width)} ${figure}   ${limit.padEnd(28)} ${passed ? 'ok' : 'MISSED'}\n`,
  )
}
mkdirSync('bench/out', { recursive: true })
const at = new Date().toISOString()
const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cpus: cpus().length,
}
writeFileSync(`bench/out/${names.join('-')}.json`, `${JSON.stringify({ at, machine, rows }, null, 2)}\n`)
process.exitCode = rows.every(({ passed }) => passed) ? 0 : 1
