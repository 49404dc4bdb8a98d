import { GamedayError, messageOf, type Clock } from '../base/index.ts'
import type { Fault, Proof } from '../faults/index.ts'
import type { EventOf, UndoPlan } from '../record/index.ts'
import { byHand, withTilde, type RollbackRecords } from '../rollback/index.ts'
import type { Say } from './journalist.ts'
import type { Observations } from './observations.ts'

/** Number of the fault in the drill, and what the journal says of it. */
export interface FaultTicket {
  index: number
  phase: number
  id: string
  spec: { kind: string } & Record<string, unknown>
  target: EventOf<'fault.requested'>['target']
  capMs: number
}

export interface FaultRunOptions {
  ticket: FaultTicket
  fault: Fault
  run: string
  clock: Clock
  epochMs: number
  say: Say
  observations: Observations
  records: RollbackRecords
}

type Why = EventOf<'fault.reverting'>['why']

/** How long a proof is looked for between two looks. */
const LOOK_MS = 200
/** Undoing is tried again for so long before it counts as failed, when nobody gives it more. */
const UNDO_MS = 15_000

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

  /** What it hits, and how. */
  get site() {
    const { ticket, fault } = this.#options
    return { kind: fault.kind, target: ticket.target, network: fault.network, whole: fault.whole }
  }

  /** Writes the undo plan, applies the fault, and begins to look for its proof. Throws what kept it from it. */
  async begin(): Promise<void> {
    const { ticket, fault, clock, epochMs, say, run, records } = this.#options
    const { index, capMs, target, spec, phase } = ticket
    const undo = await fault.plan()
    const plan: UndoPlan = {
      schema: 'gameday.undo/1',
      id: ticket.id,
      run,
      ...undo,
      writtenAt: clock.wall().toISOString(),
      deadlineAt: new Date(clock.wall().getTime() + capMs).toISOString(),
    }
    const file = records.write(plan)
    this.#plan = plan
    say({ type: 'rollback.recorded', fault: index, plan: plan.id, what: plan.what, file: withTilde(file) })
    const { kind, ...parameters } = spec
    say({
      type: 'fault.requested',
      fault: index,
      kind,
      target,
      parameters,
      network: fault.network,
      whole: fault.whole,
      capMs,
      phase,
    })

    const beforeMs = clock.now()
    await fault.apply()
    const afterMs = clock.now()
    this.inForceMs = afterMs - epochMs
    this.uncertaintyMs = afterMs - beforeMs
    const detail = await fault.readBack()
    // Stamped with the acknowledgement, not with the reading back that confirms it.
    say({ type: 'fault.in-force', fault: index, uncertaintyMs: this.uncertaintyMs, detail }, this.inForceMs)
    this.#prover = this.#prove(this.inForceMs)
  }

  /** Looks at the load's own requests until they show the fault. */
  async #prove(inForceMs: number): Promise<void> {
    const { ticket, fault, clock, say, observations } = this.#options
    const { signal } = this.#proving
    let last: Proof = { proven: false, reason: 'nothing was seen' }
    while (!signal.aborted) {
      last = fault.prove(observations.evidence(inForceMs))
      if (last.proven) {
        this.proven = true
        say({ type: 'fault.proven', fault: ticket.index, proof: last.proof, evidence: last.evidence })
        return
      }
      await clock.sleep(LOOK_MS, signal).catch(() => undefined) // Woken because the fault is being undone.
    }
    say({ type: 'fault.not-proven', fault: ticket.index, reason: last.proven ? '' : last.reason })
  }

  /**
   * Undoes the fault and proves that it is gone, trying again until `deadlineMs` from now. Returns whether it was
   * proven. Safe to call twice: the second caller waits for the first one's answer.
   */
  end(why: Why, deadlineMs = UNDO_MS): Promise<boolean> {
    this.#undoing ??= this.#end(why, deadlineMs)
    return this.#undoing
  }

  async #end(why: Why, deadlineMs: number): Promise<boolean> {
    const { ticket, fault, clock, epochMs, say, records } = this.#options
    const plan = this.#plan
    if (plan === null) return true
    const { index } = ticket
    this.#proving.abort()
    this.revertingMs = clock.now() - epochMs
    say({ type: 'fault.reverting', fault: index, why })
    const giveUpAt = clock.now() + deadlineMs
    let reason = ''
    for (;;) {
      try {
        if (this.revertedMs === null) {
          await fault.revert()
          this.revertedMs = clock.now() - epochMs
          await this.#prover
          say(
            {
              type: 'fault.reverted',
              fault: index,
              detail: plan.undo.map(({ what }) => what).join(', then '),
            },
            this.revertedMs,
          )
        }
        const proof = await fault.proveGone()
        if (proof.proven) {
          this.goneMs = clock.now() - epochMs
          say({ type: 'fault.gone', fault: index, proof: proof.proof, evidence: proof.evidence })
          records.remove(plan)
          say({ type: 'rollback.undone', plan: plan.id, proven: true, by: 'run', detail: proof.proof })
          return true
        }
        reason = proof.reason
      } catch (error) {
        reason = messageOf(error)
      }
      if (clock.now() + LOOK_MS > giveUpAt) break
      await clock.sleep(LOOK_MS)
    }
    say({ type: 'fault.not-gone', fault: index, reason, byHand: byHand(plan) })
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
