import type { Registry } from 'prom-client'
import type { RequestRecord } from '../../record/index.ts'
import type { AttemptEnd, RouterEvent } from '../types.ts'
import { SECONDS } from './buckets.ts'
import { add, seriesOf, type Series } from './series.ts'

type PromClient = typeof import('prom-client')

const WHO = ['role', 'provider'] as const

/** Counts what is told of requests, attempts and circuits as it comes. */
export interface Counting {
  onRequest: (record: RequestRecord) => void
  onAttempt: (end: AttemptEnd) => void
  onEvent: (event: RouterEvent) => void
  /** Makes the counters show all that was counted: to be called before they are read. */
  settle: () => void
}

/**
 * Sets up what is counted as it happens. Each label has few values, all of them gameday's or the configuration's own:
 * tenants, features and models asked for are names that callers invent, and are summed up by `gameday slo` instead.
 */
export function countRequests({ Counter, Histogram }: PromClient, registry: Registry): Counting {
  const registers = [registry]
  const requests = new Counter({
    name: 'gameday_router_requests_total',
    help: 'Chat requests that are over, by who served them and how they ended. class says why one is not ok.',
    labelNames: [...WHO, 'outcome', 'class'],
    registers,
  })
  const choices = new Counter({
    name: 'gameday_router_choices_total',
    help: 'Chat requests by why their provider was asked; order where it is simply the first.',
    labelNames: ['role', 'chosen'],
    registers,
  })
  const attempts = new Counter({
    name: 'gameday_router_attempts_total',
    help: 'Attempts at a provider that are over, by their result: ok, abandoned, or the class of the failure.',
    labelNames: [...WHO, 'result'],
    registers,
  })
  const duration = new Histogram({
    name: 'gameday_router_request_duration_seconds',
    help: 'Time from a chat request to the end of its answer, over all attempts.',
    labelNames: [...WHO, 'stream', 'outcome'],
    buckets: SECONDS,
    registers,
  })
  const firstToken = new Histogram({
    name: 'gameday_router_first_token_seconds',
    help: 'Time from a chat request to the first content of a streamed answer.',
    labelNames: WHO,
    buckets: SECONDS,
    registers,
  })
  const tokens = new Counter({
    name: 'gameday_router_tokens_total',
    help: 'Tokens as providers state them.',
    labelNames: [...WHO, 'direction'],
    registers,
  })
  const promptTokens = new Counter({
    name: 'gameday_router_prompt_cache_tokens_total',
    help: 'Of the tokens in, those read from the vendor’s own prompt cache, and those written to it.',
    labelNames: [...WHO, 'direction'],
    registers,
  })
  const promptSaved = new Counter({
    name: 'gameday_router_prompt_cache_saved_usd_total',
    help: 'US dollars that the vendor’s prompt cache took off requests.',
    labelNames: WHO,
    registers,
  })
  const promptLost = new Counter({
    name: 'gameday_router_prompt_cache_lost_usd_total',
    help: 'US dollars that it added to requests where writing cost more than reading saved.',
    labelNames: WHO,
    registers,
  })
  const cost = new Counter({
    name: 'gameday_router_cost_usd_total',
    help: 'US dollars of the requests whose cost is known, failed attempts included.',
    labelNames: WHO,
    registers,
  })
  const unknownCost = new Counter({
    name: 'gameday_router_cost_unknown_requests_total',
    help: 'Chat requests whose cost is not known, and so in no sum.',
    labelNames: WHO,
    registers,
  })
  const deeds = new Counter({
    name: 'gameday_router_guardrail_deeds_total',
    help: 'What guardrails did about requests over a limit.',
    labelNames: ['deed', 'limit'],
    registers,
  })
  const changes = new Counter({
    name: 'gameday_router_circuit_changes_total',
    help: 'Changes of circuits, by the state that they went to.',
    labelNames: ['role', 'state'],
    registers,
  })
  const handOver = ({ record, labels, sums }: Series): void => {
    const { role, outcome, chosen, guardrail } = record
    const { who } = labels
    requests.inc({ ...who, outcome, class: record.class ?? 'none' }, sums.requests)
    if (role !== null && role !== 'cache') choices.inc({ role, chosen: chosen ?? 'order' }, sums.requests)
    tokens.inc({ ...who, direction: 'input' }, sums.inputTokens)
    tokens.inc({ ...who, direction: 'output' }, sums.outputTokens)
    promptTokens.inc({ ...who, direction: 'read' }, sums.cacheReadTokens)
    promptTokens.inc({ ...who, direction: 'written' }, sums.cacheWriteTokens)
    promptSaved.inc(who, sums.promptCacheSavedUsd)
    promptLost.inc(who, sums.promptCacheLostUsd)
    unknownCost.inc(who, sums.costUnknown)
    cost.inc(who, sums.costUsd)
    for (const deed of deedsIn(guardrail)) deeds.inc(deed, sums.requests)
  }
  let waiting = new Map<string, Series>()
  return {
    onRequest: (record) => {
      const key = `${record.role}\n${record.provider}\n${record.outcome}\n${record.class}\n${record.stream}\n${record.chosen}\n${record.guardrail}`
      let series = waiting.get(key)
      if (series === undefined) waiting.set(key, (series = seriesOf(record)))
      add(series.sums, record)
      duration.observe(series.labels.duration, record.durationMs / 1000)
      if (record.firstTokenMs !== null) firstToken.observe(series.labels.who, record.firstTokenMs / 1000)
    },
    onAttempt: ({ role, provider, result }) => attempts.inc({ role, provider, result }),
    onEvent: ({ provider, state }) => changes.inc({ role: provider, state }),
    settle: () => {
      for (const series of waiting.values()) handOver(series)
      waiting = new Map()
    },
  }
}

/** The deeds in a record's words: `truncated;limit=tokens-in, cheaper-model;limit=cost`. */
function deedsIn(guardrail: string | null): { deed: string; limit: string }[] {
  return (guardrail ?? '').split(', ').flatMap((text) => {
    const [, deed, limit] = /^([^;]+);limit=(.+)$/.exec(text) ?? []
    return deed === undefined || limit === undefined ? [] : [{ deed, limit }]
  })
}
