import type { Window } from './types.ts'

/** What the parts of a frame are drawn with. */
export interface Glyphs {
  rule: string
  /** From empty to full. */
  bar: readonly string[]
  barEnds: readonly [string, string]
  /** From low to high. */
  spark: readonly string[]
  ellipsis: string
  /** Stands where there is no value. */
  none: string
}

const UNICODE: Glyphs = {
  rule: '━',
  bar: [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  barEnds: ['▕', '▏'],
  spark: '▁▂▃▄▅▆▇'.split(''),
  ellipsis: '…',
  none: '–',
}

const ASCII: Glyphs = {
  rule: '=',
  bar: ['.', '#'],
  barEnds: ['[', ']'],
  spark: '_.:-=*#'.split(''),
  ellipsis: '...',
  // A dash would be read as a minus, or as what stands between two figures.
  none: '?',
}

export function glyphsOf({ glyphs }: Pick<Window, 'glyphs'>): Glyphs {
  return glyphs === 'ascii' ? ASCII : UNICODE
}

const INSTEAD: Record<string, string> = {
  '≥': '>=',
  '≤': '<=',
  '·': '|',
  '∞': 'never',
  '→': '->',
  '–': '-',
  '—': '-',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '…': '...',
  '▶': '>',
  '›': '>',
  '✗': '!',
}

/** Writes text with what every terminal can show: signs by their likeness, letters without accents, the rest as `?`. */
export function asciiOf(text: string): string {
  return text
    .replace(/[^\0-\x7f]/gu, (sign) => INSTEAD[sign] ?? sign)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\0-\x7f]/gu, '?')
}
