import { EXIT } from '../base/index.ts'
import { explain as inWords } from '../drill/index.ts'
import { bypassOf } from './foreign-router.ts'
import type { Io } from './io.ts'
import { prepare, surroundings, type SetupFlags } from './setup.ts'

/** Says in prose what a drill will do; starts nothing. */
export async function explain(name: string, flags: SetupFlags, io: Io): Promise<number> {
  const setup = await prepare(name, flags, io)
  io.stdout.write(`${inWords(setup.drill, setup.planned, surroundings(setup))}\n`)
  const bypass = bypassOf(setup.config, io)
  if (bypass !== null)
    io.stdout.write(`\nBYPASS_ROUTER is set: the router passes everything straight to the ${bypass}.\n`)
  return EXIT.ok
}
