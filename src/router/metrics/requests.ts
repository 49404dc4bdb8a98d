import type { Registry } from 'prom-client'
import type { RequestRecord } from '../../record/index.ts'
import type { AttemptEnd, RouterEvent } from '../types.ts'
import { SECONDS } from './buckets.ts'

type PromClient = typeof import('prom-client')

const WHO = ['role', 'provider'] as const

/** Counts what is told of requests, attempts and circuits as it comes. */
export interface Counting {
  onRequest: (record: RequestRecord) => void
  onAttempt: (end: AttemptEnd) => void
  onEvent: (event: RouterEvent) => void
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
  return {
    onRequest: (record) => {
      const who = { role: record.role ?? 'none', provider: record.provider ?? 'none' }
      const { outcome, stream, inputTokens, outputTokens, costUsd, firstTokenMs, durationMs } = record
      requests.inc({ ...who, outcome, class: record.class ?? 'none' })
      if (record.role !== null && record.role !== 'cache')
        choices.inc({ role: record.role, chosen: record.chosen ?? 'order' })
      duration.observe({ ...who, stream: String(stream), outcome }, durationMs / 1000)
      if (firstTokenMs !== null) firstToken.observe(who, firstTokenMs / 1000)
      if (inputTokens !== null) tokens.inc({ ...who, direction: 'input' }, inputTokens)
      if (outputTokens !== null) tokens.inc({ ...who, direction: 'output' }, outputTokens)
      const { cacheReadTokens, cacheWriteTokens, promptCacheSavedUsd } = record
      if (cacheReadTokens !== null) promptTokens.inc({ ...who, direction: 'read' }, cacheReadTokens)
      if (cacheWriteTokens !== null) promptTokens.inc({ ...who, direction: 'written' }, cacheWriteTokens)
      const saved = promptCacheSavedUsd ?? 0
      if (saved > 0) promptSaved.inc(who, saved)
      else if (saved < 0) promptLost.inc(who, -saved)
      if (costUsd === null) unknownCost.inc(who)
      else cost.inc(who, costUsd)
      for (const labels of deedsIn(record.guardrail)) deeds.inc(labels)
    },
    onAttempt: ({ role, provider, result }) => attempts.inc({ role, provider, result }),
    onEvent: ({ provider, state }) => changes.inc({ role: provider, state }),
  }
}

/** The deeds in a record's words: `truncated;limit=tokens-in, cheaper-model;limit=cost`. */
function deedsIn(guardrail: string | null): { deed: string; limit: string }[] {
  return (guardrail ?? '').split(', ').flatMap((text) => {
    const [, deed, limit] = /^([^;]+);limit=(.+)$/.exec(text) ?? []
    return deed === undefined || limit === undefined ? [] : [{ deed, limit }]
  })
}
