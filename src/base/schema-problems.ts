import { z } from 'zod'
import { nearestWord } from './nearest.ts'
import { showValue } from './show-value.ts'
import type { Path, Spot } from './yaml-positions.ts'

/** An objection to a value: where in the document, what was found there, what to write instead. */
export interface Objection {
  path: Path
  spot: Spot
  found: string
  instead: string
}

type RawIssue = Parameters<z.core.$ZodErrorMap>[0]
type Issue = z.core.$ZodIssue

/**
 * Validates plain data and says of every mistake what was found and what to write instead. Messages that a schema
 * states itself are taken as the second part, so they are written like one: `write a percentage such as 99.5%`.
 *
 * @param secret names the paths whose values no error may quote
 */
export function validate<T>(
  raw: unknown,
  schema: z.ZodType<T>,
  secret: (path: Path) => boolean,
): { value: T } | { objections: Objection[] } {
  const knownKeys = new WeakMap<readonly string[], readonly string[]>()
  const result = schema.safeParse(raw, {
    error: (issue) => {
      // The issue that comes out of zod no longer says which keys there are, so they are kept by the list of bad ones.
      if (issue.code === 'unrecognized_keys') knownKeys.set(issue.keys, keysOf(issue.inst))
      return insteadOf(issue)
    },
  })
  if (result.success) return { value: result.data }
  return { objections: result.error.issues.flatMap((issue) => objectionsTo(issue, [])) }

  function objectionsTo(issue: Issue, above: Path): Objection[] {
    const path = [...above, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys.get(issue.keys) ?? []
      return issue.keys.map((key) => ({
        path: [...path, key],
        spot: 'key',
        found: 'unknown key',
        instead: insteadOfKey(key, known),
      }))
    }
    if (issue.code === 'invalid_union') {
      const deepest = deepestBranch(issue.errors)
      if (deepest !== null) return deepest.flatMap((inner) => objectionsTo(inner, path))
    }
    const value = valueAt(raw, path)
    const found =
      secret(path) && value !== undefined && value !== null
        ? 'found a value not shown here'
        : showValue(value)
    return [{ path, spot: 'value', found, instead: issue.message }]
  }
}

/** The branch that got furthest into the value, which is the one that was meant; null if none got inside. */
function deepestBranch(branches: readonly Issue[][]): Issue[] | null {
  const depth = (branch: readonly Issue[]) => Math.max(0, ...branch.map(({ path }) => path.length))
  const deepest = branches.toSorted((a, b) => depth(b) - depth(a))[0]
  return deepest === undefined || depth(deepest) === 0 ? null : deepest
}

function insteadOfKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known)
  if (near !== null) return `did you mean "${near}"?`
  return known.length === 0 ? 'remove it' : `remove it, or write one of ${known.join(', ')}`
}

/** What to write instead, for the mistakes that zod finds by itself; undefined leaves zod's own words. */
function insteadOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `write ${nounOf(issue.expected, issue.inst)}`
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input)
    case 'invalid_union':
      if (issue.discriminator === undefined || !Array.isArray(issue.options)) return undefined
      // A kind that may be left out is no word to write.
      return oneOf(
        issue.options.filter((option) => option !== undefined).map(String),
        valueAt(issue.input, [issue.discriminator]),
      )
    case 'too_small':
      return `write ${amount(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`
    case 'too_big':
      return `write ${amount(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`
    case 'invalid_format':
      return issue.format === 'url'
        ? 'write an address such as http://127.0.0.1:8474'
        : `write text of the form ${issue.pattern ?? issue.format}`
    case 'not_multiple_of':
      return `write a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined
  }
}

function oneOf(allowed: readonly string[], found: unknown): string {
  if (allowed.length === 1) return `write ${allowed[0]}`
  const near = typeof found === 'string' ? nearestWord(found, allowed) : null
  return `${near === null ? '' : `did you mean "${near}"? `}write one of ${allowed.join(', ')}`
}

const NOUNS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
}

function nounOf(expected: string, schema: unknown): string {
  if (expected !== 'object') return NOUNS[expected] ?? expected
  const keys = keysOf(schema)
  return keys.length === 0 ? 'a map' : `a map with ${keys.join(', ')}`
}

function amount(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return limit === 1 ? 'some text' : `${bound} ${limit} characters`
  if (origin === 'array') return `${bound} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}`
  return `a number of ${bound} ${limit}`
}

/** The keys that a schema of a map knows; for a choice of maps, the one that decides and those that every one has. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodDiscriminatedUnion) return [schema.def.discriminator]
  return []
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const segment of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, segment)) return undefined
    at = Reflect.get(at, segment)
  }
  return at
}
