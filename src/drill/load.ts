import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { readYaml, unreadableFile, type Objection } from '../base/index.ts'
import { checkAgenda } from './check.ts'
import { checkAlerts } from './check-alerts.ts'
import { checkAnswers } from './check-answers.ts'
import type { Drill } from './drill.ts'
import { findDrill } from './find.ts'
import { isRecord, readItems } from './items.ts'
import { drillSchemaWith, type OverrideSchemas } from './schema.ts'

export interface DrillSources<R, P> {
  /** Folders in which a drill is looked up by its name: the user's `drills/` first, then the shipped one. */
  folders: readonly string[]
  overrides: OverrideSchemas<R, P>
}

/**
 * Loads a drill by its name or path.
 *
 * @throws GamedayError `DRILL_UNKNOWN` if no folder has it, naming those that there are
 * @throws GamedayError `DRILL_UNREADABLE` if the file may not be read
 * @throws InvalidFileError `DRILL_INVALID` with every mistake in it
 */
export async function loadDrill<R, P>(
  nameOrPath: string,
  { folders, overrides }: DrillSources<R, P>,
): Promise<Drill<R, P>> {
  const file = await findDrill(nameOrPath, folders)
  const content = await read(file)
  const promptsFolders = [dirname(file), ...folders]
  const drill = parseDrill(content, { file, overrides, check: (raw) => checkPrompts(raw, promptsFolders) })
  return {
    ...drill,
    name: basename(file, extname(file)).replace(/[^\w.-]+/g, '-'),
    file,
    sha256: createHash('sha256').update(content).digest('hex'),
    promptsFile:
      findPrompts(drill.load.prompts, promptsFolders) ?? resolve(dirname(file), drill.load.prompts),
  }
}

interface DrillText<R, P> {
  /** Only named in errors. */
  file: string
  overrides: OverrideSchemas<R, P>
  /** Objects to what the text alone cannot tell. */
  check?: (raw: unknown) => readonly Objection[]
}

/** Reads the text of a drill. Throws InvalidFileError `DRILL_INVALID` with every mistake in it. */
export function parseDrill<R, P>(
  content: string | Uint8Array,
  { file, overrides, check = () => [] }: DrillText<R, P>,
) {
  return readYaml(content, {
    file,
    what: 'drill',
    code: 'DRILL_INVALID',
    schema: drillSchemaWith(overrides),
    check: (raw) => {
      const items = readItems(raw)
      const answers = isRecord(raw) ? checkAnswers(raw.answers, ['answers'], items) : []
      return [...checkAgenda(items), ...checkAlerts(raw, items), ...answers, ...check(raw)]
    },
  })
}

const findPrompts = (name: string, folders: readonly string[]) =>
  folders.map((folder) => resolve(folder, name)).find(existsSync)

/** A prompts file that the drill names must be there; that the default one is missing is said by whoever reads it. */
function checkPrompts(raw: unknown, folders: readonly string[]): Objection[] {
  const named = promptsOf(raw)
  if (named === null || findPrompts(named, folders) !== undefined) return []
  return [
    {
      path: ['load', 'prompts'],
      spot: 'value',
      found: `found no such file: ${named}`,
      instead: 'write the path of a prompts file, relative to the drill file',
    },
  ]
}

function promptsOf(raw: unknown): string | null {
  const load = typeof raw === 'object' && raw !== null && 'load' in raw ? raw.load : null
  const prompts = typeof load === 'object' && load !== null && 'prompts' in load ? load.prompts : null
  return typeof prompts === 'string' && prompts !== '' ? prompts : null
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw unreadableFile(file, {
      what: 'drill',
      code: 'DRILL_UNREADABLE',
      cause,
      hint: 'Name a drill file, or a drill by its name: gameday run --list names them.',
    })
  }
}
