import { describe, expect, it } from 'vitest'
import { ENDINGS, type Ending } from './endings.ts'
import { MOMENTS } from './moments.ts'
import { EVERY_ROW, REAL_ROWS, ROW_OF_EACH, type Row } from './rows.ts'

const endings = Object.keys(ENDINGS) as Ending[]
const distinct = (rows: readonly Row[], of: keyof Row) => [...new Set(rows.map((row) => row[of]))]

describe('the rows of the matrix', () => {
  it('are every ending at every moment where it makes sense, 103 of them', () => {
    const pairs = EVERY_ROW.map(({ ending, moment }) => `${ending}, ${moment}`)
    expect(pairs).toHaveLength(new Set(pairs).size)
    expect(pairs).toHaveLength((endings.length - 1) * MOMENTS.length + 1)
    expect(pairs).toHaveLength(103)
  })

  it.each(endings)('end %s under both faults, wherever there is more than one row', (ending) => {
    const rows = EVERY_ROW.filter((row) => row.ending === ending)
    expect(distinct(rows, 'fault')).toHaveLength(Math.min(2, rows.length))
  })

  it('meet every ending, every moment and both faults against the original server', () => {
    expect(distinct(REAL_ROWS, 'ending')).toEqual(endings)
    expect(distinct(REAL_ROWS, 'moment')).toHaveLength(MOMENTS.length)
    expect(distinct(REAL_ROWS, 'fault')).toHaveLength(2)
  })

  it('are one of each ending for every day, over all moments and both faults', () => {
    expect(ROW_OF_EACH.map(({ ending }) => ending)).toEqual(endings)
    expect(distinct(ROW_OF_EACH, 'moment')).toHaveLength(MOMENTS.length)
    expect(distinct(ROW_OF_EACH, 'fault')).toHaveLength(2)
  })
})
