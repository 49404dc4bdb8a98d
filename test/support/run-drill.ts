import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/index.ts'
import {
  applyOverrides,
  loadConfig,
  providerOverridesSchema,
  routerOverridesSchema,
  type Config,
} from '../../src/config/index.ts'
import { quietView, unattendedCrew, type View } from '../../src/crew/index.ts'
import { loadDrill, scaleAgenda } from '../../src/drill/index.ts'
import { parsePrompts } from '../../src/load/index.ts'
import { readRecords, type Records, type Result } from '../../src/record/index.ts'
import { composeResult } from '../../src/report/index.ts'
import { runDrill, type RunEnding } from '../../src/run/index.ts'
import type { RouterMaker } from '../../src/stage/index.ts'
import { loadWasLate, sayLate, wasLate } from './busy-machine.ts'
import { ROOT } from './program.ts'

export interface DrillRun {
  /** Name of a file in test/fixtures/drills or in drills. */
  drill: string
  seed?: number
  durationMs?: number
  perSecond?: number
  makeRouter?: RouterMaker
  toxiproxyUrl?: string
  /** Without it everything has its default. */
  config?: Config
  signal?: AbortSignal
  /** Most that it may spend, in US dollars. */
  maxCostUsd?: number
  view?: View
}

let runs = 0

export interface DrillOutcome {
  result: Result
  records: Records
  ending: RunEnding
  state: string
}

/**
 * Runs a drill in this process, with the parts in their workers, and composes its result. A run that says of itself that
 * its load came late is held again, at most twice, unless a test steps in while it runs.
 */
export async function runInProcess(run: DrillRun): Promise<DrillOutcome> {
  for (let left = run.signal === undefined && run.view === undefined ? 2 : 0; ; left--) {
    const outcome = await runOnce(run)
    if (left === 0 || !(wasLate(outcome.result.decidedBy) || loadWasLate(outcome.result))) return outcome
    sayLate()
  }
}

async function runOnce(run: DrillRun): Promise<DrillOutcome> {
  const folders = [join(ROOT, 'test', 'fixtures', 'drills'), join(ROOT, 'drills')]
  const drill = await loadDrill(run.drill, {
    folders,
    overrides: { router: routerOverridesSchema, providers: providerOverridesSchema },
  })
  const config = applyOverrides(run.config ?? (await loadConfig(null)), drill)
  const home = mkdtempSync(join(tmpdir(), 'gameday-run-'))
  const runId = `t${process.pid.toString(36)}${runs++}`
  const ending = await runDrill({
    drill,
    planned: scaleAgenda(drill, run.durationMs ?? null),
    config:
      run.toxiproxyUrl === undefined
        ? config
        : { ...config, toxiproxy: { ...config.toxiproxy, url: run.toxiproxyUrl } },
    realKeys: {},
    prompts: parsePrompts(readFileSync(drill.promptsFile, 'utf8'), drill.promptsFile),
    perSecond: run.perSecond ?? drill.load.rate,
    seed: run.seed ?? 1,
    mode: 'unattended',
    dir: join(home, 'run'),
    runId,
    runTag: runId,
    stateFolder: join(home, 'state'),
    people: null,
    blind: false,
    rollCall: [],
    crewSocket: null,
    before: null,
    draft: () => ({ lines: [], findings: [] }),
    command: 'a test',
    versions: {},
    despiteFreeze: null,
    maxCostUsd: run.maxCostUsd ?? null,
    bypass: null,
    ...(run.makeRouter === undefined ? {} : { makeRouter: run.makeRouter }),
    crew: unattendedCrew(run.view ?? quietView),
    clock: systemClock,
    signal: run.signal ?? new AbortController().signal,
  })
  const records = readRecords(ending.dir)
  return { result: composeResult(records), records, ending, state: join(home, 'state') }
}
