import { CREW_ROLES } from '../../src/base/index.ts'
import { createBoard, type BoardState } from '../../src/crew/board.ts'
import type { LiveStatus } from '../../src/crew/crew.ts'
import type { FrameInput, Window } from '../../src/crew/frame/index.ts'
import { hideEntry, hideStatus } from '../../src/crew/hide.ts'
import type { OpenQuestion } from '../../src/crew/question.ts'
import type { SeatRole } from '../../src/crew/seat.ts'
import { logWriter } from '../../src/crew/words.ts'
import type { EventOf, JournalEntry, JournalEvent, Quantity } from '../../src/record/index.ts'

/** A drill as it was at some moment, told by its journal and its status, for frames to be drawn of. */

const MINUTE = 60_000
/** What a blind drill calls its phases, and what it has its people say. */
const NEUTRAL: Record<string, string> = {
  'revoked key': 'break 1',
  'key restored': 'restore 1',
  'slow primary': 'break 2',
  'speed restored': 'restore 2',
}
const NEUTRAL_SAID = {
  lead: [
    'Something is broken from now on. Hands off the system: we watch.',
    'What do you see, and where do you see it? What do you not see?',
  ],
  operator: ['If you know what it is, keep it to yourself.'],
  scribe: ['Write down the first symptom, and every guess at what it is.'],
}
const PHASES = [
  { name: 'brief', kind: 'brief', minutes: 3 },
  { name: 'baseline', kind: 'baseline', minutes: 3 },
  { name: 'go / no-go', kind: 'go-no-go', minutes: 1 },
  { name: 'revoked key', kind: 'break', minutes: 6 },
  { name: 'key restored', kind: 'restore', minutes: 2 },
  { name: 'slow primary', kind: 'break', minutes: 6 },
  { name: 'speed restored', kind: 'restore', minutes: 2 },
  { name: 'debrief', kind: 'debrief', minutes: 5 },
  { name: 'close', kind: 'close', minutes: 2 },
] as const

const SAID: Record<string, { lead: string[]; operator: string[]; scribe: string[] }> = {
  brief: {
    lead: [
      'Good morning. We rehearse losing our primary provider: first its key dies, then it turns slow.',
      'We expect the secondary to take over within five seconds each time, and no client to notice.',
      'Only this drill’s own traffic is in it. Anyone may abort at any time: say ABORT, out loud. No reason is needed.',
      'Alerts stay on. Tell me now who is operator and who is scribe.',
    ],
    operator: ['Confirm that you know how to stop: `!` restores everything first.'],
    scribe: ['Confirm that the clock on your screen runs. Write down who is here, and in which role.'],
  },
  baseline: {
    lead: ['Baseline now. Nothing is broken: this is how a healthy day looks.'],
    operator: [],
    scribe: ['Write down anything that looks odd already. What is odd now is no finding later.'],
  },
  'go / no-go': {
    lead: ['Is there any real incident, any doubt, anyone not ready? Say so now.', 'Otherwise we go.'],
    operator: ['Say ready, or say why not.'],
    scribe: ['Write down the decision and who made it.'],
  },
  'revoked key': {
    lead: [
      'The primary’s key is dead from now on. Hands off the system: we watch.',
      'What did you expect to see by now that you do not see?',
    ],
    operator: ['Say aloud what you see first, and where you saw it.'],
    scribe: ['Write down the first symptom, the first alert and whatever surprises anyone, as it happens.'],
  },
  'key restored': {
    lead: ['Clear. The key is good again: watch the primary come home.'],
    operator: ['Say when the primary serves again.'],
    scribe: ['Write down when it came home and what was still wrong by then.'],
  },
  'slow primary': {
    lead: [
      'The primary answers again, but four seconds late. Nothing is down, and nobody will page you.',
      'Which dashboard would have told you?',
    ],
    operator: ['Say aloud how long a caller waits now.'],
    scribe: ['Write down how long it took until somebody could tell slow from broken.'],
  },
  debrief: {
    lead: ['What went well, and what surprised you?', 'Each finding gets a name and a day now.'],
    operator: ['Which alert did you miss?'],
    scribe: ['Read the notes back, from the first to the last.'],
  },
  close: {
    lead: ['The drill is over, and nothing is broken any more. Thank you.'],
    operator: ['Confirm that everything is clean.'],
    scribe: ['Write down the day of the next drill.'],
  },
}

type Noted = Pick<EventOf<'note'>, 'role' | 'by' | 'kind' | 'text'>
const fault = { fault: 0 }
const noted = (minute: number, note: string, said: Noted): [number, JournalEvent] => [
  minute,
  { type: 'note', note, ...said, forMs: minute * MINUTE },
]

/** What happened between the phases, and when, in minutes. */
const HAPPENED: readonly [number, JournalEvent][] = [
  [6.0, { type: 'check', check: 'steady state', passed: true, detail: 'success 100 % of 1806, p95 0.81 s' }],
  [
    6.8,
    {
      type: 'gate.decided',
      gate: 'go / no-go',
      role: 'lead',
      decision: 'go',
      by: 'person',
      who: 'Chi',
      reason: '12 s before the deadline',
    },
  ],
  [
    7,
    {
      type: 'fault.in-force',
      ...fault,
      uncertaintyMs: 3.8,
      detail: 'the gate refuses the key of the primary',
    },
  ],
  [
    7.002,
    {
      type: 'fault.proven',
      ...fault,
      proof: '14 marked requests answered 401 invalid_api_key',
      evidence: [],
    },
  ],
  [
    7.01,
    { type: 'router.circuit', provider: 'primary', state: 'open', reason: 'credential', class: 'credential' },
  ],
  noted(7.35, 'n1', {
    role: 'scribe',
    by: 'Ana',
    kind: 'symptom',
    text: 'no alert yet; dashboard still green',
  }),
  noted(7.6, 'n2', {
    role: 'operator',
    by: 'Ben',
    kind: 'note',
    text: 'router log: circuit of primary open',
  }),
  noted(8.1, 'n3', { role: 'scribe', by: 'Ana', kind: 'to-do', text: 'alert on 401 from the primary' }),
  noted(8.9, 'n4', {
    role: 'lead',
    by: 'Chi',
    kind: 'decision',
    text: 'we watch; nobody touches the router',
  }),
  [
    13.01,
    { type: 'fault.gone', ...fault, proof: '10 marked requests answered by the primary', evidence: [] },
  ],
]

interface SceneOptions {
  status?: Partial<LiveStatus>
  roles?: readonly SeatRole[]
  name?: string
  questions?: readonly OpenQuestion[]
  elsewhere?: readonly OpenQuestion[]
  draft?: readonly string[]
  blind?: boolean
  /** What happened beside the usual. */
  more?: readonly [number, JournalEvent][]
}

/** A moment of the drill, in minutes from its start: the board of a seat, and the log above its frame. */
export function sceneAt(minute: number, options: SceneOptions = {}): { board: BoardState; log: string[] } {
  const { status = {}, roles = ['lead', 'operator', 'scribe'], name = 'Chi' } = options
  const board = createBoard({ roles, name })
  const lineOf = logWriter()
  const log: string[] = []
  for (const entry of journalUntil(minute, options)) {
    board.entry(entry)
    const line = lineOf(entry)
    if (line !== null) log.push(line)
  }
  const usualStatus = statusAt(minute)
  board.status({ ...(options.blind === true ? blinded(usualStatus) : usualStatus), ...status })
  board.questions(options.questions ?? [], options.elsewhere ?? [])
  board.draft(options.draft ?? [])
  return { board: board.get(), log }
}

export const boardAt = (minute: number, options: SceneOptions = {}): BoardState =>
  sceneAt(minute, options).board

function journalUntil(minute: number, { blind = false, more = [] }: SceneOptions): JournalEntry[] {
  const happened = [...phaseEvents(blind), ...HAPPENED, ...more]
    .filter(([at]) => at <= minute)
    .toSorted(([one], [other]) => one - other)
  const entries = happened.map(([at, event], index) => ({
    id: `j${index + 1}`,
    atMs: at * MINUTE,
    at: '2026-11-20T12:00:00.000Z',
    ...event,
  }))
  const all: JournalEntry[] = [begun(blind), ...entries]
  return blind ? all.map(hideEntry) : all
}

function phaseEvents(blind: boolean): [number, JournalEvent][] {
  let startMinute = 0
  return PHASES.flatMap(({ name: usualName, kind, minutes }, index) => {
    const name = blind ? (NEUTRAL[usualName] ?? usualName) : usualName
    const at = startMinute
    startMinute += minutes
    const said = CREW_ROLES.flatMap((role) =>
      (name === usualName ? (SAID[name]?.[role] ?? []) : NEUTRAL_SAID[role]).map(
        (text): [number, JournalEvent] => [at, { type: 'said', role, text }],
      ),
    )
    return [[at, { type: 'phase.started', index, name, kind, plannedMs: minutes * MINUTE }], ...said]
  })
}

function blinded(status: LiveStatus): LiveStatus {
  const renamed = <P extends { name: string }>(phase: P): P => ({
    ...phase,
    name: NEUTRAL[phase.name] ?? phase.name,
  })
  const { phase, next } = status
  return hideStatus({ ...status, phase: renamed(phase), next: next === null ? null : renamed(next) })
}

function phaseAt(minute: number) {
  let startMinute = 0
  for (const [index, phase] of PHASES.entries()) {
    if (minute < startMinute + phase.minutes || index === PHASES.length - 1)
      return { index, startMinute, ...phase }
    startMinute += phase.minutes
  }
  throw new Error('there is no such phase')
}

/** A healthy status of that moment: broken in the breaks, and served by the secondary there. */
export function statusAt(minute: number): LiveStatus {
  const { index, name, kind, startMinute, minutes } = phaseAt(minute)
  const atMs = minute * MINUTE
  const endMs = (startMinute + minutes) * MINUTE
  const next = PHASES[index + 1]
  const loaded = index >= 1 && index <= 6
  const broken = kind === 'break'
  return {
    atMs,
    totalMs: 30 * MINUTE,
    phase: { name, kind, index, count: PHASES.length, lengthMs: minutes * MINUTE, leftMs: endMs - atMs },
    next: next === undefined ? null : { name: next.name, kind: next.kind, atMs: endMs },
    stopping: false,
    load: loaded
      ? { perSecond: 10.1, n: 101, success: 1, p95Ms: broken ? 1210 : 812, servedBy: served(broken) }
      : index === 0
        ? null
        : {
            perSecond: 0,
            n: 0,
            success: null,
            p95Ms: null,
            servedBy: { primary: 0, secondary: 0, cache: 0 },
          },
    lastMinute: index === 0 ? null : lastMinute(minute, startMinute, broken, loaded),
    limits: { success: 0.995, p95Ms: 2500 },
    fault: broken
      ? {
          number: index === 3 ? 1 : 2,
          count: 2,
          kind: index === 3 ? 'revoke-key' : 'latency',
          target: 'primary',
          proven: true,
          sinceMs: atMs - startMinute * MINUTE,
          capMs: 8 * MINUTE,
        }
      : null,
    clocks: broken ? { detectMs: 210, switchMs: 410, stableMs: 900, taxMs: 0.3 } : null,
    withoutRouter: broken ? { requests: 13, ok: 0 } : null,
    budget: { allowed: 50, spentBefore: 4, fourHours: broken ? 0 : null },
    money: null,
    sentTotal: Math.round(Math.max(0, minute - 3) * 600),
    failedTotal: 0,
  }
}

const served = (broken: boolean) => ({ primary: broken ? 0 : 1, secondary: broken ? 1 : 0, cache: 0 })

const BINS = 24

function lastMinute(minute: number, startMinute: number, broken: boolean, loaded: boolean) {
  const bins = Array.from({ length: BINS }, (_, index) => minute - (BINS - index) / BINS)
  const seen = (at: number) => loaded && at > 3
  const p95Of = (at: number): Quantity => {
    const since = (at - startMinute) * BINS
    const wave = 700 + 120 * Math.sin(at * 97)
    if (!broken || since < 0) return wave
    return since < 1 ? 3900 : since < 2 ? 2100 : 1000 + wave / 4
  }
  return {
    success: bins.map((at) => (seen(at) ? 1 : null)),
    p95Ms: bins.map((at) => (seen(at) ? p95Of(at) : null)),
  }
}

export const goNoGo: OpenQuestion = {
  gate: 'go / no-go',
  role: 'lead',
  kind: 'choice',
  text: 'Any real incident, any doubt? Do we break it?',
  options: ['go', 'no-go'],
  hint: 'go or no-go',
  default: 'no-go',
  deadlineMs: 7 * MINUTE,
}
export const arm: OpenQuestion = {
  gate: 'arm revoked key',
  role: 'operator',
  kind: 'typed',
  text: 'Break it at the beginning of revoked key?',
  options: ['revoke-key primary'],
  hint: 'type revoke-key primary, or no',
  default: 'no-go',
  deadlineMs: 7.33 * MINUTE,
}
export const alert: OpenQuestion = {
  gate: 'did the alert fire? revoked key',
  role: 'operator',
  kind: 'choice',
  text: 'Did the alert fire that should have?',
  options: ['yes', 'no'],
  hint: 'yes or no',
  default: 'no',
  deadlineMs: 13 * MINUTE,
}
export const finding: OpenQuestion = {
  gate: 'finding no-alert',
  role: 'lead',
  kind: 'text',
  text: 'F2 (medium) No alert told anybody that the primary’s key was dead; the first symptom came from a person. Who, by when?',
  options: [],
  hint: 'a name and a day: Ana friday, Ana 2026-12-01; or no: why not',
  default: null,
  deadlineMs: 28 * MINUTE,
}

export const wentWell: OpenQuestion = {
  gate: 'went well',
  role: 'scribe',
  kind: 'text',
  text: 'What went well?',
  options: [],
  hint: 'a sentence; Enter alone for nothing',
  default: null,
  deadlineMs: 28 * MINUTE,
}
export const nextDrill: OpenQuestion = {
  gate: 'next drill',
  role: 'lead',
  kind: 'text',
  text: 'When is the next drill?',
  options: [],
  hint: 'Enter, or a day: friday, +2w, 2026-12-01',
  default: '2026-11-27',
  deadlineMs: 30 * MINUTE,
}

export const watching: FrameInput = { mode: 'watch', message: null, keys: true }
export const usual: Window = { columns: 80, rows: 24, glyphs: 'unicode', color: false }

export function begun(blind: boolean): JournalEntry {
  return {
    id: 'j0',
    atMs: 0,
    at: '2026-11-20T12:00:00.000Z',
    type: 'run.started',
    run: {
      id: 'k3p9qa',
      tag: 'k3p9qa',
      mode: 'attended',
      attended: true,
      seed: 1,
      command: 'gameday run friday-failover',
      versions: {},
      people: { lead: 'Chi', operator: 'Ben', scribe: 'Ana' },
      ...(blind ? { blind: true as const } : {}),
    },
    drill: {
      name: 'friday-failover',
      title: 'Friday drill: the primary’s key dies, then the primary turns slow',
      file: 'drills/friday-failover.yaml',
      sha256: '0'.repeat(64),
      claim: 'slo',
      hypothesis: 'When the primary’s key is revoked, the secondary takes over within five seconds.',
    },
    objectives: { success: 0.995, p95Ms: 2500, costUsd: 0.015, windowDays: 30, requests: 10_000 },
    targets: { failoverMs: 5000, failbackMs: 10_000, taxMs: 50 },
    traffic: { perSecond: 0.0039, countsAgainstBudget: false, spentBefore: 4 },
    load: { perSecond: 10, arrivals: 'poisson', timeoutMs: 10_000, controlShare: 0.02 },
    environment: {
      router: { kind: 'embedded', url: 'http://127.0.0.1:4000/v1' },
      toxiproxy: { kind: 'embedded', version: '2.12.0', url: 'http://127.0.0.1:8474' },
      providers: [],
    },
    phases: PHASES.map((phase) => ({
      name: phase.name,
      kind: phase.kind,
      plannedMs: phase.minutes * MINUTE,
    })),
    despiteFreeze: null,
  }
}
