import { describe } from 'vitest'
import { testRows } from './matrix.ts'
import { ROW_OF_EACH } from './rows.ts'

describe.concurrent('a drill leaves nothing broken, a row of each ending', () => {
  testRows(ROW_OF_EACH)
})
