import { messageOf, systemClock } from '../../base/index.ts'
import {
  createPager,
  openLogWriter,
  pageOut,
  type DaySpending,
  type LogWriter,
  type PageTarget,
} from '../../log/index.ts'
import type { RequestRecord } from '../../record/index.ts'
import type { Objectives } from '../../slo/index.ts'
import { host } from './host.ts'

export interface LogPartData {
  path: string
  retentionMs: number
  objectives: Objectives
  pages: PageTarget
  /** How often the alerts are looked at. */
  lookEveryMs: number
}
export interface LogPartReady {
  spentElsewhere: DaySpending
}
export interface LogPartCommand {
  type: 'write'
  records: readonly RequestRecord[]
  lost: number
}
export type LogPartEvent =
  | { type: 'written' }
  | { type: 'not-written'; why: string }
  | { type: 'paged'; text: string }
  | { type: 'spent-elsewhere'; spending: DaySpending }
  | { type: 'trouble'; text: string }

const PRUNE_EVERY_MS = 600_000
/** So late a router learns what another one on the same log has spent. */
const SPENDING_EVERY_MS = 5000
/** Between two steps of a long clean-up, so that requests are written in between. */
const PRUNE_PAUSE_MS = 50

host<LogPartData, LogPartReady, LogPartEvent, LogPartCommand, true>(async (data, emit) => {
  const writer = openLogWriter(data.path)
  const stopping = new AbortController()
  const looking = every(data.lookEveryMs, stopping.signal, pagerOf(writer, data, emit), (text) =>
    emit({ type: 'trouble', text: `the alerts could not be looked at: ${text}` }),
  )
  const pruning = every(
    PRUNE_EVERY_MS,
    stopping.signal,
    () => prune(writer, data, stopping.signal),
    (text) => emit({ type: 'trouble', text: `old requests could not be cleared away: ${text}` }),
  )
  const spentElsewhere = () => writer.spentElsewhere(systemClock.wall().toISOString().slice(0, 10))
  const sharing = every(
    SPENDING_EVERY_MS,
    stopping.signal,
    async () => emit({ type: 'spent-elsewhere', spending: spentElsewhere() }),
    (text) => emit({ type: 'trouble', text: `what other routers spent could not be read: ${text}` }),
  )
  return Promise.resolve({
    ready: { spentElsewhere: spentElsewhere() },
    command: ({ records, lost }) => {
      try {
        writer.write(records, { requests: lost, atMs: systemClock.wall().getTime() })
        emit({ type: 'written' })
      } catch (error) {
        emit({ type: 'not-written', why: messageOf(error) })
      }
    },
    stop: async () => {
      stopping.abort()
      await Promise.all([looking, pruning, sharing])
      writer.close()
      return true
    },
  })
})

function pagerOf(
  { database }: LogWriter,
  { objectives, pages }: LogPartData,
  emit: (event: LogPartEvent) => void,
): () => Promise<void> {
  const out = pageOut(pages)
  const pager = createPager({
    database,
    objectives,
    clock: systemClock,
    deliver: async (page) => {
      await out(page)
      emit({ type: 'paged', text: page.text })
    },
    onUndelivered: (page, error) =>
      emit({ type: 'trouble', text: `nobody was told of "${page.text}": ${messageOf(error)}` }),
  })
  return () => pager.look()
}

async function prune(writer: LogWriter, { retentionMs }: LogPartData, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && writer.prune(systemClock.wall().getTime() - retentionMs))
    await systemClock.sleep(PRUNE_PAUSE_MS)
}

/** Does something again and again. Trouble is told once until it works again. */
async function every(
  ms: number,
  signal: AbortSignal,
  act: () => Promise<void>,
  onTrouble: (text: string) => void,
): Promise<void> {
  let inTrouble = false
  while (!signal.aborted) {
    try {
      await act()
      inTrouble = false
    } catch (error) {
      if (!inTrouble) onTrouble(messageOf(error))
      inTrouble = true
    }
    await systemClock.sleep(ms, signal).catch(() => undefined)
  }
}
