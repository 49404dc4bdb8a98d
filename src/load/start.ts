import { GamedayError, InternalError, messageOf } from '../base/index.ts'
import { loadAgent } from './agent.ts'
import { keepFigures } from './figures.ts'
import { startLane } from './lane.ts'
import { halfWatched } from './mix.ts'
import { chatRequests } from './request.ts'
import type { Endpoint, Load, LoadFigures, LoadOptions } from './types.ts'

/** Most control requests a second, whatever the rate: the lane shows that the fault holds, it is not load. */
const MOST_CONTROL_PER_SECOND = 1

/**
 * Starts sending at the planned rate: an open model, in which no request ever waits for another's answer.
 *
 *     schedule --> main lane ----> router ---> ...    samples m1, m2, ...
 *     schedule --> control lane -> primary's proxy    samples c1, c2, ...
 *
 * Each lane keeps its own time. What is over the ceiling is dropped, counted and written down, never queued.
 *
 * @throws GamedayError `LOAD_INVALID` if there is no rate or no prompt, `ENDPOINT_INVALID` if a URL or key is unusable
 */
export function startLoad(options: LoadOptions): Load {
  const { perSecond, controlShare, prompts, timeoutMs, runTag, clock, onSample } = options
  if (!(perSecond > 0 && perSecond < Infinity)) {
    throw invalid(`a load of ${perSecond} requests a second cannot be sent`)
  }
  if (prompts.length === 0) throw invalid('the load has no prompts to ask')
  const to = (endpoint: Endpoint, model: string) => ({
    build: chatRequests(endpoint, model, runTag),
    format: endpoint.format ?? 'openai',
    model,
  })
  const [toRouter, toPrimary] = [
    to(options.router, options.model),
    to(options.primary, options.primary.model ?? options.model),
  ]

  const figures = keepFigures()
  const dispatcher = loadAgent(timeoutMs)
  const schedule = new AbortController()
  const shared = { load: options, dispatcher, signal: schedule.signal, onSample }
  const maxInFlight = options.maxInFlight ?? Math.max(500, Math.ceil(30 * perSecond))
  const lanes = [
    startLane({ ...shared, lane: 'main', ...toRouter, perSecond, prompts, maxInFlight, figures }),
  ]
  const controlPerSecond = Math.min(MOST_CONTROL_PER_SECOND, controlShare * perSecond)
  if (controlPerSecond > 0) {
    // The client's limit bounds what can be under way at so low a rate: this ceiling is never met.
    const ceiling = 60 + Math.ceil((2 * timeoutMs) / 1000)
    lanes.push(
      startLane({
        ...shared,
        lane: 'control',
        ...toPrimary,
        prompts: halfWatched(prompts, options.watched ?? []),
        perSecond: controlPerSecond,
        maxInFlight: ceiling,
      }),
    )
  }

  const read = (): LoadFigures => {
    const fault = lanes.map((lane) => lane.fault()).find((found) => found !== null)
    if (!fault) return figures.read()
    if (fault.error instanceof InternalError) throw fault.error
    throw new InternalError(`the load generator broke: ${messageOf(fault.error)}`, { cause: fault.error })
  }
  const finish = async (drainMs: number): Promise<LoadFigures> => {
    schedule.abort()
    await Promise.all(lanes.map((lane) => lane.scheduled))
    const settled = Promise.all(lanes.map((lane) => lane.settled()))
    const drained = new AbortController()
    await Promise.race([settled, clock.sleep(drainMs, drained.signal).catch(() => undefined)])
    drained.abort()
    for (const lane of lanes) lane.giveUp()
    await settled
    figures.stop()
    await dispatcher.destroy()
    return read()
  }
  let finished: Promise<LoadFigures> | null = null
  return { stop: (drainMs) => (finished ??= finish(drainMs)), pressure: read }
}

const invalid = (message: string) => new GamedayError(message, { code: 'LOAD_INVALID' })
