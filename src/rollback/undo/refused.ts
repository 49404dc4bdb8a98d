/** Whether nobody listens where a call went: every address that its host's name has refused the connection. */
export function wasRefused(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(wasRefused)
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === 'ECONNREFUSED') || wasRefused(error.cause)
}
