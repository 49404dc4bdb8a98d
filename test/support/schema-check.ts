import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { ROOT } from './program.ts'

/** Checks values against a published schema file; returns the mistakes as text, an empty list if there are none. */
export function mistakesAgainst(name: string, values: readonly unknown[]): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  const check = ajv.compile(
    JSON.parse(readFileSync(join(ROOT, 'schemas', `${name}.schema.json`), 'utf8')) as object,
  )
  return values.flatMap((value, index) =>
    check(value) ? [] : [`${name} ${index}: ${ajv.errorsText(check.errors)}`],
  )
}

/** The values of an NDJSON file. */
export function ndjson(path: string): unknown[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}
