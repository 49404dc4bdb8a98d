/**
 * Text from outside (notes, names, error messages) on its way into GitHub-flavoured Markdown.
 *
 * Everything that Markdown or HTML could read as markup is escaped, line breaks and control characters become spaces,
 * and an `@` gets a word joiner behind it, because GitHub looks for mentions after it has undone all escapes. An
 * underscore inside a word is no markup and stays readable. A bare web address stays one: its text is its target.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*[\]|~#$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/@(?=\w)/g, '@\u2060')
}

/** Control characters, bidirectional overrides and separators that can hide or reorder what a person reads. */
const UNSEEN = /(?:(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])+/gu

/** Escapes every string in a value, however deep, so that a template can print any of it as it stands. */
export function escapeDeep<T>(value: T): T
export function escapeDeep(value: unknown): unknown {
  if (typeof value === 'string') return escapeMarkdown(value)
  if (Array.isArray(value)) return value.map(escapeDeep)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [escapeMarkdown(key), escapeDeep(item)]),
    )
  }
  return value
}

/** Puts text into a fenced block whose fence is longer than any in the text. Line breaks in it are kept. */
export function codeBlock(text: string, language = ''): string {
  const clean = text.replace(/(?![\n\t\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(Math.max(3, longest + 1))
  return `${fence}${language}\n${clean}\n${fence}`
}

/** Puts text into an inline code span that does not end early. Not for tables, where a pipe would split it. */
export function codeSpan(text: string): string {
  const clean = text.replace(UNSEEN, ' ').trim()
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${clean}${pad}${fence}`
}
