import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { resultSchema } from '../src/record/index.ts'
import { fridayRecords } from '../test/support/records.ts'
import type { BenchRow } from './row.ts'

const ROUNDS = 3
const LEAST_SAMPLES = 100_000
const MOST_SECONDS = 3
const MOST_MB = 300

interface Figures {
  ms: number
  peakMb: number
  counted: number
  verdict: string
}

const BIN = fileURLToPath(new URL('../bin/gameday.js', import.meta.url))
/** Has the child say at its end how much memory it ever held, in KiB. */
const TELL = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS+'\\n'))`

/**
 * What a report costs: 100,000 samples on disk (half an hour at 62 requests a second) to a finished report, by the
 * built program in a process of its own, from its start to its end. Time is the best of three rounds, because a busy machine only ever adds to it; memory the worst.
 * That every request was counted, and the drill found to have held, is checked in the same run.
 */
export async function benchReport(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-bench-report-'))
  try {
    const records = fridayRecords({ scale: 12, perSecond: 62 })
    const truth = records.samples.filter(({ lane }) => lane === 'main').length
    if (records.samples.length < LEAST_SAMPLES) throw new Error(`only ${records.samples.length} samples`)
    await write(join(dir, 'journal.ndjson'), records.journal)
    await write(join(dir, 'samples.ndjson'), records.samples)
    await write(join(dir, 'attempts.ndjson'), records.attempts)
    const rounds: Figures[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(dir))
    const seconds = Math.min(...rounds.map(({ ms }) => ms)) / 1000
    const peakMb = Math.max(...rounds.map((one) => one.peakMb))
    const right = rounds.every(({ counted, verdict }) => counted === truth && verdict === 'held')
    const what = `${records.samples.length.toLocaleString('en-US')} samples to a finished report`
    return [
      {
        bench: 'report',
        what,
        value: seconds,
        unit: 's',
        limit: `under ${MOST_SECONDS} s`,
        passed: seconds < MOST_SECONDS,
      },
      {
        bench: 'report',
        what: 'peak resident memory meanwhile',
        value: peakMb,
        unit: 'MB',
        limit: `under ${MOST_MB} MB`,
        passed: peakMb < MOST_MB,
      },
      {
        bench: 'report',
        what: 'requests counted, against those made',
        value: rounds[0]?.counted ?? 0,
        unit: '',
        limit: `${truth}, and held`,
        passed: right,
      },
    ]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function write(path: string, lines: readonly unknown[]): Promise<void> {
  const file = createWriteStream(path)
  for (const line of lines) file.write(`${JSON.stringify(line)}\n`)
  file.end()
  await finished(file)
}

async function measure(dir: string): Promise<Figures> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, ['--import', TELL, BIN, 'report', dir], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  const ms = performance.now() - startedMs
  const peak = /peak (\d+)/.exec(told)?.[1]
  if (code !== 0 || peak === undefined)
    throw new Error(`gameday report ended with ${code}; is the program built? ${told}`)
  const result: unknown = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'))
  return { ms, peakMb: Number(peak) / 1024, ...factsOf(result) }
}

function factsOf(result: unknown): Pick<Figures, 'counted' | 'verdict'> {
  const { phases, verdict } = resultSchema.parse(result)
  return { counted: phases.reduce((sum, { requests }) => sum + requests, 0), verdict: verdict ?? 'none' }
}
