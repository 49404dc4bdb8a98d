import type { Config } from './schema.ts'

/** What a router reads only when it starts. */
const AT_START = [
  'router.listen',
  'router.port',
  'log.path',
  'log.retention',
  'objectives',
  'alerts',
  'export',
]
/** What a router that serves does not read at all. */
const NEVER = ['toxiproxy', 'stage', 'errorBudget']

/** Settings that differ between two configurations, by their names, such as `router.timeouts.total`. */
export interface Differences {
  /** Those that a running router can take over. */
  atOnce: string[]
  /** Those that it reads only when it starts. */
  afterRestart: string[]
}

/**
 * Compares what a running router has with what its file says by now: with the settings in force, and for what is read only
 * at the start with those it started with. Pure.
 */
export function differences({
  started,
  inForce,
  now,
}: Record<'started' | 'inForce' | 'now', Config>): Differences {
  const isIn = (names: readonly string[], name: string) =>
    names.some((one) => name === one || name.startsWith(`${one}.`))
  return {
    atOnce: namesOf(inForce, now).filter((name) => !isIn([...AT_START, ...NEVER], name)),
    afterRestart: namesOf(started, now).filter((name) => isIn(AT_START, name)),
  }
}

function namesOf(one: unknown, other: unknown, name = ''): string[] {
  if (!isTable(one) || !isTable(other)) return JSON.stringify(one) === JSON.stringify(other) ? [] : [name]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].flatMap((key) => namesOf(one[key], other[key], name === '' ? key : `${name}.${key}`))
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
