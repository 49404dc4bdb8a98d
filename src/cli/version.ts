import { readFileSync } from 'node:fs'

/** The version of this package, as its package.json states it. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  // Our own file, shipped beside the code: no schema is loaded for it, because `--help` has to be quick.
  return (JSON.parse(text) as { version: string }).version
}
