import type { Clock } from '../base/index.ts'
import { openOutbox, type DaySpending, type Delivery, type OutboxFigures } from '../log/index.ts'
import type { RequestRecord } from '../record/index.ts'
import { startPart } from './part.ts'
import type { LogPartCommand, LogPartData, LogPartEvent, LogPartReady } from './workers/log.ts'

/** Most requests that wait to be written: at 200/s for as long as a disk hangs for 50 seconds. */
const MOST_WAITING = 10_000
const BATCH = 500
const EVERY_MS = 100
const SLOWEST_MS = 10_000

export interface StagedLog {
  /** Takes a record and returns at once, whatever the disk does. */
  add(record: RequestRecord): void
  figures(): OutboxFigures
  /** US dollars that others have spent for a tenant on a day, by this log: other routers, and this one before it was started. */
  readonly spentElsewhere: (day: string, tenant: string | null) => number
  /** Writes what waits, for up to `graceMs`, and closes the log. */
  stop(graceMs: number): Promise<void>
}

export interface StagedLogOptions {
  data: LogPartData
  clock: Clock
  /** Says in a sentence what people should know: a page, or that something does not work. */
  say: (text: string) => void
}

/** Starts the log in a worker of its own, where nothing waits for the disk. Throws `LOG_UNUSABLE`. */
export async function stageLog({ data, clock, say }: StagedLogOptions): Promise<StagedLog> {
  let answer: ((delivery: Delivery) => void) | null = null
  const settle = (delivery: Delivery) => {
    answer?.(delivery)
    answer = null
  }
  let death: string | null = null
  let elsewhere: Elsewhere | null = null
  const part = await startPart<LogPartData, LogPartReady, LogPartEvent, LogPartCommand, true>({
    name: 'log',
    data,
    onEvent: (event) => {
      if (event.type === 'written') settle({ state: 'taken' })
      else if (event.type === 'not-written') settle({ state: 'later', why: event.why })
      else if (event.type === 'spent-elsewhere') elsewhere = spendingOf(event.spending)
      else say(event.text)
    },
    onDeath: (error) => {
      death = error.message
      settle({ state: 'later', why: death })
    },
  })
  elsewhere ??= spendingOf(part.ready.spentElsewhere)
  const outbox = openOutbox<RequestRecord>({
    clock,
    most: MOST_WAITING,
    batch: BATCH,
    everyMs: EVERY_MS,
    slowestMs: SLOWEST_MS,
    deliver: (records, lost) =>
      death === null
        ? new Promise((resolve) => {
            answer = resolve
            part.send({ type: 'write', records, lost })
          })
        : Promise.resolve({ state: 'later', why: death }),
    onChange: ({ failing, why, lost }) =>
      say(
        failing
          ? `requests cannot be written into the log: ${why}; they are answered all the same`
          : `requests are written into the log again; ${lost} of them are missing in it`,
      ),
  })
  return {
    add: (record) => outbox.add(record),
    figures: () => outbox.figures(),
    spentElsewhere: (day, tenant) => (elsewhere?.day === day ? (elsewhere.usd.get(tenant) ?? 0) : 0),
    async stop(graceMs) {
      await outbox.close(graceMs)
      await part.stop()
    },
  }
}

interface Elsewhere {
  day: string
  usd: ReadonlyMap<string | null, number>
}

const spendingOf = ({ day, tenants }: DaySpending): Elsewhere => ({ day, usd: new Map(tenants) })
