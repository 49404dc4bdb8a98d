import type { ServerKind } from '../support/matrix-server.ts'
import { ENDINGS, type Ending, type EndingFacts, type Exit } from './endings.ts'
import { MOMENTS, type Moment } from './moments.ts'

/** One combination: a drill with this fault against this server, ended so and then. */
export interface Row {
  ending: Ending
  moment: Moment
  fault: 'latency' | 'refused'
  server: ServerKind
  /** How the runner may end. */
  exits: readonly Exit[]
}

export const factsOf = (ending: Ending): EndingFacts => ENDINGS[ending]

/** Whether its drill is to go on to a normal end, and hold. */
export const isToHold = ({ exits }: Row) => exits.includes(0)

export const nameOf = ({ ending, moment, fault, server }: Row) =>
  `${ending}, ${moment}: ${fault} on the ${server} server`

const endings = Object.keys(ENDINGS) as Ending[]

function row(ending: Ending, moment: Moment, server: ServerKind, turn: number): Row {
  const { exits } = factsOf(ending)
  return {
    ending,
    moment,
    fault: turn % 2 === 0 ? 'latency' : 'refused',
    server,
    exits: 'before the record' in exits ? exits[moment] : exits,
  }
}

const momentsOf = (ending: Ending) => {
  const { only } = factsOf(ending)
  return only === undefined ? MOMENTS : [only]
}

/** Every ending at every moment where it makes sense, against the embedded server run alone. */
export const EVERY_ROW: readonly Row[] = MOMENTS.flatMap((moment, column) =>
  endings.flatMap((ending, index) =>
    // Neighbours in both directions differ in their fault.
    momentsOf(ending).includes(moment) ? [row(ending, moment, 'embedded', index + column)] : [],
  ),
)

/** Every ending once, the moments in turn. */
function oneOfEach(server: ServerKind, from: number): Row[] {
  return endings.map((ending, index) => {
    const moments = momentsOf(ending)
    return row(ending, moments[(from + index) % moments.length]!, server, index)
  })
}

/** A row of each ending, and so of each moment too, for the tests of every day. */
export const ROW_OF_EACH: readonly Row[] = oneOfEach('embedded', 3)

/** A row of each ending and each moment against the original server, moments and faults paired otherwise. */
export const REAL_ROWS: readonly Row[] = oneOfEach('real', 0)
