import { apiErrors } from '../errors.ts'
import { float32 } from './float32.ts'
import type { Json } from './json.ts'
import { JsonError, scanJson } from './scan.ts'

export type { Json }

/** Reads the value of one field; `path` names the field in errors. Throws the API's 400 when the JSON is of another type. */
type FieldReader<T> = (json: Json, path: string) => T

const INT64_MOST = 2n ** 63n - 1n

/** The types of fields, named as in Go: clients see these names in errors. */
export const fieldReaders = {
  string: reader('string', (json) => (json.kind === 'string' ? json.value : undefined)),
  bool: reader('bool', (json) => (json.kind === 'bool' ? json.value : undefined)),
  float32: reader('float32', (json) => (json.kind === 'number' ? float32(Number(json.text)) : undefined)),
  int64: reader('int64', (json) => (json.kind === 'number' ? int64(json.text) : undefined)),
  /** As large as an int64, on every machine that we run on. */
  int: reader('int', (json) => (json.kind === 'number' ? int64(json.text) : undefined)),
  /** An object of which nothing is read. */
  struct: (name: string) => reader(name, (json) => (json.kind === 'object' ? true : undefined)),
}

/** Reads the first JSON value of a body. Throws the API's 400 when it is none. */
export function parseBody(body: string): Json {
  try {
    return scanJson(body)
  } catch (error) {
    if (error instanceof JsonError) throw apiErrors.badRequestBody(error.message)
    throw error
  }
}

/** The members of an object, none of `null`. Throws the API's 400 when it is something else. */
export function membersOf(json: Json, target: string): [string, Json][] {
  if (json.kind === 'null') return []
  if (json.kind !== 'object') throw cannotUnmarshal(json, target)
  return json.members
}

/**
 * Reads the fields of an object as Go's decoder would: whatever the case of their keys, the last of a name winning, `null`
 * as if it were not there, others ignored. Throws the API's 400 for the first in the text that is of another type.
 */
export function readFields<T extends object>(
  members: [string, Json][],
  owner: string,
  readers: { [K in keyof T]-?: FieldReader<T[K]> },
): Partial<T> {
  const found: Partial<T> = {}
  const keys = Object.keys(readers) as (keyof T & string)[]
  for (const [name, json] of members) {
    const key = keys.find((each) => foldCase(each) === foldCase(name))
    if (key !== undefined && json.kind !== 'null') found[key] = readers[key](json, `${owner}.${key}`)
  }
  return found
}

/** The API's 400 for a value of the wrong type. Of a number that does not fit, the number itself is named. */
export function cannotUnmarshal(json: Json, target: string): Error {
  const what =
    json.kind === 'number' && / of type (int|int64|float32)$/.test(target) ? `number ${json.text}` : json.kind
  return apiErrors.badRequestBody(`json: cannot unmarshal ${what} into ${target}`)
}

function reader<T>(type: string, read: (json: Json) => T | undefined): FieldReader<T> {
  return (json, path) => {
    const value = read(json)
    if (value === undefined) throw cannotUnmarshal(json, `Go struct field ${path} of type ${type}`)
    return value
  }
}

/** Upper case of the lower case, and not the one or the other: only so are K (Kelvin) and ſ folded as Go folds them. */
function foldCase(key: string): string {
  return key.toLowerCase().toUpperCase()
}

function int64(text: string): bigint | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  const value = BigInt(text)
  return value > INT64_MOST || value < -INT64_MOST - 1n ? undefined : value
}
