import { homedir } from 'node:os'
import { isAbsolute, join, resolve, sep } from 'node:path'

/**
 * Where state that must survive a run lives: `$GAMEDAY_STATE`, else the XDG state folder. Always absolute, because the
 * watchdog works in another folder. XDG wants its own to be, and anything else passed over.
 */
export function stateFolder(env: Record<string, string | undefined>): string {
  if (env.GAMEDAY_STATE !== undefined && env.GAMEDAY_STATE !== '') return resolve(env.GAMEDAY_STATE)
  const xdg = env.XDG_STATE_HOME ?? ''
  return join(isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state'), 'gameday')
}

/** Writes a path as people do, with `~` for their home folder: reports are shared, and whose home it was is nobody's affair. */
export function withTilde(path: string): string {
  const home = homedir()
  return path.startsWith(`${home}${sep}`) ? `~${path.slice(home.length)}` : path
}
