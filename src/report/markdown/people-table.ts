import type { Before, FaultResult, Result } from '../../record/index.ts'
import type { NotedMoment } from '../compose/noted-moment.ts'
import { peopleMoments, type PeopleMoments } from '../compose/people.ts'
import type { Story } from '../compose/story.ts'
import { longDate, seconds } from '../format.ts'
import { change } from './change.ts'
import { escapeMarkdown } from './escape.ts'
import type { Table } from './table.ts'

interface Row {
  name: string
  who: string
  now: number | null
  past: number | null
  /** What was written down, as last corrected. */
  words: string
}

/**
 * The people's clocks beside the router's, with what they wrote, and beside those of the last drill where there was one.
 * Null where nobody attended, or no fault came into force.
 */
export function peopleTable(result: Result, story: Story): Table | null {
  const moments = peopleMoments(story)
  const fault = result.faults.find(({ inForceMs }) => inForceMs !== null)
  if (moments === null || fault === undefined) return null
  const { before } = result
  const rows = [...peopleRows(moments, result), ...routerRows(fault, before)]
  return {
    header: [
      'clock',
      'who',
      'this drill',
      ...(before === null ? [] : [`last drill, ${longDate(before.startedAt)}`, 'change']),
      'in their words',
    ],
    align: before === null ? 'llrl' : 'llrrll',
    rows: rows.map(({ name, who, now, past, words }) => [
      name,
      escapeMarkdown(who),
      time(now),
      ...(before === null ? [] : [time(past), change(now, past)]),
      words === '' ? '' : `“${escapeMarkdown(words)}”`,
    ]),
  }
}

function peopleRows({ notice, decide, diagnose, restore }: PeopleMoments, result: Result): Row[] {
  const { before, run, notes } = result
  const past = before?.attended === true ? before.people : null
  const noted = (name: string, moment: NotedMoment | null, pastMs: number | null | undefined): Row => ({
    name,
    who: moment === null ? 'nobody' : `${moment.by} (${moment.note})`,
    now: moment?.ms ?? null,
    past: pastMs ?? null,
    words: notes.find(({ id }) => id === moment?.note)?.text ?? '',
  })
  return [
    noted('first symptom noted', notice, past?.noticeMs),
    noted('first decision noted', decide, past?.decideMs),
    ...(run.blind ? [noted('hidden fault named', diagnose, past?.diagnoseMs)] : []),
    {
      name: 'restored, from the call to the proof',
      who: restore === null ? 'nobody' : (restore.calledBy ?? 'the clock'),
      now: restore?.ms ?? null,
      past: past?.restoreMs ?? null,
      words: '',
    },
  ]
}

function routerRows(fault: FaultResult, before: Before | null): Row[] {
  const past = before?.faults.find(({ kind, target }) => kind === fault.kind && target === fault.target)
  const row = (name: string, now: number | null, pastMs: number | null | undefined): Row => ({
    name,
    who: 'the router',
    now,
    past: pastMs ?? null,
    words: '',
  })
  return [
    row('failed over and stable', fault.stableMs, past?.stableMs),
    row('home again, from the undoing', fault.failbackMs, past?.failbackMs),
  ]
}

const time = (ms: number | null) => (ms === null ? '–' : seconds(ms))
