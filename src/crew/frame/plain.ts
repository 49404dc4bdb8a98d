import { tPlus } from '../../base/index.ts'
import type { LiveStatus } from '../crew.ts'
import { minutes } from '../words.ts'
import { numbersOf, type Measured } from './numbers.ts'
import { nextOf, stateOf } from './state.ts'

/** Everything that counts right now, in one line for a log, a pipe or a screen reader. */
export function plainState(status: LiveStatus): string {
  const { atMs, phase, stopping } = status
  const now = numbersOf(status)
  return [
    `${tPlus(atMs)}  ${stateOf(status).text}`,
    stopping ? '' : `${phase.name}, ${minutes(phase.leftMs)} left`,
    nextOf(status),
    ...(now === null
      ? []
      : [`success ${inWords(now.success)}`, `p95 ${inWords(now.p95)}`, now.rate, `served by ${now.served}`]),
  ]
    .filter((part) => part !== '')
    .join(' | ')
}

const inWords = ({ value, of, limit }: Measured) => `${value} ${of} ${limit}`

/** Says how things are when the state or the phase has changed, and every so often in between; null otherwise. */
export function stateTeller(everyMs: number): (status: LiveStatus) => string | null {
  let saidKey: string | null = null
  let saidTurn = -1
  return (status) => {
    const key = `${stateOf(status).text}, ${status.phase.index}`
    const turn = Math.floor(status.atMs / everyMs)
    if (key === saidKey && turn === saidTurn) return null
    saidKey = key
    saidTurn = turn
    return plainState(status)
  }
}
