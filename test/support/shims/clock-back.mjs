// Preloaded into the program and its workers: the wall clock goes back by an hour in the middle of the run.
const RealDate = globalThis.Date
const AFTER_MS = Number(process.env.GAMEDAY_TEST_CLOCK_BACK_AFTER ?? 10_000)
const offset = () => (performance.now() > AFTER_MS ? -3_600_000 : 0)

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offset())
    else super(...parts)
  }
  static now() {
    return RealDate.now() + offset()
  }
}
