const EIGHTHS = '▏▎▍▌▋▊▉█'
/** Cells of the longest bar. */
export const BAR_CELLS = 8

/**
 * Draws a share of the whole as a bar, in eighths of a cell where they can be drawn; anything above nothing shows.
 * What has no end, a failover that never came, is a bar of its own kind.
 */
export function bar(share: number, glyphs: 'unicode' | 'ascii'): string {
  if (!Number.isFinite(share)) return (glyphs === 'unicode' ? '▒' : 'x').repeat(BAR_CELLS)
  if (glyphs === 'ascii') return '#'.repeat(Math.max(1, Math.round(share * BAR_CELLS)))
  const eighths = Math.max(1, Math.round(share * BAR_CELLS * 8))
  const rest = eighths % 8
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : (EIGHTHS[rest - 1] ?? ''))
}
