import type { Config } from '../../config/index.ts'
import type { Addition } from '../../run/index.ts'
import { targetLines, timeoutLines } from '../stage-snippets.ts'

/** The lines that mend a lack, with the values of this configuration. No key is in them. */
export function linesFor(add: Addition, { providers }: Pick<Config, 'providers'>): readonly string[] {
  if (add.to !== 'router') return add.lines
  return add.what === 'targets' ? targetLines(add.urls, providers) : timeoutLines(add.clientMs)
}
