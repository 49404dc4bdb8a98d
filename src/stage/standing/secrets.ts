import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, GamedayError, messageOf, systemCode, type ProviderRole } from '../../base/index.ts'
import { gateKey, gateToken } from '../gate-key.ts'

/** Environment variables that beat what is kept in the state folder. */
export const STAGE_VARIABLES = {
  token: 'GAMEDAY_STAGE_TOKEN',
  primary: 'GAMEDAY_PRIMARY_KEY',
  secondary: 'GAMEDAY_SECONDARY_KEY',
} as const

/** What opens a standing stage. The same after every start, for the router's configuration holds the keys. */
export interface StageSecrets {
  /** For drills. */
  token: string
  /** For the router. */
  keys: Record<ProviderRole, string>
  /** File that a shell can read the keys from; null where the environment names both. */
  keysFile: string | null
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Gives the token and the keys of a standing stage: the environment's, else those kept in `stage/` of the state folder,
 * where they are made once, readable by their owner alone. Token and keys lie apart: the router needs no token.
 *
 * @throws GamedayError `STATE_UNWRITABLE`, or `STAGE_SECRET_OPEN` where others could have read them
 */
export function stageSecrets(stateFolder: string, env: Env): StageSecrets {
  const { primary = '', secondary = '' } = {
    primary: env[STAGE_VARIABLES.primary],
    secondary: env[STAGE_VARIABLES.secondary],
  }
  const token = env[STAGE_VARIABLES.token] || kept(tokenFile(stateFolder), gateToken)
  if (primary !== '' && secondary !== '') return { token, keys: { primary, secondary }, keysFile: null }
  const keysFile = join(stateFolder, 'stage', 'keys.env')
  const text = kept(keysFile, () =>
    (['primary', 'secondary'] as const).map((role) => `${STAGE_VARIABLES[role]}=${gateKey(role)}`).join('\n'),
  )
  return {
    token,
    keys: {
      primary: primary || inEnvFile(text, STAGE_VARIABLES.primary, keysFile),
      secondary: secondary || inEnvFile(text, STAGE_VARIABLES.secondary, keysFile),
    },
    keysFile,
  }
}

/**
 * Finds the token of a standing stage that was started on this machine by the same user, or that the environment holds.
 *
 * @throws GamedayError `STAGE_TOKEN_MISSING`, or `STAGE_SECRET_OPEN`
 */
export function stageToken(stateFolder: string, env: Env): string {
  const token = env[STAGE_VARIABLES.token] || read(tokenFile(stateFolder))
  if (token !== null) return token
  throw new GamedayError(
    `there is no token for the stage: ${STAGE_VARIABLES.token} is not set, and no stage has been started from this state folder`,
    {
      code: 'STAGE_TOKEN_MISSING',
      hint: `Start one (gameday serve stage), or set ${STAGE_VARIABLES.token} as it is where the stage runs.`,
    },
  )
}

const tokenFile = (stateFolder: string) => join(stateFolder, 'stage', 'token')

function kept(path: string, make: () => string): string {
  const there = read(path)
  if (there !== null) return there
  const made = make()
  try {
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${made}\n`, { mode: 0o600, flag: 'wx' })
    return made
  } catch (error) {
    // Another stage was quicker: its file counts.
    const theirs = systemCode(error) === 'EEXIST' ? read(path) : null
    if (theirs !== null) return theirs
    throw new GamedayError(`cannot keep the stage's secrets in ${path}: ${messageOf(error)}`, {
      code: 'STATE_UNWRITABLE',
      hint: `Make the folder writable, name another one in GAMEDAY_STATE, or set ${Object.values(STAGE_VARIABLES).join(', ')}.`,
      cause: error,
    })
  }
}

/** Null where nothing is kept yet. */
function read(path: string): string | null {
  try {
    const open = (statSync(path).mode & 0o077) !== 0
    if (open) {
      throw new GamedayError(`${path} can be read by others than its owner`, {
        code: 'STAGE_SECRET_OPEN',
        exitCode: EXIT.usage,
        hint: `If nobody has read it: chmod 600 ${path}. Else delete it: the next start of the stage makes a new one.`,
      })
    }
    return readFileSync(path, 'utf8').trim() || null
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null
    throw error
  }
}

function inEnvFile(text: string, name: string, path: string): string {
  const value = text
    .split('\n')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .trim()
  if (value !== undefined && value !== '') return value
  throw new GamedayError(`there is no ${name} in ${path}`, {
    code: 'STAGE_SECRET_MISSING',
    hint: 'Delete the file: the next start of the stage makes a new one, whose keys the router has to be given.',
  })
}
