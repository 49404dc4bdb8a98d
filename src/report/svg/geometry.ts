/** Sizes of the timeline in user units: GitHub shows it about 1,000 pixels wide. */
export const WIDTH = 1000
export const LEFT = 74
export const RIGHT = 984

/** Rounds a coordinate to 0.1, so that the file is small and two machines draw the same bytes. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/**
 * Estimates the width of text in the sans-serif fonts the file asks for. No font is measured here, so it errs wide:
 * labels that are placed by it do not touch.
 */
export function textWidth(text: string, size: number): number {
  let ems = 0
  for (const character of text)
    ems += (character.codePointAt(0) ?? 0) > 0x2e7f ? 1 : NARROW.test(character) ? 0.35 : 0.6
  return ems * size
}

const NARROW = /[ijl.,:;'|!()[\]·\s]/

/** Cuts text with an ellipsis so that it fits; empty when not even two letters would. */
export function fitted(text: string, size: number, room: number): string {
  if (textWidth(text, size) <= room) return text
  const characters = Array.from(text)
  while (characters.length > 2 && textWidth(`${characters.join('')}…`, size) > room) characters.pop()
  return characters.length > 2 ? `${characters.join('').trimEnd()}…` : ''
}

/** Stretches of a row that are taken. */
export interface Row {
  /** Takes the stretch if it is free and inside the plot. */
  take(from: number, to: number): boolean
}

/** Starts an empty row of the plot. */
export function emptyRow(from: number = LEFT, to: number = RIGHT): Row {
  const taken: [number, number][] = []
  return {
    take: (a, b) => {
      if (a < from || b > to || taken.some(([c, d]) => a < d && c < b)) return false
      taken.push([a, b])
      return true
    },
  }
}
