import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  applyOverrides,
  loadConfig,
  providerOverridesSchema,
  routerOverridesSchema,
} from '../../src/config/index.ts'
import type { Crew, LiveStatus } from '../../src/crew/index.ts'
import { quietView, unattendedCrew } from '../../src/crew/index.ts'
import { loadDrill, scaleAgenda, type AbortRule } from '../../src/drill/index.ts'
import { gateControl } from '../../src/providers/index.ts'
import { createChanges } from '../../src/run/changes.ts'
import { openContext, type RunContext } from '../../src/run/context.ts'
import { rollbackRecords } from '../../src/rollback/index.ts'
import { createEnding } from '../../src/run/ending.ts'
import type { RunInput } from '../../src/run/input.ts'
import type { Stage } from '../../src/stage/index.ts'
import { toxiproxyControl, type ProxyState } from '../../src/toxiproxy/index.ts'
import { ROOT } from './program.ts'
import type { TestClock } from './test-clock.ts'

const NOBODY = 'http://127.0.0.1:1'

export interface ContextOptions {
  clock: TestClock
  abort?: AbortRule[]
  maxCostUsd?: number | null
  /** Answers the question for the primary's proxy. */
  getProxy?: () => Promise<ProxyState | null>
  onStatus?: (status: LiveStatus) => void
  crew?: Crew
  /** Lays these over what the run is told. */
  input?: Partial<RunInput>
}

export const someProxy: ProxyState = {
  name: 'gameday-abc-primary',
  listen: '127.0.0.1:2',
  upstream: '127.0.0.1:3',
  enabled: true,
  toxics: [],
}

/** The context of a run of the quick drill whose stage is made of nothing: what it would send goes nowhere. */
export async function runContext(options: ContextOptions): Promise<RunContext> {
  const { clock, abort = [], maxCostUsd = null, onStatus = () => undefined } = options
  const getProxy = options.getProxy ?? (() => Promise.resolve(someProxy))
  const loaded = await loadDrill('quick', {
    folders: [join(ROOT, 'test', 'fixtures', 'drills'), join(ROOT, 'drills')],
    overrides: { router: routerOverridesSchema, providers: providerOverridesSchema },
  })
  const drill = { ...loaded, abort }
  const home = mkdtempSync(join(tmpdir(), 'gameday-context-'))
  const input: RunInput = {
    drill,
    planned: scaleAgenda(drill),
    config: applyOverrides(await loadConfig(null), drill),
    realKeys: {},
    prompts: [{ tenant: 'acme', feature: 'chat', context: 'short', text: 'Hello' }],
    perSecond: drill.load.rate,
    seed: 1,
    mode: 'unattended',
    dir: join(home, 'run'),
    runId: 'abc',
    runTag: 'abc',
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
    maxCostUsd,
    bypass: null,
    crew: options.crew ?? { ...unattendedCrew(quietView), status: onStatus },
    clock,
    signal: new AbortController().signal,
    ...options.input,
  }
  const toxiproxy = { ...toxiproxyControl({ url: NOBODY, timeoutMs: 100 }), getProxy }
  const stage: Stage = {
    environment: {
      router: { kind: 'embedded', url: NOBODY },
      toxiproxy: { kind: 'embedded', version: '2.12.0', url: NOBODY },
      providers: [],
    },
    toxiproxy,
    withRun: true,
    proxies: {
      primary: { name: 'gameday-abc-primary', url: `${NOBODY}/v1` },
      secondary: { name: 'gameday-abc-secondary', url: `${NOBODY}/v1` },
    },
    gate: gateControl({ url: NOBODY, token: 'token', timeoutMs: 100 }),
    gateUrl: NOBODY,
    gateToken: 'token',
    vendorConsole: {
      primary: `${NOBODY}/vendor/x/primary/key`,
      secondary: `${NOBODY}/vendor/x/secondary/key`,
    },
    keys: { primary: 'key', secondary: 'key' },
    router: { kind: 'embedded', url: NOBODY, key: 'key', stop: () => Promise.resolve() },
    stop: () => Promise.resolve([]),
  }
  const load = { begin: () => undefined, end: () => Promise.resolve(null), stop: () => Promise.resolve() }
  const changes = createChanges({
    run: input.runId,
    dir: input.dir,
    clock,
    records: rollbackRecords(input.stateFolder),
    permit: () => undefined,
  })
  return openContext(input, { stage, load, changes, ending: createEnding(() => undefined) })
}
