import { EXIT } from '../../base/index.ts'
import { describeObjective, describeTarget, loadDoubts } from '../compose/facts.ts'
import { judgedTenants } from '../compose/tenants.ts'
import type { FaultResult, ObjectiveResult, Result } from '../../record/index.ts'
import { judgeTargets } from '../targets.ts'
import { writeJunit, type Case, type CaseEnd, type Suite } from './xml.ts'

/**
 * Makes the JUnit report: for every fault a case for its proof, each objective, each failover target and the proof
 * that it is gone; for the run the load and the rollback. Missed is a failure, a broken tool an error, inconclusive
 * is skipped with its reason.
 */
export function composeJunit(result: Result): string {
  const { drill, run } = result
  return writeJunit({
    name: `gameday ${drill.name}`,
    timeMs: run.durationMs,
    timestamp: new Date(run.startedAt).toISOString().slice(0, 19),
    properties: [
      ['verdict', result.verdict ?? 'none'],
      ['exitCode', String(result.exitCode)],
      ['decidedBy', result.decidedBy],
      ['run', run.id],
      ['seed', String(run.seed)],
      ['drill.sha256', drill.sha256],
      ...Object.entries(run.versions).map(([name, version]): [string, string] => [
        `version.${name}`,
        version,
      ]),
    ],
    suites: [runSuite(result), ...result.faults.map((fault, index) => faultSuite(result, fault, index + 1))],
  })
}

function runSuite(result: Result): Suite {
  const { drill, load, phases } = result
  const ok = phases.reduce((sum, phase) => sum + phase.ok, 0)
  const doubts = loadDoubts(load, ok)
  return {
    name: drill.name,
    cases: [
      { name: 'run.completed', ...completed(result) },
      {
        name: 'load.trusted',
        ...(doubts.length === 0 ? passed : { end: 'error', message: doubts.join('; ') }),
      },
      { name: 'rollback.restored', ...restored(result) },
    ],
  }
}

const passed: CaseEnd = { end: 'passed' }
const STOPPED: readonly number[] = [EXIT.internal, EXIT.interrupted, EXIT.aborted, EXIT.notReady]

function completed({ exitCode, decidedBy, run }: Result): CaseEnd {
  if (STOPPED.includes(exitCode)) return { end: 'error', message: decidedBy }
  return run.endedAt === null ? { end: 'error', message: 'the records end before the drill did' } : passed
}

function restored({ rollback, faults, decidedBy, exitCode }: Result): CaseEnd {
  if (faults.every(({ requestedMs }) => requestedMs === null))
    return { end: 'skipped', message: 'nothing was broken, so there was nothing to undo' }
  if (rollback.proven) return passed
  return {
    end: 'error',
    message: exitCode === EXIT.rollbackFailed ? decidedBy : 'nothing proves that every fault is gone',
  }
}

function faultSuite(result: Result, fault: FaultResult, number: number): Suite {
  const name = `${result.drill.name}.fault-${number}.${fault.kind}`
  if (fault.skipped !== null) {
    // The fault before did not recover: that is the system's failure, and it must not look like a pass.
    return { name, cases: [{ name: 'proof.in-force', end: 'failure', message: `skipped: ${fault.skipped}` }] }
  }
  const objectiveCase = (prefix: string, objective: ObjectiveResult): Case => ({
    name: `${prefix}.${objective.id}`,
    ...judged(
      fault,
      // Where only the recovery is claimed an objective can be met, and cannot fail anything.
      result.drill.claim === 'recovery' && objective.verdict === 'missed'
        ? 'inconclusive'
        : objective.verdict,
      describeObjective(objective),
    ),
  })
  const objectives = fault.objectives.map((objective) => objectiveCase('objective', objective))
  const byTenant = judgedTenants(fault).flatMap(({ tenant, objectives: own }) =>
    own.map((objective) => objectiveCase(`tenant.${tenant}`, objective)),
  )
  const targets = judgeTargets(fault, result.targets).map((target): Case => ({
    name: `failover.${target.id}`,
    ...(target.observedMs === null ? {} : { timeMs: Math.max(0, target.observedMs) }),
    ...judged(fault, target.verdict, describeTarget(target)),
  }))
  return {
    name,
    cases: [
      { name: 'proof.in-force', ...inForce(fault) },
      ...objectives,
      ...byTenant,
      ...targets,
      { name: 'proof.gone', ...gone(fault) },
    ],
  }
}

/** What was seen under a fault that was not proven is no evidence either way. */
function judged(
  { provenMs }: FaultResult,
  verdict: 'met' | 'missed' | 'inconclusive',
  message: string,
): CaseEnd {
  if (provenMs === null) return { end: 'skipped', message: `the fault was not proven; ${message}` }
  if (verdict === 'met') return passed
  return { end: verdict === 'missed' ? 'failure' : 'skipped', message }
}

function inForce({ provenMs, inForceMs }: FaultResult): CaseEnd {
  if (provenMs !== null) return passed
  return {
    end: 'error',
    message:
      inForceMs === null ? 'the fault never came into force' : 'nothing shows that the fault took hold',
  }
}

function gone({ goneMs, requestedMs }: FaultResult): CaseEnd {
  if (goneMs !== null) return passed
  if (requestedMs === null) return { end: 'skipped', message: 'the fault was never asked for' }
  return { end: 'error', message: 'nothing that the run recorded proves that the fault is gone' }
}
