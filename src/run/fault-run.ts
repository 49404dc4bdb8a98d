import { GamedayError, messageOf, type Clock } from '../base/index.ts'
import type { Fault, Proof } from '../faults/index.ts'
import type { EventOf, UndoPlan } from '../record/index.ts'
import { byHand, withTilde } from '../rollback/index.ts'
import { UNDO_MS, type Changes } from './changes.ts'
import type { Say } from './journalist.ts'
import type { Observations } from './observations.ts'

/** Number of the fault in the drill, and what the journal says of it. */
export interface FaultTicket {
  index: number
  phase: number
  id: string
  spec: { kind: string } & Record<string, unknown>
  target: EventOf<'fault.requested'>['target']
  /** Whose requests alone it hits; null where it hits everybody's. */
  tenant: string | null
  capMs: number
}

export interface FaultRunOptions {
  ticket: FaultTicket
  fault: Fault
  clock: Clock
  epochMs: number
  say: Say
  observations: Observations
  changes: Changes
}

type Why = EventOf<'fault.reverting'>['why']

/** How long a proof is looked for between two looks. */
const LOOK_MS = 200
/** A server that has just answered has carried out what was waiting for it by then. */
const STRAGGLERS_MS = 300
/** So near to its cap a fault may have been ended by the gate already; so long after it, its undoing may take. */
const CAP_SLACK_MS = 1000

/**
 * One fault from its plan to the proof that it is gone:
 *
 *     planned -> recorded on disk -> requested -> in force -> proven
 *                                                    |          |
 *                                                    '-> reverting -> reverted -> gone | not gone
 */
export class FaultRun {
  readonly #options: FaultRunOptions
  readonly #proving = new AbortController()
  #plan: UndoPlan | null = null
  #prover: Promise<void> | null = null
  #undoing: Promise<boolean> | null = null
  #giveUpAt = Infinity
  #requestedMs: number | null = null
  /** A call that nobody acknowledged may be carried out later, by a server that was frozen. */
  #mayStillCome = false
  inForceMs: number | null = null
  uncertaintyMs: number | null = null
  revertingMs: number | null = null
  revertedMs: number | null = null
  goneMs: number | null = null
  proven = false

  constructor(options: FaultRunOptions) {
    this.#options = options
  }

  /** Whether its undo plan is on disk: from then on it may have taken hold. */
  get planned(): boolean {
    return this.#plan !== null
  }

  /** The commands that undo it by hand; empty once it is proven gone, or if it was never applied. */
  get undoByHand(): string[] {
    return this.#plan === null || this.goneMs !== null ? [] : byHand(this.#plan)
  }

  /** Whether it is in force although its cap is over: then it is to be ended at once, whatever the agenda says. */
  outlasts(nowMs: number): boolean {
    const { capMs } = this.#options.ticket
    return (
      this.inForceMs !== null && this.revertedMs === null && nowMs > this.inForceMs + capMs + CAP_SLACK_MS
    )
  }

  /** Number of the fault in the drill. */
  get number(): number {
    return this.#options.ticket.index
  }

  /** Number of its phase in the agenda: two faults of one phase are in force together. */
  get phase(): number {
    return this.#options.ticket.phase
  }

  /** Whether a hand does it and undoes it. */
  get byHand(): boolean {
    return this.#options.fault.byHand === true
  }

  /** How long its undoing may take, of the time that there is: a hand is waited for until the cap, however long that is. */
  undoMs(leftMs: number): number {
    const { ticket, clock, epochMs } = this.#options
    // It may have been done although nobody has seen it yet.
    const sinceMs = this.inForceMs ?? this.#requestedMs
    if (!this.byHand || sinceMs === null) return leftMs
    return Math.max(leftMs, sinceMs + ticket.capMs - (clock.now() - epochMs))
  }

  get capMs(): number {
    return this.#options.ticket.capMs
  }

  /** What is to be said when it outlasts its cap. */
  get capText(): string {
    const { ticket, fault } = this.#options
    return `${fault.kind} on the ${ticket.target} is still in force past its cap of ${ticket.capMs / 1000} s`
  }

  /** What it hits, and how. */
  get site() {
    const { ticket, fault } = this.#options
    const { network, whole } = fault
    return { kind: fault.kind, target: ticket.target, network, whole, tenant: ticket.tenant }
  }

  /**
   * Writes the undo plan, applies the fault, and begins to look for its proof. Throws what kept it from it, or the
   * signal's reason if the run was stopped before anything was changed.
   */
  async begin(stopped: AbortSignal): Promise<void> {
    const { ticket, fault, clock, epochMs, say, changes } = this.#options
    const { index, capMs, target, spec, phase } = ticket
    const undo = await fault.plan()
    stopped.throwIfAborted()
    const { plan, file } = changes.record(undo, ticket.id, this.byHand ? null : capMs)
    this.#plan = plan
    say({ type: 'rollback.recorded', fault: index, plan: plan.id, what: plan.what, file: withTilde(file) })
    const { kind, ...parameters } = spec
    const { network, whole, cutsOnRevert } = fault
    say({
      type: 'fault.requested',
      fault: index,
      kind,
      target,
      parameters,
      network,
      whole,
      ...(cutsOnRevert === true ? { cutsOnRevert } : {}),
      capMs,
      phase,
    })

    // Saying so may have ended the drill, for one by a full disk.
    stopped.throwIfAborted()
    changes.permit()
    const beforeMs = clock.now()
    this.#requestedMs = beforeMs - epochMs
    this.#mayStillCome = true
    const applied = await fault.apply(stopped)
    this.#mayStillCome = false
    const afterMs = clock.now()
    this.inForceMs = afterMs - epochMs
    this.uncertaintyMs = afterMs - (applied?.sinceMs ?? beforeMs)
    const detail = await fault.readBack()
    // Stamped with the acknowledgement, not with the reading back that confirms it.
    say({ type: 'fault.in-force', fault: index, uncertaintyMs: this.uncertaintyMs, detail }, this.inForceMs)
    this.#prover = this.#prove(this.inForceMs).catch((error: unknown) => this.#doubt(messageOf(error)))
  }

  /** Looks at the load's own requests until they show the fault. */
  async #prove(inForceMs: number): Promise<void> {
    const { ticket, fault, clock, say, observations } = this.#options
    const { signal } = this.#proving
    let reason = 'nothing was seen'
    while (!signal.aborted) {
      const seen = fault.prove(observations.evidence(inForceMs, ticket.target))
      if (seen.proven) {
        this.proven = true
        say({ type: 'fault.proven', fault: ticket.index, proof: seen.proof, evidence: seen.evidence })
        return
      }
      reason = seen.reason
      await clock.sleep(LOOK_MS, signal).catch(() => undefined) // Woken because the fault is being undone.
    }
    this.#doubt(reason)
  }

  /** Says that the fault is not proven, or no longer: the last word counts. */
  #doubt(reason: string): void {
    this.proven = false
    this.#options.say({ type: 'fault.not-proven', fault: this.#options.ticket.index, reason })
  }

  /**
   * Undoes the fault and proves that it is gone, trying again until `deadlineMs` from now. Returns whether it was
   * proven. Safe to call twice: the second caller can only bring the deadline nearer.
   */
  end(why: Why, deadlineMs = UNDO_MS): Promise<boolean> {
    this.#giveUpAt = Math.min(this.#giveUpAt, this.#options.clock.now() + deadlineMs)
    // Deferred: what it says first may end the drill, and whoever hears of that undoes this very fault.
    this.#undoing ??= Promise.resolve().then(() => this.#end(why))
    return this.#undoing
  }

  async #end(why: Why): Promise<boolean> {
    const { ticket, fault, clock, epochMs, say, changes } = this.#options
    const plan = this.#plan
    if (plan === null) return true
    this.#proving.abort()
    this.revertingMs = clock.now() - epochMs
    say({ type: 'fault.reverting', fault: ticket.index, why })
    if (why === 'agenda') await this.#doubtIfVanished()
    for (;;) {
      let reason: string
      try {
        if (this.revertedMs === null) await this.#revert(plan)
        let gone = await fault.proveGone()
        if (gone.proven && this.#mayStillCome) gone = await this.#proveOnceMore()
        if (gone.proven) return this.#settle(plan, gone.proof, gone.evidence)
        reason = gone.reason
      } catch (error) {
        reason = messageOf(error)
      }
      const otherwise = await changes.goneOtherwise(plan)
      if (otherwise !== null) return this.#settle(plan, otherwise, [])
      if (clock.now() + LOOK_MS > this.#giveUpAt) return this.#giveUp(plan, reason)
      await clock.sleep(LOOK_MS)
    }
  }

  /**
   * Looks once more when everything is taken down: what could not be undone by itself went with the proxy it was on.
   */
  async lookAgain(): Promise<void> {
    const plan = this.#plan
    if (plan === null || this.goneMs !== null) return
    const otherwise = await this.#options.changes.goneOtherwise(plan)
    if (otherwise !== null) this.#settle(plan, otherwise, [])
  }

  /**
   * A fault that somebody else undid meanwhile was not in force throughout, and what was measured under it means
   * little. Not asked once its cap may have ended it, nor of a server that does not answer.
   */
  async #doubtIfVanished(): Promise<void> {
    const { ticket, fault, clock, epochMs } = this.#options
    if (clock.now() - epochMs > (this.inForceMs ?? 0) + ticket.capMs - CAP_SLACK_MS) return
    try {
      await fault.readBack()
    } catch (error) {
      if (!(error instanceof GamedayError))
        this.#doubt(`it was no longer in force when it was to be undone: ${messageOf(error)}`)
    }
  }

  async #proveOnceMore(): Promise<Proof> {
    const { fault, clock } = this.#options
    await clock.sleep(STRAGGLERS_MS)
    await fault.revert()
    this.#mayStillCome = false
    return fault.proveGone()
  }

  async #revert(plan: UndoPlan): Promise<void> {
    const { ticket, fault, clock, epochMs, say } = this.#options
    await fault.revert()
    this.revertedMs = clock.now() - epochMs
    await this.#prover
    const detail = fault.undoes ?? plan.undo.map(({ what }) => what).join(', then ')
    say({ type: 'fault.reverted', fault: ticket.index, detail }, this.revertedMs)
  }

  #settle(plan: UndoPlan, proof: string, evidence: string[]): true {
    const { ticket, clock, epochMs, say, changes } = this.#options
    this.goneMs = clock.now() - epochMs
    say({ type: 'fault.gone', fault: ticket.index, proof, evidence })
    say({ type: 'rollback.undone', plan: plan.id, proven: true, by: 'run', detail: proof })
    changes.settle(plan)
    return true
  }

  #giveUp(plan: UndoPlan, reason: string): false {
    const { ticket, say } = this.#options
    say({ type: 'fault.not-gone', fault: ticket.index, reason, byHand: byHand(plan) })
    say({ type: 'rollback.undone', plan: plan.id, proven: false, by: 'run', detail: reason })
    return false
  }
}

/** Says why a fault could not be applied, with the code of whoever refused it. */
export function applyFailure(error: unknown): { code: string; message: string; hint: string | null } {
  if (error instanceof GamedayError)
    return { code: error.code, message: error.message, hint: error.hint ?? null }
  return {
    code: 'FAULT_NOT_APPLIED',
    message: `the fault could not be applied: ${messageOf(error)}`,
    hint: null,
  }
}
