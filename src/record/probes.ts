import type { JournalEntry } from './journal.ts'

/**
 * Folds what an open circuit's probes do: every few seconds of an outage it is half-open and open again, which tells
 * nobody anything. Takes the entries in their order; returns null for one that is to be passed over, else what is to be
 * added to its line, such as ` (tried 19 times meanwhile)` at the next change of state.
 */
export function probeFolder(): (entry: JournalEntry) => string | null {
  const circuits = new Map<string, { state: string; tries: number }>()
  return (entry) => {
    if (entry.type !== 'router.circuit') return ''
    const known = circuits.get(entry.provider)
    if (entry.state === 'half-open' && known !== undefined) {
      known.tries++
      return null
    }
    if (known?.state === entry.state) return null
    circuits.set(entry.provider, { state: entry.state, tries: 0 })
    const tries = known?.tries ?? 0
    return tries === 0 ? '' : ` (tried ${tries} ${tries === 1 ? 'time' : 'times'} meanwhile)`
  }
}
