import { CREW_ROLES, EXIT, GamedayError, tPlus } from '../base/index.ts'
import { writeNote, type SeatRole } from '../crew/index.ts'
import { NOTE_KINDS, type NoteKind } from '../record/index.ts'
import type { Io } from './io.ts'
import { readName } from './person.ts'
import { runningDrill } from './running-drill.ts'

export interface NoteFlags {
  kind: string
  as: string
  name?: string
  correct?: string
  run?: string
}

/** Writes one line into the drill in progress. Returns 0 when it is on the disk, else throws why it is not. */
export async function note(text: string, flags: NoteFlags, io: Io): Promise<number> {
  const kind = oneOf<NoteKind>('--kind', flags.kind, NOTE_KINDS)
  const role = oneOf<SeatRole>('--as', flags.as, [...CREW_ROLES, 'observer'])
  const name = readName('--name', flags.name)
  const { path } = await runningDrill(flags.run, io)
  const receipt = await writeNote({
    path,
    who: { role, name },
    clock: io.clock,
    text,
    kind,
    corrects: flags.correct ?? null,
  })
  if ('problem' in receipt) {
    throw new GamedayError(`the note was not written: ${receipt.problem}`, {
      code: 'NOTE_REFUSED',
      exitCode: EXIT.usage,
      hint: 'Say it again: gameday note "@-45s text" dates it back, --kind says what it is.',
    })
  }
  const { id, forMs } = receipt
  const when = forMs === undefined ? '' : ` at ${tPlus(forMs)}`
  io.stdout.write(flags.correct === undefined ? `${id}${when}\n` : `${id} corrected${when}\n`)
  return EXIT.ok
}

function oneOf<T extends string>(flag: string, typed: string, words: readonly T[]): T {
  const word = words.find((one) => one === typed)
  if (word !== undefined) return word
  throw new GamedayError(`${flag} ${typed} is none of ${words.join(', ')}`, {
    code: 'BAD_FLAG',
    exitCode: EXIT.usage,
    hint: `Write for example ${flag} ${words[0] ?? ''}.`,
  })
}
