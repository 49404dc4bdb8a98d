/** A table for GitHub: cells are Markdown already. */
export interface Table {
  header: string[]
  /** `l` or `r` for each column. */
  align: string
  rows: string[][]
}

/** Writes a table with its columns aligned in the source too, because a report is also read in a terminal. */
export function writeTable({ header, align, rows }: Table): string {
  const widths = header.map((cell, column) =>
    Math.max(3, width(cell), ...rows.map((row) => width(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((size, column) => pad(cells[column] ?? '', size, align[column] === 'r')).join(' | ')} |`
  const rule = widths.map((size, column) =>
    align[column] === 'r' ? `${'-'.repeat(size - 1)}:` : `${'-'.repeat(size)}`,
  )
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

function pad(cell: string, size: number, right: boolean): string {
  const room = ' '.repeat(Math.max(0, size - width(cell)))
  return right ? room + cell : cell + room
}

/** Counts code points, not UTF-16 units; joiners take no room. */
const width = (cell: string) => Array.from(cell.replaceAll('\u2060', '')).length
