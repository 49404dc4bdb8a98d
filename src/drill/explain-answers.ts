import { formatDuration } from '../base/index.ts'
import { breaksOf, type PlannedPhase } from './agenda.ts'
import type { Answers } from './answers.ts'
import { gatesOf, SILENT } from './gates.ts'
import { bullet } from './wrap.ts'

/** Says what a script does in the place of people, and what it leaves to the clock. Pure. */
export function explainAnswers(answers: Answers, planned: readonly PlannedPhase[]): string {
  const given = gatesOf(planned.map((phase) => ({ ...phase, breaks: breaksOf(phase) }))).map((choice) => ({
    ...choice,
    answer: answers.gates[choice.gate],
  }))
  const said = given.flatMap(({ gate, answer }) =>
    answer === undefined || answer.say === SILENT
      ? []
      : [`${gate}: ${answer.say}${answer.after === 0 ? '' : `, ${formatDuration(answer.after)} later`}.`],
  )
  const silent = given.flatMap(({ gate, answer, byClock }) =>
    answer === undefined || answer.say === SILENT ? [`${gate} (${byClock})`] : [],
  )
  const { notes, abort } = answers
  return [
    'A script.',
    ...said,
    ...(notes.length === 0 ? [] : [`It writes ${notes.length === 1 ? 'a note' : `${notes.length} notes`}.`]),
    ...(abort === undefined
      ? []
      : [`It aborts the drill, ${formatDuration(abort.after)} after ${abort.phase} begins.`]),
    ...(silent.length === 0 ? [] : [`Left to the clock: ${silent.join(', ')}.`]),
  ]
    .map((sentence) => bullet('-', sentence))
    .join('\n')
}
