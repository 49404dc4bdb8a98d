import { readFile } from 'node:fs/promises'
import { readYaml, unreadableFile } from '../base/index.ts'
import { answersFileSchema, type Answers } from './answers.ts'
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
  const { version: _, ...answers } = readYaml(await read(file), {
    file,
    what: 'answers file',
    code: 'ANSWERS_INVALID',
    schema: answersFileSchema,
    check: (raw) => checkAnswers(raw, [], itemsOf(drill)),
  })
  return answers
}

/** The phases by the lengths that the drill's file gives them, as `checkAnswers` knows them. */
function itemsOf(drill: Pick<Drill, 'agenda'>) {
  return scaleAgenda(drill).map(({ name, kind, plannedMs }) => ({ name, kind, lengthMs: plannedMs }))
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
