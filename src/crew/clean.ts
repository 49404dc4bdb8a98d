import { stripVTControlCharacters } from 'node:util'

/**
 * Takes out of text whatever could steer a terminal: escape sequences, control characters, and what turns the direction
 * of writing around or takes no room (but for the joiner inside emoji). Line ends and tabs become spaces. All text that
 * people, providers and records bring passes here before it is shown.
 */
export function clean(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return stripVTControlCharacters(text)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/(?!\u200d)[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\p{Cs}/gu, '\ufffd')
}
