import { describe } from 'vitest'
import { REAL_SERVER_CAN_BE_HAD } from '../support/matrix-server.ts'
import { testRows } from './matrix.ts'
import { EVERY_ROW, nameOf, REAL_ROWS, ROW_OF_EACH } from './rows.ts'

if (!REAL_SERVER_CAN_BE_HAD)
  process.stderr.write(
    'SKIPPED: no row against a real Toxiproxy: TOXIPROXY_BIN is not set and there is no Go to install it with\n',
  )

/** Set where `npm test` has been run just before: its rows, a sixth of all, need not be held twice. */
const held = new Set(process.env['GAMEDAY_TEST_ROWS'] === 'rest' ? ROW_OF_EACH.map(nameOf) : [])

describe.concurrent('a drill leaves nothing broken, however and whenever it ends', () => {
  testRows([
    ...EVERY_ROW.filter((row) => !held.has(nameOf(row))),
    ...(REAL_SERVER_CAN_BE_HAD ? REAL_ROWS : []),
  ])
})
