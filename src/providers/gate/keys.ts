import type { ErrorKind } from '../../wire/index.ts'

/** Says what is wrong with the key that a request came with, null if it came without; undefined if nothing is. */
export function keyObjection(expected: string, presented: string | null): ErrorKind | undefined {
  if (presented === null) return 'missing-api-key'
  return presented === expected ? undefined : 'invalid-api-key'
}
