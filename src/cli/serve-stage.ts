import { EXIT } from '../base/index.ts'
import { resolveKeys } from '../config/index.ts'
import { stateFolder, withTilde } from '../rollback/index.ts'
import { stageSecrets, startStandingStage } from '../stage/index.ts'
import type { Io } from './io.ts'
import { recoverFirst } from './recover.ts'
import { stopAsked } from './serve.ts'
import { readConfig, withToxiproxy } from './setup.ts'
import { snippets } from './stage-snippets.ts'
import { version } from './version.ts'

export interface ServeStageFlags {
  config?: string
  toxiproxy?: string
}

/** What is under way when it is told to stop gets so long: as long as the embedded router gives a whole request. */
const GRACE_MS = 30_000

/** Serves gates, providers and Toxiproxy until INT, TERM or HUP, for a router that is pointed at them. */
export async function serveStage(flags: ServeStageFlags, io: Io): Promise<number> {
  const config = withToxiproxy(await readConfig(flags, io), flags, io)
  const realKeys = resolveKeys(config, io.env)
  const secrets = stageSecrets(stateFolder(io.env), io.env)
  const say = (text: string) => void io.stderr.write(`gameday: ${text}\n`)
  const asked = stopAsked(io)
  let die: (error: Error) => void = () => undefined
  const died = new Promise<Error>((resolve) => (die = resolve))
  const stage = await startStandingStage({
    config,
    realKeys,
    secrets,
    about: { version: version(), pid: process.pid, startedAt: io.clock.wall().toISOString() },
    graceMs: GRACE_MS,
    clock: io.clock,
    onDeath: (error) => die(error),
  })
  io.stdout.write(
    snippets(stage, {
      providers: config.providers,
      keysFile: secrets.keysFile === null ? null : withTilde(secrets.keysFile),
    }),
  )
  // What a dead drill left on it is undone by whoever is there first.
  await recoverFirst([], io)

  const why = await Promise.race([asked, died])
  say(
    why instanceof Error
      ? `${why.message}; the rest is taken down, so that whoever watches over it can start it again`
      : 'stopping: what is under way comes to its end',
  )
  for (const failure of await stage.stop()) say(`could not be taken down: ${failure}`)
  return why instanceof Error ? EXIT.internal : EXIT.ok
}
