import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { configJsonSchemas } from '../config/index.ts'
import { drillJsonSchemas } from '../drill/index.ts'
import { recordJsonSchemas, unwritable } from '../record/index.ts'
import type { Io } from './io.ts'
import { OVERRIDES } from './setup.ts'

/** Every published schema by the name of its file. */
export function allSchemas(): Record<string, object> {
  return { ...drillJsonSchemas(OVERRIDES), ...configJsonSchemas(), ...recordJsonSchemas() }
}

/** Prints one JSON Schema, or writes all of them into a folder. */
export async function schema(name: string, flags: { out?: string }, io: Io): Promise<number> {
  const schemas = allSchemas()
  if (flags.out !== undefined) {
    writeAll(flags.out, schemas, io)
    return EXIT.ok
  }
  const found = schemas[`${name}.schema.json`]
  if (found === undefined) {
    const names = Object.keys(schemas).map((file) => file.replace('.schema.json', ''))
    throw new GamedayError(`there is no schema called "${name}"`, {
      code: 'SCHEMA_UNKNOWN',
      hint: `There are: ${names.join(', ')}.`,
    })
  }
  io.stdout.write(toText(found))
  return EXIT.ok
}

function writeAll(folder: string, schemas: Record<string, object>, io: Io): void {
  for (const [name, value] of Object.entries(schemas)) {
    const path = join(folder, name)
    try {
      mkdirSync(folder, { recursive: true })
      writeFileSync(path, toText(value))
    } catch (error) {
      throw unwritable(path, error, EXIT.usage)
    }
    io.stdout.write(`${path}\n`)
  }
}

const toText = (value: object) => `${JSON.stringify(value, null, 2)}\n`
