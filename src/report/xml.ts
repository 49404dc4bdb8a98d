/** Escapes text for XML, in content and in attributes, and drops the characters that XML 1.0 cannot carry at all. */
export function escapeXml(text: string): string {
  return text
    .replace(INVALID, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(/[\t\n\r]/g, (blank) => `&#${blank.charCodeAt(0)};`)
}

/** What lies outside XML 1.0's Char production: most control characters, lone surrogates and two noncharacters. */
const INVALID = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
