import { apiErrors } from '../errors.ts'
import { float32 } from './float32.ts'
import type { Json } from './json.ts'
import { JsonError, scanJson } from './scan.ts'

export type { Json }

/** How one field is read: the name of its type in errors, and its value; undefined when the JSON is of another type. */
interface FieldType<T> {
  name: string
  read(json: Json): T | undefined
}

const INT64_MOST = 2n ** 63n - 1n

/** The types of fields, named as in Go: clients see these names in errors. */
export const fieldTypes = {
  string: {
    name: 'string',
    read: (json) => (json.kind === 'string' ? json.value : undefined),
  } satisfies FieldType<string>,
  bool: {
    name: 'bool',
    read: (json) => (json.kind === 'bool' ? json.value : undefined),
  } satisfies FieldType<boolean>,
  float32: {
    name: 'float32',
    read: (json) => (json.kind === 'number' ? float32(Number(json.text)) : undefined),
  } satisfies FieldType<number>,
  int64: {
    name: 'int64',
    read: (json) => (json.kind === 'number' ? int64(json.text) : undefined),
  } satisfies FieldType<number>,
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
 * Reads one field of an object as Go's decoder would: whatever the case of its key, the last one winning, `null` as if it
 * were not there. Undefined when it is missing. Throws the API's 400, naming the field as `owner.key`.
 */
export function field<T>(
  members: [string, Json][],
  key: string,
  type: FieldType<T>,
  owner: string,
): T | undefined {
  let found: T | undefined
  for (const json of fieldsNamed(members, key)) {
    if (json.kind === 'null') continue
    const value = type.read(json)
    if (value === undefined)
      throw cannotUnmarshal(json, `Go struct field ${owner}.${key} of type ${type.name}`)
    found = value
  }
  return found
}

/** The values that stand under a key, whatever its case, in the order in which they stand. */
export function fieldsNamed(members: [string, Json][], key: string): Json[] {
  return members.filter(([name]) => name.toLowerCase() === key).map(([, json]) => json)
}

/** The API's 400 for a value of the wrong type. Of a number that does not fit, the number itself is named. */
export function cannotUnmarshal(json: Json, target: string): Error {
  const what =
    json.kind === 'number' && / of type (int64|float32)$/.test(target) ? `number ${json.text}` : json.kind
  return apiErrors.badRequestBody(`json: cannot unmarshal ${what} into ${target}`)
}

function int64(text: string): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  const value = BigInt(text)
  // Beyond 2^53 the nearest double is kept: as milliseconds, that is off by less than a second in 285,000 years.
  return value > INT64_MOST || value < -INT64_MOST - 1n ? undefined : Number(value)
}
