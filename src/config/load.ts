import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readYaml, unreadableFile, type Path } from '../base/index.ts'
import { misfits } from './fit.ts'
import { configSchema, type Config } from './schema.ts'

/** Where a person might paste a key, although only its name belongs there. */
const secret = (path: Path) => path.at(-1) === 'key' || path.at(-2) === 'headers'

/**
 * Reads `gameday.yaml`; every setting that it leaves out has its default. Without a file everything has.
 *
 * @param path of the file; null for the defaults alone
 * @throws GamedayError `CONFIG_UNREADABLE` if there is no such file or it may not be read
 * @throws InvalidFileError `CONFIG_INVALID` with every mistake in it
 */
export async function loadConfig(path: string | null): Promise<Config> {
  if (path === null) return defaultConfig()
  return parseConfig((await readConfigFile(path)).bytes, path)
}

/** What holds where no file says anything. */
export function defaultConfig(): Config {
  return configSchema.parse({ version: 1 })
}

/** Reads the text of a configuration; `file` is only named in errors. Throws as `loadConfig` does. */
export function parseConfig(content: string | Uint8Array, file: string): Config {
  return readYaml<Config>(content, {
    file,
    what: 'configuration',
    code: 'CONFIG_INVALID',
    schema: configSchema,
    secret,
    check: (_raw, config) => (config === null ? [] : misfits(config)),
  })
}

/** A configuration file as it lies there. */
export interface ConfigFile {
  bytes: Uint8Array
  sha256: string
}

/** Reads a configuration file without looking into it. Throws `CONFIG_UNREADABLE`. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  try {
    const bytes = await readFile(path)
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
  } catch (cause) {
    const hint = 'Name an existing file, or leave it out: every setting has a default.'
    throw unreadableFile(path, { what: 'configuration', code: 'CONFIG_UNREADABLE', cause, hint })
  }
}
