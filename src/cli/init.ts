import { EXIT, GamedayError } from '../base/index.ts'
import { asker } from '../crew/index.ts'
import { lookForLacks } from './doctor.ts'
import { askAll } from './init/ask-all.ts'
import { draft } from './init/draft.ts'
import type { InitFlags } from './init/flags.ts'
import { CONFIG_FILE, DRILL_FILE, DRILL_NAME, WORKFLOW_FILE } from './init/names.ts'
import { nextSteps } from './init/next-steps.ts'
import { refuseAtOdds } from './init/refuse-at-odds.ts'
import { refuseToReplace, writeFiles } from './init/write-files.ts'
import { interruptions } from './interruptions.ts'
import type { Io } from './io.ts'
import { printError } from './print-error.ts'
import { validate } from './validate.ts'

const WRITES = [CONFIG_FILE, DRILL_FILE, WORKFLOW_FILE]

/** Asks a few questions and writes what a repository needs to be drilled; the check of what was written decides its exit code. */
export async function init(flags: InitFlags, io: Io): Promise<number> {
  const interruption = interruptions(io)
  const { signal } = interruption
  const { stdin: input, stderr: output, onExit } = io
  const force = flags.force === true
  try {
    refuseAtOdds(flags)
    // Nobody wants to answer fifteen questions first.
    refuseToReplace(io.cwd, WRITES, force)
    const ask = isAsking(flags, io) ? asker({ input, output, signal, onExit }) : null
    const answers = await askAll(flags, ask, ask === null ? () => undefined : introduce(io))
    const drafted = await draft(answers, io)
    writeFiles(io.cwd, drafted.files, force)
    for (const name of drafted.files.keys()) io.stdout.write(`wrote  ${name}\n`)
    const checked = await checkWritten(io)
    if (checked !== EXIT.ok) return checked
    if (flags.doctor !== false) await lookAround(io)
    io.stdout.write(`\nNext:\n${nextSteps(answers, drafted, io).join('\n')}\n`)
    return checked
  } catch (error) {
    return printError(error, io)
  } finally {
    interruption.release()
  }
}

/** Checks what was written, in the place where it will be used; returns the exit code. */
const checkWritten = (io: Io) => validate([DRILL_NAME], {}, io)

/** Says what is lacking for a drill. That is no failure: keys are set, and a stage is started, after this. */
async function lookAround(io: Io): Promise<void> {
  io.stdout.write('\n')
  await lookForLacks({}, io)
}

/** Says whether somebody is to be asked. Throws `NO_TERMINAL` where nobody is there and nothing said to ask nobody. */
function isAsking({ yes }: InitFlags, { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  if (yes === true) return false
  if (stdin.isTTY === true && stderr.isTTY === true) return true
  throw new GamedayError('there is no terminal at which anybody could be asked', {
    code: 'NO_TERMINAL',
    hint: 'Run it in a terminal; or add --yes, which takes what is proposed where no flag says otherwise.',
  })
}

/** Says beforehand what is asked, and introduces each group of questions to whoever is asked. */
function introduce({ stderr }: Pick<Io, 'stderr'>): (text: string) => void {
  stderr.write(
    `Three files will be written: ${CONFIG_FILE}, ${DRILL_FILE} and\n${WORKFLOW_FILE}.\n` +
      'Return takes what is proposed. Ctrl-C leaves, and nothing is written. No key is\nasked for, only the names of variables that hold them.\n\n',
  )
  return (text) => void stderr.write(`\n${text}\n`)
}
