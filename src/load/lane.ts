import type { Dispatcher } from 'undici'
import type { FormatId, Lane } from '../base/index.ts'
import { formatOf } from '../wire/index.ts'
import { exchange, type Underway } from './exchange.ts'
import type { FigureKeeper } from './figures.ts'
import { questions } from './mix.ts'
import { pace } from './pace.ts'
import type { Prompt } from './prompts.ts'
import type { ChatRequests } from './request.ts'
import { droppedSample, sampleOf, type Asked } from './sample.ts'
import { arrivalOffsets } from './schedule.ts'
import type { LoadOptions, LoadSample } from './types.ts'

export interface LaneOptions {
  lane: Lane
  /** Builds the requests to the lane's endpoint. */
  build: ChatRequests
  /** The format that the endpoint speaks. */
  format: FormatId
  /** The model that it is asked for. */
  model: string
  perSecond: number
  /** What it asks. */
  prompts: readonly Prompt[]
  /** Most requests of this lane under way at once; more are dropped. */
  maxInFlight: number
  load: LoadOptions
  dispatcher: Dispatcher
  /** Aborted when no further request shall be sent. */
  signal: AbortSignal
  /** Where this lane's requests are counted; nowhere if left out. */
  figures?: FigureKeeper
  onSample: (sample: LoadSample) => void
}

export interface RunningLane {
  /** Resolves when the last request has been sent. */
  scheduled: Promise<void>
  /** Resolves when every request sent so far is over. */
  settled: () => Promise<void>
  /** Ends all that is under way as timeouts. */
  giveUp: () => void
  /** The first fault of gameday itself: a bug in sending, judging or handing over. */
  fault: () => { error: unknown } | null
}

/** First letter of a lane's request ids, by which gates tell lanes apart. */
const LETTER: Record<Lane, string> = { main: 'm', control: 'c' }

/** Starts one lane: its own schedule, its own questions, one endpoint. */
export function startLane(options: LaneOptions): RunningLane {
  const { lane, load, model, signal, prompts, maxInFlight, figures, onSample } = options
  const { clock, epochMs, seed, arrivals, streams } = load
  const wanted = questions({ prompts, streams, seed, purpose: lane })
  const underway = new Map<Underway, Promise<void>>()
  let fault: { error: unknown } | null = null
  const noteFault = (error: unknown) => void (fault ??= { error })
  const startMs = clock.now()
  let count = 0

  const next = (offsetMs: number): Asked => {
    figures?.countDue()
    const id = `${LETTER[lane]}${++count}`
    return { id, lane, model, question: wanted.next().value, intendedMs: startMs + offsetMs - epochMs }
  }
  const drop = (asked: Asked) => {
    figures?.countDropped()
    onSample(droppedSample(asked))
  }
  const send = (asked: Asked) => {
    const { stream } = asked.question
    const request = options.build(asked.question, asked.id)
    const sent = exchange(request, {
      format: formatOf(options.format),
      stream,
      timeoutMs: load.timeoutMs,
      clock,
      dispatcher: options.dispatcher,
    })
    figures?.noteLag(sent.startedMs - epochMs - asked.intendedMs)
    const over = sent.done
      .then((seen) => {
        const sample = sampleOf(asked, seen, epochMs)
        if (sample.outcome === 'dropped') figures?.countDropped()
        onSample(sample)
      })
      .catch(noteFault)
      .finally(() => underway.delete(sent))
    underway.set(sent, over)
  }

  const scheduled = pace({
    offsets: arrivalOffsets({ perSecond: options.perSecond, arrivals, seed, purpose: lane }),
    startMs,
    clock,
    signal,
    due: (offsetMs) => (underway.size < maxInFlight ? send : drop)(next(offsetMs)),
    missed: (offsetMs) => drop(next(offsetMs)),
  }).catch(noteFault)
  return {
    scheduled,
    settled: async () => {
      await Promise.all(underway.values())
    },
    fault: () => fault,
    giveUp: () => {
      for (const sent of underway.keys()) sent.giveUp()
    },
  }
}
