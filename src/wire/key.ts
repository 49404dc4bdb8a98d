import type { WireFormat } from './format.ts'

/** Finds the key that a request came with, wherever its format has one; null if it came without. */
export function keyIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  { keyHeader, otherKeyHeaders }: Pick<WireFormat, 'keyHeader' | 'otherKeyHeaders'>,
): string | null {
  for (const { name, prefix } of [keyHeader, ...otherKeyHeaders]) {
    const value = headers[name]
    if (typeof value === 'string' && value.toLowerCase().startsWith(prefix.toLowerCase()))
      return value.slice(prefix.length).trim()
  }
  return null
}
