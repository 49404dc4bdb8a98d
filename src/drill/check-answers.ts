import { formatDuration, nearestWord, parseDuration, type Objection, type Path } from '../base/index.ts'
import {
  alertGate,
  armGate,
  clearGate,
  CONFIRM,
  findingGate,
  gatesOf,
  NEXT_DRILL,
  SILENT,
  type GateChoice,
} from './gates.ts'
import { isRecord, type Item } from './items.ts'

type Phase = Pick<Item, 'kind' | 'name' | 'lengthMs' | 'breaks'>

/**
 * Objects to answers that do not fit the drill: questions it never asks, words they do not understand, phases it does
 * not have. It reads the raw data leniently and says nothing of what the schema objects to. Pure.
 *
 * @param at where the answers stand in their file
 */
export function checkAnswers(raw: unknown, at: Path, phases: readonly Phase[]): Objection[] {
  if (!isRecord(raw)) return []
  const gates = gatesOf(phases)
  return [
    ...entries(raw.gates).flatMap(([gate, answer]) => checkGate(gate, answer, [...at, 'gates', gate], gates)),
    ...listOf(raw.notes).flatMap((note, index) => checkMoment(note, [...at, 'notes', index], phases)),
    ...checkMoment(raw.abort, [...at, 'abort'], phases),
  ]
}

const entries = (value: unknown) => (isRecord(value) ? Object.entries(value) : [])
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function checkGate(gate: string, answer: unknown, path: Path, gates: readonly GateChoice[]): Objection[] {
  const choice = gates.find((other) => other.gate === gate)
  if (choice === undefined) return [{ path, spot: 'key', ...unknownGate(gate, gates) }]
  const say = isRecord(answer) ? answer.say : answer
  if (typeof say !== 'string' || say === '' || choice.words.includes(say)) return []
  const near = nearestWord(say, choice.words)
  return [
    {
      path: isRecord(answer) ? [...path, 'say'] : path,
      spot: 'value',
      found: `found "${say}"`,
      instead: `${near === null ? '' : `did you mean "${near}"? `}write one of ${choice.words.join(', ')}${meaning(choice)}`,
    },
  ]
}

const meaning = ({ words }: GateChoice) =>
  words.includes(CONFIRM) ? ` (${CONFIRM} types the name of what is to be broken, ${SILENT} nothing)` : ''

/** Some questions are answered elsewhere in the file. */
const ELSEWHERE: Record<string, string> = {
  [NEXT_DRILL]: 'write its answer as next',
  'went well': 'write its answer under debrief',
  surprised: 'write its answer under debrief',
  'missing alert': 'write its answer under debrief',
}

function unknownGate(gate: string, gates: readonly GateChoice[]): Pick<Objection, 'found' | 'instead'> {
  const found = 'a question that this drill does not ask'
  const elsewhere = gate.startsWith(findingGate('')) ? 'write its answer under findings' : ELSEWHERE[gate]
  if (elsewhere !== undefined) return { found: 'a question that is answered elsewhere', instead: elsewhere }
  // Whoever asks whether a break is clear means its restore, and not the question that arms it.
  const prefix = [armGate(''), alertGate(''), clearGate('')].find((begin) => gate.startsWith(begin)) ?? ''
  const names = gates.map(({ gate: name }) => name).filter((name) => name.startsWith(prefix))
  const near = nearestWord(gate, names)
  return {
    found,
    instead: near === null ? `write one of ${names.join(', ')}` : `did you mean "${near}"?`,
  }
}

/** A moment is a phase of the drill, and a time within it. */
function checkMoment(raw: unknown, path: Path, phases: readonly Phase[]): Objection[] {
  if (!isRecord(raw) || typeof raw.phase !== 'string' || raw.phase === '') return []
  const { phase, after } = raw
  const item = phases.find(({ name }) => name === phase)
  if (item === undefined) {
    const names = phases.map(({ name }) => name)
    const near = nearestWord(phase, names)
    return [
      {
        path: [...path, 'phase'],
        spot: 'value',
        found: `found "${phase}", which this drill has no phase of`,
        instead: near === null ? `write one of ${names.join(', ')}` : `did you mean "${near}"?`,
      },
    ]
  }
  const afterMs = typeof after === 'string' ? parseDuration(after) : null
  if (afterMs === null || item.lengthMs === null || afterMs <= item.lengthMs) return []
  return [
    {
      path: [...path, 'after'],
      spot: 'value',
      found: `found ${formatDuration(afterMs)}, longer than the phase`,
      instead: `write at most ${formatDuration(item.lengthMs)}`,
    },
  ]
}
