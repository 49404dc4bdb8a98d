import type { FailureClass } from '../base/index.ts'
import type { CircuitState } from './types.ts'

/**
 * The circuit of one target: whether live requests may go there. Pure: times come in, changes go out.
 *
 *     closed --credential or quota, N failures in a row, or told to wait--> open
 *     open   --due: the next live request--------------------------------> half-open   (a probe; exactly one)
 *     half-open --first content--> closed        --failure, or no verdict--> open
 *
 * A target that comes and goes would take its callers into every bad turn. One that fails again sooner than it would
 * have been tried again, had it not been taken back, is therefore taken back only after three good probes in a row, then
 * after seven, then fifteen (`decisions/0035`).
 *
 * Nobody waits for a probe: while one is under way every other request is told to go elsewhere. Results count only in
 * the era they began in, so that what was already under way when the circuit changed cannot change it back.
 */

export interface CircuitLimits {
  /** Failures in a row that open the circuit. */
  failures: number
  /** Least milliseconds from one probe's start to the next. */
  probeEvery: number
  /** Most milliseconds that a Retry-After is believed. */
  retryAfterMost: number
}

export interface CircuitChange {
  state: CircuitState
  reason: string
  class: FailureClass | null
}

/** Most good probes in a row that are asked for. */
const MOST_GOOD = 15

/** What of a failure matters here. `brief` goes into the reason, so it holds nothing a provider wrote freely. */
export interface CircuitFailure {
  class: FailureClass
  brief: string
  /** What the target asked for; null if it did not say. */
  retryAfterMs: number | null
  /** It was a stream whose first token did not come in time. */
  slowToken: boolean
  /** It was a stream that had begun with a good status: no plain answer can show that this is over. */
  inStream: boolean
  /** Content had gone to the caller already. */
  midway: boolean
}

/** The two kinds of answers: one can fail while the other is as good as ever. */
type AnswerKind = 'stream' | 'plain'

/** Leave to ask the target once. Every pass ends in `succeeded`, `failed` or `released`. */
export interface Pass {
  kind: 'live' | 'probe' | 'forced'
  era: number
  /** A stream is to be kept from its caller until it is whole: this target is known to break off in the middle. */
  whole: boolean
}

export class Circuit {
  #limits: CircuitLimits
  readonly #onChange: (change: CircuitChange, nowMs: number) => void
  #state: CircuitState = 'closed'
  #era = 0
  #inARow = { any: 0, stream: 0 }
  #slow = false
  #inStream = false
  #midway = false
  #class: FailureClass | null = null
  #nextProbeMs = 0
  #probe: { pass: Pass; startedMs: number } | null = null
  #closedMs = -Infinity
  /** Good probes in a row that it takes to close, and those that there have been. */
  #needed = 1
  #good = 0

  constructor(limits: CircuitLimits, onChange: (change: CircuitChange, nowMs: number) => void) {
    this.#limits = limits
    this.#onChange = onChange
  }

  get state(): CircuitState {
    return this.#state
  }

  /** What opened it; null while it is closed. */
  get class(): FailureClass | null {
    return this.#class
  }

  /** Other limits for what happens from here on. */
  set limits(limits: CircuitLimits) {
    this.#limits = limits
  }

  /**
   * Asks leave for a live request; null means: go elsewhere.
   *
   * A plain answer shows when it was complete and not when its first token came, nor what becomes of streams. Where
   * slow first tokens or broken streams opened the circuit, a stream is therefore the better probe, and plain requests
   * wait for one more `probeEvery`: long enough for a stream to come first, short enough that a router with plain
   * traffic alone finds its way home. Where streams broke off in the middle, the probe is kept back until it is whole,
   * so that its caller is not one more who gets half an answer.
   */
  admit(nowMs: number, stream: boolean): Pass | null {
    if (this.#state === 'closed') return { kind: 'live', era: this.#era, whole: false }
    const dueMs =
      this.#nextProbeMs + ((this.#slow || this.#inStream) && !stream ? this.#limits.probeEvery : 0)
    if (this.#state === 'half-open' || nowMs < dueMs) return null
    const pass: Pass = { kind: 'probe', era: this.#era, whole: this.#midway }
    this.#probe = { pass, startedMs: nowMs }
    this.#change('half-open', 'a live request tries the target again', nowMs)
    return pass
  }

  /** Leave for a request that has nowhere else to go. */
  force(): Pass {
    return { kind: this.#state === 'closed' ? 'live' : 'forced', era: this.#era, whole: false }
  }

  /** The first content of a stream came: what a probe is judged by. The rest of the stream counts as any other. */
  firstContent(pass: Pass, nowMs: number): void {
    if (pass.era !== this.#era || this.#state === 'closed' || !this.#isEnough(pass, nowMs)) return
    this.#close(pass, nowMs)
    pass.kind = 'live'
    pass.era = this.#era
  }

  /** The answer is complete. `tardy`: a plain one that took longer than a first token may. */
  succeeded(pass: Pass, nowMs: number, kind: AnswerKind, tardy = false): void {
    if (pass.era !== this.#era) return
    // Says nothing about first tokens, which are the complaint; a plain probe is the exception described above.
    if (tardy && this.#slow && pass.kind !== 'probe') return
    if (this.#state !== 'closed') {
      if (this.#isEnough(pass, nowMs)) this.#close(pass, nowMs)
      return
    }
    // Nor does a plain answer say anything about streams that break, which would otherwise never open the circuit.
    if (kind === 'stream' || !this.#inStream) this.#forget()
    else this.#inARow.any = 0
  }

  /** The attempt failed, before or after its first content. */
  failed(pass: Pass, nowMs: number, failure: CircuitFailure): void {
    const { failures, probeEvery, retryAfterMost } = this.#limits
    const waitMs = Math.min(failure.retryAfterMs ?? 0, retryAfterMost)
    // One that was good at first content may break off later.
    if (pass.kind === 'probe') this.#good = 0
    if (pass === this.#probe?.pass) {
      const { startedMs } = this.#probe
      this.#slow = failure.slowToken
      this.#inStream = failure.inStream
      this.#midway = failure.midway || (this.#midway && failure.inStream)
      this.#open(
        Math.max(startedMs + probeEvery, nowMs + waitMs),
        `the probe failed: ${failure.brief}`,
        failure.class,
        nowMs,
      )
    } else if (this.#state !== 'closed') {
      // A later Retry-After may ask for more time than the one that opened the circuit.
      if (waitMs > 0) this.#nextProbeMs = Math.max(this.#nextProbeMs, nowMs + waitMs)
    } else if (pass.era === this.#era) {
      const { any, stream } = this.#inARow
      this.#inARow = { any: any + 1, stream: stream + (failure.inStream ? 1 : 0) }
      this.#slow ||= failure.slowToken
      this.#inStream ||= failure.inStream
      this.#midway ||= failure.midway
      const atOnce = failure.class === 'credential' || failure.class === 'quota'
      const most = Math.max(this.#inARow.any, this.#inARow.stream)
      if (atOnce || most >= failures) {
        const reason = atOnce
          ? failure.brief
          : `${most} failures in a row${this.#inARow.any < most ? ' of streams' : ''}, the last: ${failure.brief}`
        this.#open(nowMs + Math.max(probeEvery, waitMs), reason, failure.class, nowMs)
      } else if (waitMs > 0) {
        this.#open(nowMs + waitMs, `asked to wait ${waitMs} ms: ${failure.brief}`, failure.class, nowMs)
      }
    }
  }

  /** Ends a pass without a verdict: the caller hung up, or the request itself was at fault. */
  released(pass: Pass, nowMs: number): void {
    if (pass !== this.#probe?.pass) return
    this.#probe = null
    this.#change('open', 'the probe ended without a verdict', nowMs)
  }

  /** Counts a good answer; says whether it was the last that it takes. */
  #isEnough(pass: Pass, nowMs: number): boolean {
    this.#good += 1
    if (this.#good >= this.#needed) return true
    // Each pass counts once: a stream has its first content and its end.
    pass.era = -1
    if (pass !== this.#probe?.pass) return false
    this.#nextProbeMs = Math.max(this.#nextProbeMs, this.#probe.startedMs + this.#limits.probeEvery)
    this.#probe = null
    this.#change('open', `good ${this.#good} of ${this.#needed} times in a row`, nowMs)
    return false
  }

  #open(nextProbeMs: number, reason: string, why: FailureClass, nowMs: number): void {
    if (this.#state === 'closed') {
      this.#era += 1
      const relapsed = nowMs - this.#closedMs < this.#limits.probeEvery
      this.#needed = relapsed ? Math.min(2 * this.#needed + 1, MOST_GOOD) : 1
    }
    this.#good = 0
    this.#probe = null
    this.#class = why
    this.#nextProbeMs = Math.max(this.#nextProbeMs, nextProbeMs)
    this.#change('open', reason, nowMs)
  }

  #close(pass: Pass, nowMs: number): void {
    this.#era += 1
    this.#probe = null
    this.#nextProbeMs = 0
    this.#closedMs = nowMs
    this.#class = null
    this.#forget()
    this.#change('closed', pass.kind === 'probe' ? 'the probe succeeded' : 'a last resort succeeded', nowMs)
  }

  #forget(): void {
    this.#inARow = { any: 0, stream: 0 }
    this.#slow = this.#inStream = this.#midway = false
  }

  #change(state: CircuitState, reason: string, nowMs: number): void {
    this.#state = state
    this.#onChange({ state, reason, class: this.#class }, nowMs)
  }
}
