import type { Crew } from './crew.ts'
import type { View } from './view.ts'

/** Nobody is there: the engine decides by its own checks, and a view shows what happens. */
export function unattendedCrew(view: View): Crew {
  return {
    there: false,
    begin: () => undefined,
    entry: (entry) => view.entry(entry),
    status: (status) => view.status(status),
    ask: async () => null,
    draft: (lines) => view.show(lines),
    finish: async () => undefined,
    close: async () => view.close(),
  }
}
