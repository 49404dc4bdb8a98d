import { readFile } from 'node:fs/promises'
import { InvalidFileError, readYaml, unreadableFile } from '../base/index.ts'
import { answersFileSchema, type Answers } from './answers.ts'
import { breaksOf } from './agenda.ts'
import { checkAnswers } from './check-answers.ts'
import type { Drill } from './drill.ts'
import { scaleAgenda } from './scale.ts'

/**
 * Loads a file of answers for a drill, whose phases and questions it names as the drill's own file does.
 *
 * @throws GamedayError `ANSWERS_UNREADABLE` if the file may not be read
 * @throws InvalidFileError `ANSWERS_INVALID` with every mistake in it
 */
export async function loadAnswers(file: string, drill: Pick<Drill, 'agenda'>): Promise<Answers> {
  const text = await read(file)
  const source = { file, what: 'answers file', code: 'ANSWERS_INVALID' }
  try {
    const { version: _, ...answers } = readYaml(text, {
      ...source,
      schema: answersFileSchema,
      check: (raw) => checkAnswers(raw, [], itemsOf(drill)),
    })
    return answers
  } catch (error) {
    if (!(error instanceof InvalidFileError)) throw error
    throw new InvalidFileError(error.problems.map(unwrap), source)
  }
}

/** Whoever has copied them out of a drill has copied the line above them too. */
function unwrap(problem: InvalidFileError['problems'][number]) {
  if (problem.path !== 'answers') return problem
  return { ...problem, instead: 'leave this line out: in a file of their own they stand at its left edge' }
}

/** The phases by the lengths that the drill's file gives them, as `checkAnswers` knows them. */
function itemsOf(drill: Pick<Drill, 'agenda'>) {
  return scaleAgenda(drill).map((planned) => ({
    name: planned.name,
    kind: planned.kind,
    lengthMs: planned.plannedMs,
    breaks: breaksOf(planned),
  }))
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw unreadableFile(file, {
      what: 'answers file',
      code: 'ANSWERS_UNREADABLE',
      cause,
      hint: 'Name an existing file of answers.',
    })
  }
}
