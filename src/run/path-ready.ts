import { GamedayError, messageOf } from '../base/index.ts'
import { setAsideInWords } from '../drill/index.ts'
import type { RunContext } from './context.ts'
import { accessTo } from './path-check/access.ts'
import { checkPath } from './path-check/check.ts'

/** A check must not keep people waiting for as long as a drill's client may wait. */
const PATIENCE_MS = 10_000

/**
 * Makes sure before anything else that a router which was there before the drill is one that can be drilled on its
 * stage; else the drill ends as not ready. A router that the run starts itself is pointed where it should be.
 */
export async function pathReady({ input, stage, say, ending }: RunContext): Promise<void> {
  const [prompt] = input.prompts
  if (input.standing === undefined || prompt === undefined) return
  const { drill, config, runTag, clock, setAside = [] } = input
  if (setAside.length > 0)
    say({ type: 'check', check: 'settings', passed: true, detail: setAsideInWords(setAside) })
  try {
    const findings = await checkPath({
      router: accessTo(stage.router, config.providers),
      stage,
      providers: config.providers,
      prompt,
      streams: drill.load.streams > 0,
      timeoutMs: Math.min(PATIENCE_MS, drill.load.timeout),
      runTag,
      clock,
    })
    for (const { check, passed, detail, hint } of findings) {
      const text = hint === undefined ? detail : `${detail}. ${hint}`
      say({ type: 'check', check, passed, detail: text })
      if (!passed) ending.decide({ reason: 'not-ready', rule: check, detail: text })
    }
  } catch (error) {
    if (!(error instanceof GamedayError)) throw error
    ending.decide({ reason: 'not-ready', rule: error.code, detail: messageOf(error), cause: error })
  }
}
