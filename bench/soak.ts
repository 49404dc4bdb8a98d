import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseDuration, parseRate, systemClock } from '../src/base/index.ts'
import { parsePrompts, startLoad } from '../src/load/index.ts'
import { judgeFlatness, type Reading } from './router/flat.ts'
import { median } from './router/judge.ts'
import { startPart } from './router/process.ts'
import { serveRouter } from './router/served.ts'

/**
 * Soaks `gameday serve router`, with guardrails, tags and log, in an even load for half an hour, by hand:
 *
 *     npm run bench:soak                          # 30 minutes at 200/s
 *     npm run bench:soak -- --for 3m --rate 200/s
 *
 * Thirty readings of its memory, each the median of the seconds since the one before; then whether it is flat.
 */

const READINGS = 30
const PROMPTS = new URL('../drills/prompts.yaml', import.meta.url)
const { values } = parseArgs({
  options: { for: { type: 'string', default: '30m' }, rate: { type: 'string', default: '200/s' } },
})
const forMs = parseDuration(values.for)
const perSecond = parseRate(values.rate)
if (forMs === null || perSecond === null) throw new Error('write for example --for 3m --rate 200/s')

const upstream = await startPart('upstream')
const provider = { baseUrl: `${upstream.url}/v1`, key: 'bench' }
const router = await serveRouter({ primary: provider, secondary: provider })
const say = (text: string) => void process.stdout.write(`${text}\n`)
const outcomes = new Map<string, number>()
const epochMs = systemClock.now()
const endpoint = { url: `${router.url}/v1`, key: 'bench' }
const load = startLoad({
  runTag: 'soak',
  epochMs,
  perSecond,
  arrivals: 'poisson',
  seed: 1,
  streams: 0.6,
  controlShare: 0,
  timeoutMs: 10_000,
  prompts: parsePrompts(readFileSync(PROMPTS, 'utf8'), 'prompts.yaml'),
  model: 'gpt-4o-mini',
  router: endpoint,
  primary: endpoint,
  clock: systemClock,
  onSample: ({ outcome }) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
})

const readings: Reading[] = []
for (let n = 1; n <= READINGS; n++) {
  const seconds: number[] = []
  const untilMs = epochMs + (n * forMs) / READINGS
  do {
    await systemClock.sleep(1000)
    seconds.push(residentMb(router.child.pid))
  } while (systemClock.now() + 1000 <= untilMs)
  const reading = { atMs: systemClock.now() - epochMs, mb: median(seconds) }
  readings.push(reading)
  say(`${(reading.atMs / 60_000).toFixed(1).padStart(5)} min   ${reading.mb.toFixed(1).padStart(6)} MB`)
}
const { offered, dropped } = await load.stop(10_000)
await router.stop()
await upstream.stop()

const { levelMb, growthMb, flat } = judgeFlatness(readings)
const answered = outcomes.get('ok') ?? 0
const whole = answered === offered && dropped === 0
const told = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
say(`${offered} requests at ${values.rate}: ${told}, ${dropped} never sent: ${whole ? 'ok' : 'MISSED'}`)
say(
  `after the first third: median ${levelMb.toFixed(1)} MB, growth ${growthMb.toFixed(1)} MB (at most 10 %): ${flat ? 'flat' : 'NOT FLAT'}`,
)
process.exitCode = whole && flat ? 0 : 1

/** Of the whole process, its log's thread included. */
function residentMb(pid: number | undefined): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
}
