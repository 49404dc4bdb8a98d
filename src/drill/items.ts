import { parseDuration, PHASE_KINDS, type Path, type PhaseKind } from '../base/index.ts'
import { phaseNames } from './agenda.ts'

/** An item of the agenda as far as it can be read: the file may have other mistakes. */
export interface Item {
  path: Path
  kind: PhaseKind | null
  /** The name it goes by in the drill. */
  name: string
  /** The name that the file gives it. */
  ownName: string | undefined
  lengthMs: number | null
  /** Kind of its fault, as it is written; undefined where it has none. */
  breaks: string | undefined
  raw: Record<string, unknown>
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads the agenda of a drill's raw data leniently; empty if there is none. Pure. */
export function readItems(raw: unknown): Item[] {
  const agenda = isRecord(raw) ? raw.agenda : undefined
  if (!Array.isArray(agenda)) return []
  const items = agenda.map((item: unknown, index): Omit<Item, 'name'> => {
    const fields = isRecord(item) ? item : {}
    return {
      path: ['agenda', index],
      kind: PHASE_KINDS.find((kind) => kind === fields.phase) ?? null,
      ownName: typeof fields.name === 'string' ? fields.name : undefined,
      lengthMs: typeof fields.length === 'string' ? parseDuration(fields.length) : null,
      breaks: isRecord(fields.fault) && typeof fields.fault.kind === 'string' ? fields.fault.kind : undefined,
      raw: fields,
    }
  })
  // What is of no known kind must not take a known one's name.
  const names = phaseNames(
    items.map(({ kind, ownName, path }) => ({ kind: kind ?? path.join(' '), name: ownName })),
  )
  return items.map((item, index) => ({ ...item, name: names[index] ?? '' }))
}
