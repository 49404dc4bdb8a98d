import { ALERTS, type AlertId } from '../base/index.ts'
import { breakScale } from '../drill/index.ts'
import type { EventOf } from '../record/index.ts'
import type { Stage } from '../stage/index.ts'
import type { RunInput } from './input.ts'

const MS_PER_DAY = 86_400_000

function startedAlerts({ drill, planned }: RunInput): NonNullable<EventOf<'run.started'>['alerts']> {
  const scale = breakScale(planned)
  const windowOf = (id: AlertId) =>
    Math.round((ALERTS.find((alert) => alert.id === id)?.windowMs ?? 0) * scale)
  return {
    expected: drill.alerts?.expected ?? null,
    windowsMs: { p95: windowOf('p95'), success: windowOf('success'), cost: windowOf('cost') },
  }
}

/** The first line of the journal: everything about the run that the result needs and no other line repeats. */
export function startedEvent(input: RunInput, stage: Stage): EventOf<'run.started'> {
  const { drill, config, setAside = [] } = input
  const { objectives, targets, traffic, load } = drill
  return {
    type: 'run.started',
    run: {
      id: input.runId,
      tag: input.runTag,
      mode: input.mode,
      attended: input.mode === 'attended',
      seed: input.seed,
      command: input.command,
      versions: input.versions,
      ...(input.people === null ? {} : { people: input.people }),
      ...(input.blind ? { blind: true } : {}),
    },
    drill: {
      name: drill.name,
      title: drill.title,
      file: drill.file,
      sha256: drill.sha256,
      claim: drill.claim,
      hypothesis: drill.hypothesis,
    },
    objectives: {
      success: objectives.success,
      p95Ms: objectives.p95,
      costUsd: objectives.cost,
      windowDays: objectives.window / MS_PER_DAY,
      requests: objectives.requests,
    },
    targets: { failoverMs: targets.failover, failbackMs: targets.failback, taxMs: targets.tax },
    traffic: {
      perSecond: traffic.rate,
      countsAgainstBudget: traffic.countsAgainstBudget,
      spentBefore: config.errorBudget.spent ?? null,
      ...(input.spentFrom === undefined ? {} : { spentFrom: input.spentFrom }),
    },
    load: {
      perSecond: input.perSecond,
      arrivals: load.arrivals,
      timeoutMs: load.timeout,
      controlShare: load.controlShare,
    },
    environment: {
      ...stage.environment,
      router: {
        ...stage.environment.router,
        ...(input.bypass === null ? {} : { bypass: input.bypass }),
        ...(setAside.length === 0 ? {} : { setAside: [...setAside] }),
      },
    },
    phases: input.planned.map(({ name, kind, plannedMs }) => ({ name, kind, plannedMs })),
    alerts: startedAlerts(input),
    despiteFreeze: input.despiteFreeze,
    ...(input.before === null ? {} : { before: input.before }),
  }
}
