import type { Dispatcher } from 'undici'
import type { Clock } from '../base/index.ts'
import { formatOf, laneOf } from '../wire/index.ts'
import { loadAgent } from './agent.ts'
import { exchange } from './exchange.ts'
import type { Prompt } from './prompts.ts'
import { chatRequests } from './request.ts'
import { sampleOf } from './sample.ts'
import type { Endpoint, LoadSample } from './types.ts'

export interface AskOptions extends Endpoint {
  model: string
  prompt: Prompt
  stream: boolean
  timeoutMs: number
  runTag: string
  /** `p…` for gameday's own probes. */
  requestId: string
  /** `clock.now()` to which the sample's times are relative. */
  epochMs: number
  clock: Clock
  /** Where to send it; a fresh connection of its own if left out. */
  dispatcher?: Dispatcher
}

/**
 * Asks one question and judges the answer as the load's own are judged. A probe belongs to no lane; its sample says
 * `control`, which is outside all objectives.
 *
 * @throws GamedayError `ENDPOINT_INVALID` if the URL or the key cannot be used
 */
export async function ask(options: AskOptions): Promise<LoadSample> {
  const { requestId, model, prompt, stream, timeoutMs, runTag, epochMs, clock } = options
  const question = { prompt, stream }
  const request = chatRequests(options, model, runTag)(question, requestId)
  const own = options.dispatcher === undefined ? loadAgent(timeoutMs) : null
  const dispatcher = options.dispatcher ?? own!
  try {
    const sent = exchange(request, {
      format: formatOf(options.format ?? 'openai'),
      stream,
      timeoutMs,
      clock,
      dispatcher,
    })
    const asked = {
      id: requestId,
      lane: laneOf(requestId) ?? 'control',
      model,
      question,
      intendedMs: sent.startedMs - epochMs,
    }
    return sampleOf(asked, await sent.done, epochMs)
  } finally {
    await own?.destroy()
  }
}
