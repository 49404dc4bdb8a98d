import { systemClock } from '../src/base/index.ts'
import { configSchema } from '../src/config/index.ts'
import { startStandingStage } from '../src/stage/index.ts'
import { stagePorts } from '../test/support/stage-ports.ts'

/** A standing stage in a process of its own, as `gameday serve stage` starts it; its primary is the upstream named. */

const provider = {
  kind: 'real',
  name: 'bench',
  model: 'gpt-4o-mini',
  baseUrl: `${process.argv[2] ?? ''}/v1`,
  key: 'BENCH_KEY',
}
const { facts } = await startStandingStage({
  config: configSchema.parse({
    version: 1,
    providers: { primary: provider, secondary: provider },
    stage: { ports: await stagePorts() },
  }),
  realKeys: { primary: 'real', secondary: 'real' },
  secrets: { token: 'bench', keys: { primary: 'bench', secondary: 'bench' }, keysFile: null },
  about: { version: 'bench', pid: process.pid, startedAt: '' },
  graceMs: 0,
  clock: systemClock,
  onDeath: (error) => {
    throw error
  },
})
process.stdout.write(`listens on ${facts.proxies.primary.url.slice(0, -'/v1'.length)}\n`)
