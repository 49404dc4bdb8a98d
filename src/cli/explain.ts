import { EXIT } from '../base/index.ts'
import { explain as inWords } from '../drill/index.ts'
import { leastSample } from '../slo/index.ts'
import type { Io } from './io.ts'
import { prepare, surroundings, type SetupFlags } from './setup.ts'

/** Says in prose what a drill will do; starts nothing. */
export async function explain(name: string, flags: SetupFlags, io: Io): Promise<number> {
  const setup = await prepare(name, flags, io)
  io.stdout.write(`${inWords(setup.drill, setup.planned, { ...surroundings(setup), leastSample })}\n`)
  return EXIT.ok
}
