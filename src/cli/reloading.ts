import { GamedayError, messageOf } from '../base/index.ts'
import {
  differences,
  parseConfig,
  readConfigFile,
  resolveKeys,
  resolveRedis,
  type Config,
  type ConfigFile,
  type Differences,
} from '../config/index.ts'
import { withTilde } from '../rollback/index.ts'
import type { ServedRouter } from '../stage/index.ts'
import type { Io } from './io.ts'

export interface ReloadingOptions {
  path: string
  /** What the router started with; `file` is null where there was none. */
  started: { config: Config; file: ConfigFile | null }
  router: Pick<ServedRouter, 'reload'>
  env: Io['env']
  say: (text: string) => void
}

/** Brings what the configuration file says into a running router. */
export interface Reloading {
  /** The file has changed, or is gone. */
  changed: (file: ConfigFile | null) => Promise<void>
  /** Somebody asks for it, whether it has changed or not. */
  asked: () => Promise<void>
  /** Whether the last change was taken over. */
  readonly worked: boolean
}

/** Takes changes over one after the other, each whole or not at all, and says what became of it. Never rejects. */
export function reloading({ path, started, router, env, say }: ReloadingOptions): Reloading {
  const name = withTilde(path)
  let inForce = { config: started.config, sha256: started.file?.sha256 }
  let refused: string | null = null
  let last: Promise<void> = Promise.resolve()
  const inTurn = (act: () => Promise<void>) => (last = last.then(act))

  const take = async (file: ConfigFile | null, isAsked: boolean): Promise<void> => {
    if (file === null) return say(`${name} is not there, or cannot be read; what is in force stays`)
    const { sha256 } = file
    if (sha256 === inForce.sha256) {
      if (isAsked || refused !== null) say(`${name} says what is in force`)
      refused = null
      return
    }
    // It was said when it was refused.
    if (sha256 === refused && !isAsked) return
    try {
      const config = parseConfig(file.bytes, path)
      const realKeys = resolveKeys(config, env)
      const changes = differences({ started: started.config, inForce: inForce.config, now: config })
      await router.reload({
        config: resolveRedis(config, env),
        realKeys,
        source: { sha256, awaitsRestart: changes.afterRestart },
      })
      inForce = { config, sha256 }
      refused = null
      say(tell(name, changes))
    } catch (error) {
      refused = sha256
      say(refusal(error))
    }
  }
  return {
    changed: (file) => inTurn(() => take(file, false)),
    asked: () => inTurn(async () => take(await readConfigFile(path).catch(() => null), true)),
    get worked() {
      return refused === null
    },
  }
}

function tell(name: string, { atOnce, afterRestart }: Differences): string {
  const taken = atOnce.length === 0 ? 'nothing in it is new to a running router' : atOnce.join(', ')
  const waits = afterRestart.length === 0 ? '' : `; ONLY A RESTART brings about ${afterRestart.join(', ')}`
  return `${name} is in force: ${taken}${waits}`
}

function refusal(error: unknown): string {
  const hint = error instanceof GamedayError && error.hint !== undefined ? `\n  ${error.hint}` : ''
  return `NOTHING IS TAKEN OVER, what is in force stays: ${messageOf(error)}${hint}`
}
