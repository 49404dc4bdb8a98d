import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { EXIT, GamedayError, messageOf } from '../base/index.ts'
import { resolveKeys } from '../config/index.ts'
import { blockView, jsonView, lineView, quietView, unattendedCrew, type View } from '../crew/index.ts'
import { listDrills, loadDrill, samplePlan } from '../drill/index.ts'
import { checkTemplate } from '../report/index.ts'
import { stateFolder } from '../rollback/index.ts'
import { runDrill, type Interruption } from '../run/index.ts'
import { leastSample } from '../slo/index.ts'
import { conclude } from './conclude.ts'
import { readBypass, readMaxCost, readSeed, refuseWhenFrozen, type RunFlags } from './flags.ts'
import type { Io } from './io.ts'
import { printError } from './print-error.ts'
import { recoverFirst } from './recover.ts'
import { repeatCommand } from './repeat-command.ts'
import { drillFolders, OVERRIDES, prepare, type Setup } from './setup.ts'
import { tooFewRequests } from './too-few.ts'
import { version } from './version.ts'

/** Names the drills that can be run, a line each. */
export async function list(io: Io): Promise<number> {
  for (const { name, file } of await listDrills(drillFolders(io))) {
    const { title } = await loadDrill(file, { folders: drillFolders(io), overrides: OVERRIDES })
    io.stdout.write(`${name.padEnd(24)} ${title}\n`)
  }
  return EXIT.ok
}

/** Runs a drill and returns the exit code of its verdict. */
export async function run(name: string, flags: RunFlags, io: Io): Promise<number> {
  if (flags.unattended !== true) throw needsUnattended()
  // Everything that can be wrong with what was asked for is found out before anything is started.
  const setup = await prepare(name, flags, io)
  const seed = readSeed(flags.seed, setup)
  const maxCostUsd = readMaxCost(flags.maxCost, setup)
  const realKeys = resolveKeys(setup.config, io.env)
  const bypass = readBypass(io.env)
  if (flags.template !== undefined) await checkTemplate(flags.template)
  refuseWhenFrozen(setup, flags.despiteFreeze)
  warnOfSmallSamples(setup, io)
  await recoverFirst(setup.config.toxiproxy.url, io)

  const runId = newRunId()
  const dir = join(flags.out, `${io.clock.wall().toISOString().slice(0, 10)}-${setup.drill.name}-${runId}`)
  const interruption = interruptions(io)
  try {
    const ending = await runDrill({
      ...setup,
      realKeys,
      seed,
      mode: 'unattended',
      dir,
      runId,
      runTag: runId,
      stateFolder: stateFolder(io.env),
      command: repeatCommand(name, { ...flags, seed: String(seed) }, io),
      versions: {
        gameday: version(),
        node: process.version.slice(1),
        platform: `${process.platform}-${process.arch}`,
      },
      despiteFreeze: flags.despiteFreeze ?? null,
      maxCostUsd,
      bypass,
      crew: unattendedCrew(viewOf(flags, io)),
      clock: io.clock,
      signal: interruption.signal,
    })
    return await conclude(ending, flags, io)
  } catch (error) {
    return printError(error, io)
  } finally {
    interruption.release()
  }
}

/** Turns the first signal, or the first thing that nobody caught, into the end of the drill. Later ones change nothing. */
function interruptions(io: Io): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const interrupt = (interruption: Interruption) => {
    if (!controller.signal.aborted) controller.abort(interruption)
  }
  const stops = [
    io.onSignal((signal) => interrupt({ by: 'signal', detail: signal })),
    io.onCrash((error) => interrupt({ by: 'crash', detail: messageOf(error), cause: error })),
  ]
  return { signal: controller.signal, release: () => stops.forEach((stop) => stop()) }
}

function viewOf({ json, quiet, plain }: RunFlags, { stdout, stderr, env }: Io): View {
  if (json === true) return jsonView(stdout)
  if (quiet === true) return quietView
  // A block is for eyes: it wants a terminal that can move its cursor.
  return plain === true || !stderr.isTTY || env.TERM === 'dumb' ? lineView(stderr) : blockView(stderr)
}

/** What the sample cannot prove is said before the drill and not half an hour later. */
function warnOfSmallSamples({ drill, planned, perSecond }: Setup, { stderr }: Io): void {
  if (drill.claim === 'behaviour') return
  for (const outage of samplePlan(planned, { perSecond, success: drill.objectives.success, leastSample })) {
    if (!outage.enough) stderr.write(tooFewRequests(drill, outage))
  }
}

function needsUnattended(): GamedayError {
  return new GamedayError('a drill with people at the terminal is not part of this version', {
    code: 'UNATTENDED_ONLY',
    exitCode: EXIT.usage,
    hint: 'Add --unattended: the same agenda runs on the clock, and nobody is asked.',
  })
}

/** A short id that is also a file name, a part of a proxy's name and a marker. */
function newRunId(): string {
  return randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0')
}
