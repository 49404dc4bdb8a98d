import { EXIT, formatDuration, GamedayError, InternalError } from '../base/index.ts'
import { agendaNames, type Agenda, type PlannedPhase } from './agenda.ts'
import { strikesOf, type Phase } from './phase.ts'
import { withRoomToTalk } from './talk.ts'

/** Whether people take part, who need time to talk; nobody does where it is left out. */
export interface WithPeople {
  people?: boolean
}

/**
 * Plans the agenda for a drill of this length. Phases change their lengths and nothing else changes: no timeout,
 * target, cap or window. To make it shorter the talking phases give first, down to their `atLeast`, then the measured
 * ones (baseline, break, restore); each in proportion to what it can give. To make it longer all grow in proportion,
 * but no break beyond its cap, after which the fault is undone anyway. With people the talking phases keep the time
 * that talking takes.
 *
 * @param durationMs rounded to whole milliseconds; null for the length that the file states
 * @returns phases whose planned lengths are whole milliseconds and add up to the duration exactly
 * @throws GamedayError `DURATION_TOO_SHORT` naming the least duration
 */
export function scaleAgenda(
  drill: Agenda,
  durationMs: number | null = null,
  { people = false }: WithPeople = {},
): PlannedPhase[] {
  const agenda = people ? withRoomToTalk(drill.agenda) : drill.agenda
  const full = agenda.reduce((total, { length }) => total + Math.round(length), 0)
  const goal = Math.round(durationMs ?? full)
  const lengths = goal < full ? shrink(agenda, full - goal) : grow(agenda, goal - full)
  if (lengths === null) throw tooShort(drill, goal, people)

  const names = agendaNames(drill)
  let [startMs, faults] = [0, 0]
  return drill.agenda.map((phase, index) => {
    const plannedMs = lengths[index] ?? phase.length
    const strikes = phase.phase === 'break' ? strikesOf(phase).length : 0
    faults += strikes
    const planned = {
      index,
      name: names[index] ?? phase.phase,
      kind: phase.phase,
      startMs,
      plannedMs,
      fault: strikes === 0 ? null : faults - strikes,
      phase,
    }
    startMs += plannedMs
    return planned
  })
}

/** The shortest that `--duration` may ask for, in milliseconds. */
export function leastDuration({ agenda }: Agenda, { people = false }: WithPeople = {}): number {
  const phases = people ? withRoomToTalk(agenda) : agenda
  return phases.reduce((total, { atLeast }) => total + Math.ceil(atLeast), 0)
}

const isMeasured = ({ phase }: Phase) => phase === 'baseline' || phase === 'break' || phase === 'restore'

/** Null when the phases cannot give that much. */
function shrink(agenda: readonly Phase[], byMs: number): number[] | null {
  const spare = agenda.map(({ length, atLeast }) => Math.max(0, Math.round(length) - Math.ceil(atLeast)))
  const talking = agenda.map((phase, index) => (isMeasured(phase) ? 0 : (spare[index] ?? 0)))
  const measured = agenda.map((phase, index) => (isMeasured(phase) ? (spare[index] ?? 0) : 0))
  const fromTalking = Math.min(byMs, sum(talking))
  const fromMeasured = byMs - fromTalking
  if (fromMeasured > sum(measured)) return null
  const [talkingCuts, measuredCuts] = [share(fromTalking, talking), share(fromMeasured, measured)]
  return agenda.map(
    ({ length }, index) => Math.round(length) - (talkingCuts[index] ?? 0) - (measuredCuts[index] ?? 0),
  )
}

function grow(agenda: readonly Phase[], byMs: number): number[] {
  const lengths = agenda.map(({ length }) => Math.round(length))
  const most = agenda.map((phase) => (phase.phase === 'break' ? Math.floor(phase.cap) : Infinity))
  for (let left = byMs; left > 0;) {
    const open = lengths.map((length, index) => (length < (most[index] ?? Infinity) ? length : 0))
    if (sum(open) === 0) throw new InternalError('an agenda of breaks alone cannot be made longer')
    for (const [index, gain] of share(left, open).entries()) {
      const taken = Math.min(gain, (most[index] ?? Infinity) - (lengths[index] ?? 0))
      lengths[index] = (lengths[index] ?? 0) + taken
      left -= taken
    }
  }
  return lengths
}

/**
 * Shares out whole milliseconds in proportion to the weights; whole seconds, which people can say, where all numbers
 * are. What rounding leaves goes to the largest fractions. No share is over its weight while the total is not.
 */
function share(total: number, weights: readonly number[]): number[] {
  const whole = sum(weights)
  if (whole === 0) return weights.map(() => 0)
  const grain = [total, ...weights].every((ms) => ms % 1000 === 0) ? 1000 : 1
  const exact = weights.map((weight) => ((total / grain) * weight) / whole)
  const shares = exact.map(Math.floor)
  const left = total / grain - sum(shares)
  const byFraction = exact
    .map((value, index) => ({ index, fraction: value - Math.floor(value) }))
    .toSorted((a, b) => b.fraction - a.fraction)
  for (const { index } of byFraction.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1
  return shares.map((units) => units * grain)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

function tooShort(drill: Agenda, askedMs: number, people: boolean): GamedayError {
  const least = formatDuration(leastDuration(drill, { people }))
  return new GamedayError(
    `${formatDuration(askedMs)} is too short for this drill: its phases need at least ${least}${people ? ', so that people can follow it' : ''}`,
    {
      code: 'DURATION_TOO_SHORT',
      exitCode: EXIT.usage,
      hint: `Run it with --duration ${least} or more, or give its phases a lower ${people ? 'length' : 'atLeast'}.`,
    },
  )
}
