import { CREW_ROLES, EXIT, formatDuration, GamedayError, type CrewRole } from '../base/index.ts'
import { plainText, wrapped, type Asker } from '../crew/index.ts'
import { agendaLength, explain, rehearsal } from '../drill/index.ts'
import type { Before, EventOf, People } from '../record/index.ts'
import { allowedFailures, leastSample } from '../slo/index.ts'
import { knownDrills } from './drill-list.ts'
import type { RunFlags } from './flags.ts'
import type { Io, Output } from './io.ts'
import { readMaxCost } from './money.ts'
import { accountName } from './person.ts'
import { surroundings, type Setup } from './setup.ts'
import { tenantShares } from './tenants.ts'

/** The drill that is run where none is named. */
export const USUAL_DRILL = 'friday-failover'

/** Asks which drill is to be held, of those that can be. Throws `NO_DRILLS` if none can. */
export async function askDrill(ask: Asker, io: Io): Promise<string> {
  const drills = await knownDrills(io)
  const choices = drills.map(({ name, drill }) => ({
    value: name,
    name: `${name} (${formatDuration(agendaLength(drill))})`,
    description: drill.title,
  }))
  const [first] = choices
  if (first === undefined)
    throw new GamedayError('there is no drill that could be held', {
      code: 'NO_DRILLS',
      hint: 'gameday validate says what is wrong with those that there are.',
    })
  const usual = choices.find(({ value }) => value === USUAL_DRILL) ?? first
  return ask.choice({ message: 'Which drill?', choices, default: usual.value })
}

/** Asks who holds which role, as far as no flag says it; proposes who did the last time. */
export async function askPeople(ask: Asker, flags: RunFlags, last: People | null): Promise<People> {
  const one = (role: CrewRole, message: string, fallback: string) => {
    const given = flags[role]
    return given === undefined
      ? ask.text({ message, default: fallback, validate: nameProblem })
      : Promise.resolve(given)
  }
  const lead = plainText(await one('lead', 'Who leads, and runs the clock?', last?.lead ?? accountName()))
  const operator = plainText(
    await one('operator', 'Who is the operator, and flips the switch?', last?.operator ?? lead),
  )
  const scribe = plainText(
    await one('scribe', 'Who is the scribe, and writes down what happens?', last?.scribe ?? lead),
  )
  return { lead, operator, scribe }
}

/** Asks for the full length or a rehearsal, where no flag gives the length. Returns the flags as they are meant then. */
export async function askLength(
  ask: Asker,
  flags: RunFlags,
  { drill, perSecond, prompts }: Setup,
): Promise<RunFlags> {
  if (flags.duration !== undefined) return flags
  const fullMs = agendaLength(drill)
  const { success } = drill.objectives
  const short = rehearsal(drill, { perSecond, success, leastSample, tenants: tenantShares(prompts) })
  if (short.durationMs >= fullMs) return flags
  const rate = flags.rate ?? `${short.perSecond}/s`
  const length = await ask.choice({
    message: 'How long?',
    choices: [
      { value: 'full' as const, name: `the full ${formatDuration(fullMs)}` },
      {
        value: 'rehearsal' as const,
        name: `a rehearsal of ${formatDuration(wholeSeconds(short.durationMs))} at ${rate}`,
        description: 'The shortest in which people can answer and every outage can still be judged.',
      },
    ],
    default: 'full' as const,
  })
  if (length === 'full') return flags
  return { ...flags, duration: formatDuration(wholeSeconds(short.durationMs)), rate }
}

/** Says in prose what will happen, what is left of the error budget, and which re-tests are due. */
export function sayBriefing(
  setup: Setup,
  { maxCost }: Pick<RunFlags, 'maxCost'>,
  before: Before | null,
  { stderr }: Io,
): void {
  const { drill, planned, config } = setup
  const maxCostUsd = readMaxCost(maxCost, setup)
  const paragraphs = [
    '',
    explain(drill, planned, surroundings(setup, { people: true, maxCostUsd })),
    budgetLeft(drill.objectives, config.errorBudget.spent, setup.spentFrom),
    ...(before === null ? [] : [comparedWith(before)]),
    '',
  ]
  const text = paragraphs.join('\n\n').replace(/\n{3,}/g, '\n\n')
  stderr.write(
    `${text
      .split('\n')
      .map((line) => fitted(line, stderr))
      .join('\n')}\n`,
  )
}

const COLUMNS = 80

/** Wraps a line at the terminal's width where that is narrower, its text aligned after indent, mark or time. */
function fitted(line: string, { columns = COLUMNS }: Output): string {
  const [lead = ''] = /^\s*(?:(?:-|\d+\.) |T\+\d\S* +)?/.exec(line) ?? []
  return wrapped(line, lead.length, Math.min(COLUMNS, columns || COLUMNS))
}

function budgetLeft(
  objectives: Setup['drill']['objectives'],
  spent: number | undefined,
  from: Setup['spentFrom'],
): string {
  const allowed = Number(allowedFailures(objectives).toFixed(1))
  const left =
    spent === undefined
      ? `How many of its ${allowed} failures are left is not known: there is no request log, and gameday.yaml does not say how many were spent.`
      : `${Number((allowed - spent).toFixed(1))} of ${allowed} failures are left, by ${from === 'log' ? 'the request log' : 'gameday.yaml'}.`
  return `Error budget of this window\n  ${left}`
}

/** Says which re-tests of earlier drills this one covers. */
export function sayRetests(before: Before | null, { stderr }: Io): void {
  for (const { title, retest } of dueIn(before))
    stderr.write(`gameday: this drill covers a re-test that is due since ${retest}: ${plainText(title)}\n`)
}

const dueIn = (before: Before | null) => before?.findings.filter(({ retestDue }) => retestDue) ?? []

function comparedWith(before: Before): string {
  const { startedAt, verdict } = before
  const due = dueIn(before)
  const lines = [
    `The last one, of ${startedAt.slice(0, 10)}, ended ${verdict.toUpperCase()}.`,
    ...(due.length === 0
      ? []
      : [
          `This drill covers ${due.length === 1 ? 'a re-test that is' : `${due.length} re-tests that are`} due:`,
        ]),
    ...due.map(({ title, retest }) => `- ${title} (due ${retest})`),
  ]
  return `Compared with\n${lines.map((line) => `  ${plainText(line)}`).join('\n')}`
}

/** Each role confirms. Returns what the journal keeps of it; throws `NOT_READY` when somebody does not. */
export async function callTheRoll(ask: Asker, people: People): Promise<EventOf<'gate.decided'>[]> {
  const confirmed: EventOf<'gate.decided'>[] = []
  for (const name of new Set(CREW_ROLES.map((role) => people[role]))) {
    const roles = CREW_ROLES.filter((role) => people[role] === name)
    const message = `${name} (${roles.join(', ')}): ready, and you know how to stop it (!)?`
    if (!(await ask.yes({ message, default: true }))) throw notReady(name, roles)
    for (const role of roles)
      confirmed.push({
        type: 'gate.decided',
        gate: 'roll call',
        role,
        decision: 'go',
        by: 'person',
        who: name,
        reason: 'ready',
      })
  }
  return confirmed
}

function notReady(name: string, roles: readonly CrewRole[]): GamedayError {
  return new GamedayError(`${name} (${roles.join(', ')}) is not ready, so nothing was started`, {
    code: 'NOT_READY',
    exitCode: EXIT.notReady,
    hint: 'Run it again when everybody is.',
  })
}

const nameProblem = (typed: string) => (plainText(typed) === '' ? 'Write a name.' : true)
const wholeSeconds = (ms: number) => Math.ceil(ms / 1000) * 1000
