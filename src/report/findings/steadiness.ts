import type { Sample } from '../../record/index.ts'
import { baselineSpan, struckLater } from '../compose/nearby.ts'
import { count, counted, percent, sentence } from '../format.ts'
import { allowedShare, hasFailed, idsOf, outageName, type Case, type Draft, type Rule } from './rule.ts'

/** More failures than the promise allows, and more than one, which may be chance in a short phase. */
function tooMany(about: Case, requests: readonly Sample[]): Sample[] | null {
  const failures = requests.filter(hasFailed)
  return failures.length >= 2 && failures.length > allowedShare(about) * requests.length ? failures : null
}

/** Requests failed before anything was broken. */
export const baselineFailures: Rule = {
  id: 'baseline-failures',
  find: (about) => {
    const span = baselineSpan(about.story)
    const requests =
      span === null
        ? []
        : about.main.filter(({ intendedMs }) => intendedMs >= span.fromMs && intendedMs < span.toMs)
    const failures = tooMany(about, requests)
    if (failures === null) return []
    return [
      {
        severity: 'major',
        title: `${count(failures.length)} of ${counted(requests.length, 'request')} (${percent(failures.length / requests.length, 1)}) failed in the baseline, before anything was broken.`,
        evidence: idsOf(failures),
        recommendation:
          'Repair this first: with failures in the steady state no number of the outage can be put down to the fault alone.',
      },
    ]
  },
}

/** Requests failed after the fault had been undone. */
export const recoveryFailures: Rule = {
  id: 'recovery-failures',
  find: (about) =>
    about.outages.flatMap((outage): Draft[] => {
      const { revertedMs } = outage.result
      const endMs = outage.story.restoreEndMs
      if (revertedMs === null) return []
      const struck = struckLater(about.story, outage.story)
      const requests = about.main.filter(
        (sample) => sample.intendedMs >= revertedMs && sample.intendedMs < endMs && !struck(sample),
      )
      const failures = tooMany(about, requests)
      if (failures === null) return []
      return [
        {
          severity: 'major',
          title: `${sentence(outageName(outage))}: ${count(failures.length)} of ${counted(requests.length, 'request')} failed after it had been undone.`,
          evidence: idsOf(failures),
          recommendation:
            'Going home hurt: the router should try the restored provider with single requests that can still go elsewhere, before it sends everything there.',
        },
      ]
    }),
}
