import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds the original Toxiproxy: `TOXIPROXY_BIN`, or `toxiproxy-server` on the PATH. Null where there is none. */
export function findRealToxiproxy(env: Readonly<NodeJS.ProcessEnv> = process.env): string | null {
  if (env['TOXIPROXY_BIN'] !== undefined && env['TOXIPROXY_BIN'] !== '') return env['TOXIPROXY_BIN']
  const places = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'toxiproxy-server'))
  return places.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
