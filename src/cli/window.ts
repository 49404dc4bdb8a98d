import type { Window } from '../crew/index.ts'
import type { Io } from './io.ts'

/** What can be drawn on the terminal of a command, read anew for every redraw. */
export function windowOf({ stderr, env }: Pick<Io, 'stderr' | 'env'>): () => Window {
  const color = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  const glyphs = isUnicode(env) ? 'unicode' : 'ascii'
  return () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24, glyphs, color })
}

/** Whether lines that redraw themselves would be of any use. */
export const isPlain = ({ plain }: { plain?: boolean }, { env }: Pick<Io, 'env'>) =>
  plain === true || env.TERM === 'dumb'

/** By the first of the variables that POSIX lets decide about characters; a terminal that says nothing is a modern one. */
function isUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Io['env']): boolean {
  if (TERM === 'linux') return false
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '')
  return locale === undefined || /utf-?8/i.test(locale)
}
