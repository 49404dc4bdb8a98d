const COLUMNS = 80

/** Breaks a text at its blanks into lines of at most 80 columns, the first and the others indented as given. */
function wrap(text: string, first: string, rest: string): string {
  const lines: string[] = []
  let line = first
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const begun = line.trimEnd() !== '' && line !== rest && line !== first
    if (begun && line.length + 1 + word.length > COLUMNS) {
      lines.push(line)
      line = rest + word
    } else {
      line += begun ? ` ${word}` : word
    }
  }
  return [...lines, line].join('\n')
}

/** Wraps a paragraph at 80 columns. */
export const paragraph = (text: string) => wrap(text, '', '')

/** Wraps an item of a list at 80 columns, the text aligned after its mark. */
export const bullet = (mark: string, text: string) => wrap(text, `${mark} `, ' '.repeat(mark.length + 1))
