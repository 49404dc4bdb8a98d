// Preloaded into the program, its workers and its watchdog: the wall clock goes back by an hour for all of them as soon
// as the file GAMEDAY_TEST_CLOCK_BACK_WHEN is there.
import { existsSync } from 'node:fs'

const RealDate = globalThis.Date
const { GAMEDAY_TEST_CLOCK_BACK_WHEN: when = '' } = process.env
let back = false
const offset = () => {
  back ||= existsSync(when)
  return back ? -3_600_000 : 0
}

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offset())
    else super(...parts)
  }
  static now() {
    return RealDate.now() + offset()
  }
}
