/**
 * Says which of a drill's settings do not count, as the router is not the embedded one; empty where all do. Pure.
 *
 * @param settings as in `router.circuit.probeEvery`
 */
export function setAsideInWords(settings: readonly string[]): string {
  const last = settings.at(-1)
  if (last === undefined) return ''
  const before = settings.slice(0, -1)
  return before.length === 0
    ? `the drill's setting ${last} is set aside, as this router keeps its own`
    : `the drill's settings ${before.join(', ')} and ${last} are set aside, as this router keeps its own`
}
