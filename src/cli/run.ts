import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { EXIT, GamedayError, parseMoney } from '../base/index.ts'
import { resolveKeys } from '../config/index.ts'
import { blockView, jsonView, lineView, quietView, unattendedCrew, type View } from '../crew/index.ts'
import { listDrills, loadDrill } from '../drill/index.ts'
import { stateFolder } from '../rollback/index.ts'
import { runDrill, type Interruption } from '../run/index.ts'
import { allowedFailures } from '../slo/index.ts'
import { conclude } from './conclude.ts'
import { printError } from './print-error.ts'
import type { Io } from './io.ts'
import { drillFolders, OVERRIDES, prepare, type Setup, type SetupFlags } from './setup.ts'
import { version } from './version.ts'

export interface RunFlags extends SetupFlags {
  list?: boolean
  unattended?: boolean
  seed?: string
  out: string
  maxCost?: string
  despiteFreeze?: string
  template?: string
  json?: boolean
  plain?: boolean
  quiet?: boolean
}

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
  const setup = await prepare(name, flags, io)
  const seed = readSeed(flags.seed) ?? setup.drill.load.seed
  const maxCostUsd = readMaxCost(flags.maxCost, setup)
  refuseWhenFrozen(setup, flags.despiteFreeze)
  const runId = newRunId()
  const dir = join(flags.out, `${io.clock.wall().toISOString().slice(0, 10)}-${setup.drill.name}-${runId}`)

  const interruption = new AbortController()
  const stopListening = io.onSignal((signal) => {
    if (interruption.signal.aborted)
      io.stderr.write(`gameday: ${signal} again: it is already putting everything back\n`)
    else interruption.abort({ by: 'signal', detail: signal } satisfies Interruption)
  })
  try {
    const ending = await runDrill({
      ...setup,
      realKeys: resolveKeys(setup.config, io.env),
      seed,
      mode: 'unattended',
      dir,
      runId,
      runTag: runId,
      stateFolder: stateFolder(io.env),
      command: repeatCommand(name, flags, seed),
      versions: {
        gameday: version(),
        node: process.version.slice(1),
        platform: `${process.platform}-${process.arch}`,
      },
      despiteFreeze: flags.despiteFreeze ?? null,
      maxCostUsd,
      bypass: io.env.BYPASS_ROUTER === 'true' ? 'primary' : null,
      crew: unattendedCrew(viewOf(flags, io)),
      clock: io.clock,
      signal: interruption.signal,
    })
    return await conclude(ending, flags, io)
  } catch (error) {
    return printError(error, io)
  } finally {
    stopListening()
  }
}

function viewOf({ json, quiet, plain }: RunFlags, { stdout, stderr, env }: Io): View {
  if (json === true) return jsonView(stdout)
  if (quiet === true) return quietView
  // A block is for eyes: it wants a terminal that can move its cursor.
  return plain === true || !stderr.isTTY || env.TERM === 'dumb' ? lineView(stderr) : blockView(stderr)
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

function readSeed(text: string | undefined): number | null {
  if (text === undefined) return null
  const seed = Number(text)
  if (Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new GamedayError(`--seed ${text} is not a whole number`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --seed 7.',
  })
}

function readMaxCost(text: string | undefined, { config }: Setup): number | null {
  if (text === undefined) {
    const real = Object.values(config.providers).find(({ kind }) => kind === 'real')
    if (real === undefined) return null
    throw new GamedayError(`the provider ${real.name} is real and costs money, and no limit was given`, {
      code: 'MAX_COST_MISSING',
      hint: 'Say what the drill may spend, for example --max-cost $5.',
    })
  }
  const amount = parseMoney(text.startsWith('$') ? text : `$${text}`)
  if (amount !== null) return amount
  throw new GamedayError(`--max-cost ${text} is not an amount in US dollars`, {
    code: 'BAD_FLAG',
    hint: 'Write for example --max-cost $5.',
  })
}

/** A spent budget means freeze: nothing more is put at risk on purpose, unless somebody gives a reason. */
function refuseWhenFrozen({ drill, config }: Setup, despite: string | undefined): void {
  const { success, requests } = drill.objectives
  const { spent } = config.errorBudget
  const allowed = allowedFailures({ success, requests })
  if (spent === undefined || spent < allowed || despite !== undefined) return
  throw new GamedayError(
    `the error budget is spent: ${spent} of ${allowed} failures in this window, so nothing was broken`,
    {
      code: 'BUDGET_FROZEN',
      exitCode: EXIT.notReady,
      hint: 'Wait until the window has moved on, or run it with --despite-freeze "reason"; the report will name the reason.',
    },
  )
}

function repeatCommand(name: string, flags: RunFlags, seed: number): string {
  const options = [
    ['--duration', flags.duration],
    ['--rate', flags.rate],
    ['--config', flags.config],
    ['--toxiproxy', flags.toxiproxy],
    ['--max-cost', flags.maxCost],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  return ['gameday', 'run', name, '--unattended', '--seed', seed, ...options].join(' ')
}
