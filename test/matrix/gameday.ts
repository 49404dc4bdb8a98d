import { rmSync } from 'node:fs'
import { Writable } from 'node:stream'
import { main } from '../../src/cli/main.ts'
import { program } from '../support/program.ts'

/** How a command of the program ended, and what it said on both streams. */
export interface Said {
  code: number | null
  said: string
}

/** Runs a command of the real program to its end. */
export async function gameday(
  args: string[],
  {
    home,
    env = {},
    onStart = () => {},
  }: { home: string; env?: Record<string, string>; onStart?: (pid: number) => void },
): Promise<Said> {
  const run = program(args, { cwd: home, env })
  rmSync(run.home, { recursive: true }) // The row has a folder of its own.
  onStart(run.child.pid ?? 0)
  const { code, stdout, stderr } = await run.ended
  return { code, said: stdout + stderr }
}

/** Runs a command in this process: a hundred starts of the program would cost a minute of the machine's time. */
export async function gamedayHere(args: string[]): Promise<Said> {
  let said = ''
  const stream = () =>
    new Writable({
      write: (piece: Buffer, _encoding, done) => {
        said += piece.toString()
        done()
      },
    })
  const host = Object.create(process, {
    stdout: { value: stream() },
    stderr: { value: stream() },
  }) as NodeJS.Process
  return { code: await main(args, host), said }
}
