import type { ProviderRole } from '../../base/index.ts'
import type { Observed } from '../../record/index.ts'
import { why } from '../path-check/why.ts'
import type { Addition } from '../path-check/types.ts'
import type { Stroke, Struck } from './failover.ts'
import type { Finding } from './types.ts'
import { seconds, tookMs } from './words.ts'

const SAYS: Record<Stroke, string> = { silent: 'says nothing', failing: 'answers 500' }

/**
 * Says of a question whose primary was broken for it how the router took it: whether it left the primary while its
 * client still waited, and whether it knows the secondary by the stage. Pure.
 */
export function judgeFailover(
  { stroke, answer, attempts }: Struck,
  { timeoutMs, urls }: { timeoutMs: number; urls: Record<ProviderRole, string> },
): Finding {
  const targets: Addition = { to: 'router', what: 'targets', urls }
  const about = { part: 'failover', check: `a ${stroke} primary` } as const
  const lack = { ...about, state: 'lack' } as const
  const primary = attempts.filter(({ provider }) => provider === 'primary')
  const secondary = attempts.filter(({ provider }) => provider === 'secondary')
  const limit = `${seconds(timeoutMs)} that a client waits`
  const tried = primary.length === 1 ? 'once' : `${primary.length} times`
  // An attempt that is still under way is not told yet.
  const isHeld = stroke === 'silent' && answer.outcome === 'timeout' && attempts.length === 0

  if (!isHeld && !primary.some(({ fault }) => fault !== null)) {
    return {
      ...lack,
      detail: `not shown: ${primary.length === 0 ? 'the router did not ask the primary at all' : 'the primary was asked without the marker that it was to be broken for'} (${why(answer)})`,
      hint: 'If its circuit is open, wait until it has closed, and try again.',
    }
  }
  if (answer.outcome === 'ok') {
    const server = attempts.find(({ tag }) => tag === answer.tag)
    if (server === undefined) {
      return {
        ...lack,
        detail: `the answer came from somewhere that no gate sees: the router is pointed at the stage for the primary only`,
        hint: 'Point it at the stage for the secondary as well: else a drill ends by the rule off-stage.',
        add: targets,
      }
    }
    const left = seconds(server.startMs - (answer.startedMs ?? 0))
    return {
      ...about,
      state: 'ok',
      detail: `a primary that ${SAYS[stroke]} was asked ${tried}, and after ${left} the ${server.provider}; the answer was there after ${seconds(tookMs(answer))} of the ${limit}`,
    }
  }
  if (answer.outcome === 'timeout') {
    const asked = `a primary that ${SAYS[stroke]} was ${isHeld ? 'waited for' : `asked ${tried}`}`
    return {
      ...lack,
      detail: `${asked}, and ${secondaryAfter(secondary[0]?.startMs, answer)}the ${limit} were over: every measurement would be the client’s timeout`,
      hint: 'Let it give up on one provider well before its clients do, and retry at the other and not at the same.',
      add: { to: 'router', what: 'timeouts', clientMs: timeoutMs },
    }
  }
  return {
    ...lack,
    detail: `a primary that ${SAYS[stroke]} was asked ${tried}, ${secondary.length === 0 ? 'and the secondary not at all' : `the secondary ${secondary.length === 1 ? 'once' : `${secondary.length} times`}`}; after ${seconds(tookMs(answer))} the client was told ${why(answer)}`,
    hint:
      secondary.length === 0
        ? 'Name the secondary as what it falls back on, also after this failure.'
        : 'Its own log says why the secondary’s answer did not do.',
    add: targets,
  }
}

function secondaryAfter(atMs: number | undefined, { startedMs }: Observed): string {
  return atMs === undefined
    ? 'the secondary not before '
    : `the secondary only after ${seconds(atMs - (startedMs ?? 0))}, before whose answer `
}
