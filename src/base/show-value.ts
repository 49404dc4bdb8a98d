const MOST_SHOWN = 60
// Vendors' keys begin with a word and a dash; what has neither is told by its length and its mix of letters and digits.
const KEY_LIKE =
  /\b(?:sk|pk|rk|key|api|ghp|xox[a-z]|AIza)[-_]?[\w-]{8,}|(?=[\w-]*\d)(?=[\w-]*[a-zA-Z])[\w-]{24,}/g
const PASSWORD = /\/\/[^\s/@]+@/g

/** Hides whatever in a text looks like a key: people do paste keys where their names belong. */
export function hideKeys(text: string): string {
  return text.replace(PASSWORD, '//…@').replace(KEY_LIKE, '…')
}

/** Says in a few words what stands in a file, for an error: never a key, never more than a line. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'found nothing'
  if (Array.isArray(value)) return 'found a list'
  if (typeof value === 'object') return 'found a map'
  // What is left is text, a number, true or false: YAML has nothing else.
  const text = hideKeys(JSON.stringify(value))
  return `found ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}`
}
