import { ask, type Prompt } from '../load/index.ts'
import type { Observed } from '../record/index.ts'
import type { FaultTarget } from '../base/index.ts'
import type { RunContext } from './context.ts'

/** A question whose answer is waited for while something is to be proven gone must not outlast the undoing. */
const PATIENCE_MS = 5000

/**
 * Asks a provider directly, through its proxy and with its key, or the router: gameday's own probes, which the ledger knows by ids
 * that begin with p and no statistics count.
 */
export function prober(context: Pick<RunContext, 'input' | 'stage' | 'epochMs'>) {
  const { input, stage, epochMs } = context
  let asked = 0
  return (through: FaultTarget, prompt: Prompt, stream: boolean): Promise<Observed> =>
    ask({
      ...(through === 'router'
        ? {
            url: stage.router.url,
            key: stage.router.key,
            model: input.config.providers.primary.model,
            ...stage.router.access,
          }
        : {
            url: stage.proxies[through].url,
            key: stage.keys[through],
            model: input.config.providers[through].model,
            format: input.config.providers[through].format,
          }),
      prompt,
      stream,
      timeoutMs: Math.min(input.drill.load.timeout, PATIENCE_MS),
      runTag: input.runTag,
      requestId: `p${++asked}`,
      epochMs,
      clock: input.clock,
    })
}
export type Prober = ReturnType<typeof prober>

/** One prompt of each class of request, plain and as a stream. */
export function classesOf(prompts: readonly Prompt[]): { class: string; prompt: Prompt; stream: boolean }[] {
  const classes = new Map<string, { class: string; prompt: Prompt; stream: boolean }>()
  for (const prompt of prompts) {
    for (const stream of prompt.stream === undefined ? [false, true] : [prompt.stream]) {
      const name = `${prompt.feature}, ${prompt.context}, ${stream ? 'stream' : 'plain'}`
      if (!classes.has(name)) classes.set(name, { class: name, prompt, stream })
    }
  }
  return [...classes.values()]
}
