import { describe } from 'vitest'
import { REAL_SERVER_CAN_BE_HAD } from '../support/matrix-server.ts'
import { testRows } from './matrix.ts'
import { EVERY_ROW, REAL_ROWS } from './rows.ts'

if (!REAL_SERVER_CAN_BE_HAD)
  process.stderr.write(
    'SKIPPED: no row against a real Toxiproxy: TOXIPROXY_BIN is not set and there is no Go to install it with\n',
  )

describe.concurrent('a drill leaves nothing broken, however and whenever it ends', () => {
  testRows([...EVERY_ROW, ...(REAL_SERVER_CAN_BE_HAD ? REAL_ROWS : [])])
})
