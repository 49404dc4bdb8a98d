import { homedir } from 'node:os'
import { join, sep } from 'node:path'

/** Where state that must survive a run lives: `$GAMEDAY_STATE`, else the XDG state folder. */
export function stateFolder(env: Record<string, string | undefined>): string {
  if (env.GAMEDAY_STATE !== undefined && env.GAMEDAY_STATE !== '') return env.GAMEDAY_STATE
  const xdg = env.XDG_STATE_HOME
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.local', 'state'), 'gameday')
}

/** Writes a path as people do, with `~` for their home folder: reports are shared, and whose home it was is nobody's affair. */
export function withTilde(path: string): string {
  const home = homedir()
  return path.startsWith(`${home}${sep}`) ? `~${path.slice(home.length)}` : path
}
