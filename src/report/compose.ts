import { counts, observe, outageRequests } from '../measure/index.ts'
import type { EventOf, Records, Result } from '../record/index.ts'
import { judgeObjectives } from '../slo/index.ts'
import { composeAlerts } from './compose/alerts.ts'
import { composeBudget } from './compose/budget.ts'
import { composeClasses } from './compose/classes.ts'
import { composeDebrief } from './compose/debrief.ts'
import { cutByReverts } from './compose/cut-by-revert.ts'
import { establishFacts } from './compose/facts.ts'
import { composeFaults, objectivesOf } from './compose/faults.ts'
import { composeLoad } from './compose/load.ts'
import { composeNotes } from './compose/notes.ts'
import { composePeople } from './compose/people.ts'
import { composePhases } from './compose/phases.ts'
import { composeRollback } from './compose/rollback.ts'
import { readStory } from './compose/story.ts'
import { findAll } from './findings/find.ts'
import { decide } from './verdict.ts'

/**
 * Makes the result of a run from its records alone: pure, so that any past run, killed ones included, can be judged
 * and drawn again. Throws `RECORDS_UNREADABLE` when the journal does not even say which drill it was.
 */
export function composeResult(records: Records): Result {
  const story = readStory(records)
  const { started, ended } = story
  // They are written as they end; everything here, and the ids that findings cite, goes by when they were meant.
  const all = records.samples.toSorted((a, b) => a.intendedMs - b.intendedMs)
  const cut = cutByReverts(story, all)
  const cutSamples = new Set([...cut.values()].flat())
  const samples = all.filter((sample) => !cutSamples.has(sample))
  const { faults, outages } = composeFaults(story, { ...records, samples }, cut)
  const load = composeLoad(story, samples)
  const main = samples.filter(counts)
  const ok = main.filter(({ outcome }) => outcome === 'ok').length
  const union = outageRequests(
    samples,
    outages.map(({ span }) => span),
  )
  const { mode, attended, seed, id, command, versions, people = null, blind = false } = started.run
  const alerts = composeAlerts(story, samples)
  const facts = establishFacts({ story, faults, targets: started.targets, load, ok, alerts })

  const result: Result = {
    schema: 'gameday.result/1',
    drill: started.drill,
    run: {
      id,
      startedAt: started.at,
      endedAt: ended?.at ?? null,
      mode,
      attended,
      durationMs: ended?.atMs ?? story.lastMs,
      seed,
      command,
      versions,
      people,
      joined: [...new Set(story.of('seat.joined').map(({ by }) => by))],
      blind,
    },
    environment: started.environment,
    ...decide(facts, whyHeld(started)),
    targets: started.targets,
    objectives: outages.length === 0 ? [] : judgeObjectives(observe(union), objectivesOf(story)),
    errorBudget: composeBudget(story, outages, samples),
    phases: composePhases(story.phases, samples),
    classes: composeClasses(outages.length === 0 ? main : union),
    faults,
    people: composePeople(story),
    alerts,
    findings: [],
    notes: composeNotes(story),
    debrief: composeDebrief(story),
    before: started.before ?? null,
    load,
    rollback: composeRollback(story),
  }
  return {
    ...result,
    findings: findAll({
      result,
      story,
      outages,
      main,
      attempts: records.attempts.filter(({ lane }) => lane === 'main'),
    }),
  }
}

function whyHeld({ drill, alerts }: EventOf<'run.started'>): string {
  const objectives = {
    slo: 'every objective was met in every outage',
    behaviour: 'no objective was missed in any outage (the SLO is not claimed)',
    recovery: 'only the recovery is claimed',
  }[drill.claim]
  const onPurpose = alerts?.expected ?? []
  const but = onPurpose.length === 0 ? '' : ` but ${onPurpose.join(', ')}, which is missed on purpose`
  const paged = (alerts?.expected ?? null) === null ? '' : ' the right alerts fired and no others,'
  return `every fault was proven, ${objectives}${but},${paged} every failover target was reached, and everything is proven restored`
}
