import { EXIT, GamedayError } from '../../base/index.ts'

/** Somebody left while a question stood open: Ctrl-C, the end of the input, or a signal. Nothing failed. */
export class LeftError extends GamedayError {
  override readonly name = 'LeftError'
  readonly why: 'SIGINT' | 'EOF' | 'signal'

  constructor(why: LeftError['why']) {
    super('left at a question', { code: 'LEFT', exitCode: EXIT.interrupted })
    this.why = why
  }
}
