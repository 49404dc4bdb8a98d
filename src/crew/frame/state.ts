import { tPlus } from '../../base/index.ts'
import type { LiveStatus } from '../crew.ts'
import type { Tone } from './pen.ts'

export interface State {
  /** What somebody on the call understands who knows nothing of the drill. */
  text: string
  tone: Tone
}

/** Says in one line how things are, from what is known right now. */
export function stateOf(status: LiveStatus): State {
  const { fault, phase, load, stopping } = status
  if (stopping) {
    return fault === null
      ? { text: 'STOPPED, NOTHING IS BROKEN', tone: 'quiet on' }
      : { text: 'STOPPED, RESTORING', tone: 'hurt on' }
  }
  if (fault !== null) {
    const serving = standIn(status)
    return {
      text: `BROKEN ON PURPOSE${serving === null ? '' : `, SERVED BY ${serving.toUpperCase()}`}`,
      tone: serving !== null && isWell(status) ? 'broken on' : 'hurt on',
    }
  }
  if (phase.kind === 'restore') return { text: 'RESTORED, CHECKING', tone: 'quiet on' }
  if (load === null || load.success === null) return { text: 'NOTHING IS BROKEN', tone: 'quiet on' }
  return isWell(status)
    ? { text: 'ALL WELL', tone: 'well on' }
    : { text: 'NOT WELL, AND NOT ON PURPOSE', tone: 'hurt on' }
}

/** `restore at T+13:00`; empty when nothing is planned any more. */
export function nextOf({ next, stopping, phase }: LiveStatus): string {
  if (stopping) return ''
  if (next !== null) return `next: ${next.name} at ${tPlus(next.atMs)}`
  return phase.kind === 'close' ? 'next: the end' : ''
}

/** Whether the last seconds keep what is promised, as far as so few requests can tell: one failure is not held against them. */
export function keeps({ load, limits }: LiveStatus): { success: boolean; p95: boolean } {
  if (load === null || load.success === null) return { success: true, p95: true }
  const failed = Math.round(load.n * (1 - load.success))
  const mayFail = Math.ceil(Number((load.n * (1 - limits.success)).toPrecision(12)))
  return {
    success: failed <= mayFail,
    p95: load.p95Ms === null || (load.p95Ms !== 'inf' && load.p95Ms < limits.p95Ms),
  }
}

function isWell(status: LiveStatus): boolean {
  const { success, p95 } = keeps(status)
  return success && p95
}

/** Who serves most in the place of what is broken. Where that is hidden, nothing may be told from who does not. */
function standIn({ fault, load }: LiveStatus): 'primary' | 'secondary' | null {
  if (fault === null || load === null) return null
  if (fault.target === 'router' && fault.kind !== null) return load.servedBy.primary > 0.5 ? 'primary' : null
  const other = fault.target === 'primary' || fault.kind === null ? 'secondary' : 'primary'
  return load.servedBy[other] > 0.5 ? other : null
}
