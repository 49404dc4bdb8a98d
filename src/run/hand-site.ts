import type { ProviderRole } from '../base/index.ts'
import type { HandSite } from '../faults/index.ts'
import type { RunContext } from './context.ts'

/**
 * The hand that does what gameday cannot: a person's where the drill is attended. The script's, at the console of a
 * simulated vendor, where nobody is there.
 */
export function handSite(
  { input, stage, say, epochMs }: RunContext,
  { fault, target, untilMs }: { fault: number; target: ProviderRole; untilMs: number },
): HandSite {
  const { clock, mode, config } = input
  const provider = config.providers[target]
  const { gate, vendorConsole } = stage
  const by = mode === 'attended' ? 'person' : 'script'
  return {
    clock,
    untilMs,
    provider:
      provider.kind === 'real'
        ? {
            name: provider.name,
            kind: 'real',
            model: provider.model,
            url: provider.baseUrl,
            keyVariable: provider.key,
            consoleUrl: null,
          }
        : {
            name: provider.name,
            kind: 'simulated',
            model: provider.model,
            url: stage.gateUrl,
            keyVariable: null,
            consoleUrl: vendorConsole[target],
          },
    script:
      mode === 'attended'
        ? null
        : {
            revoke: () => gate.vendorKey(vendorConsole[target], 'revoke'),
            restore: () => gate.vendorKey(vendorConsole[target], 'restore'),
          },
    asked: (to, steps) => {
      say({ type: 'hand.asked', fault, to })
      for (const text of steps) say({ type: 'said', role: 'operator', text })
    },
    done: (to, lastMs) => void say({ type: 'hand.done', fault, to, by, lastMs: lastMs - epochMs }),
  }
}
