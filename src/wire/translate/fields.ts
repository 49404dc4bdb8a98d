import type { JsonObject } from '../json.ts'
import type { Losses } from './losses.ts'

/** One field of a request on its way into the other format. */
export interface Field {
  name: string
  value: unknown
  to: JsonObject
  losses: Losses
}

export type Carry = (field: Field) => void

/** Carries a field over as it is, under this name. */
export const as =
  (name: string): Carry =>
  ({ value, to }) => {
    to[name] = value
  }

/** Leaves a field behind: it concerns price, speed or bookkeeping at its vendor, and not what is answered. */
export const leftBehind: Carry = () => {}

/** Refuses a field, unless it says no more than what holds anyway. */
export const refusedUnless =
  (...harmless: readonly unknown[]): Carry =>
  ({ name, value, losses }) => {
    if (!harmless.includes(value) && !isEmpty(value)) losses.add(name)
  }

/**
 * Carries the fields of an object over, each by its entry in the table. What the table does not know is refused by its
 * name; null says nothing.
 */
export function carryFields(
  from: JsonObject,
  table: Readonly<Record<string, Carry>>,
  losses: Losses,
): JsonObject {
  const to: JsonObject = {}
  for (const [name, value] of Object.entries(from)) {
    if (value === null || value === undefined) continue
    const carry = Object.hasOwn(table, name) ? table[name]! : refusedUnless()
    carry({ name, value, to, losses })
  }
  return to
}

/** Refuses every field of an object but those named, at `path`. */
export function refuseOthers(from: JsonObject, known: readonly string[], path: string, losses: Losses): void {
  for (const [name, value] of Object.entries(from))
    if (value !== undefined && !isEmpty(value) && !known.includes(name)) losses.add(`${path}.${name}`)
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
