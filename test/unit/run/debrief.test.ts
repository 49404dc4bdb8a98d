import { afterEach, describe, expect, it } from 'vitest'
import { createDesk } from '../../../src/crew/index.ts'
import { readRecords } from '../../../src/record/index.ts'
import type { RunContext } from '../../../src/run/context.ts'
import { agreeOnNext, debrief } from '../../../src/run/debrief.ts'
import { peopleHands } from '../../../src/run/people.ts'
import { gates, PEOPLE, recordingSeat } from '../../support/crew-seat.ts'
import { runContext } from '../../support/run-context.ts'
import { testClock } from '../../support/test-clock.ts'

const open: RunContext[] = []
afterEach(() => {
  for (const context of open.splice(0)) context.recorder.close()
})

const FINDINGS = [
  { key: 'failover-slow', id: 'F1', title: 'Failover took 7 s.', severity: 'major', settled: false },
  { key: 'to-do n3', id: 'F2', title: 'Call Ben.', severity: 'minor', settled: true },
  { key: 'to-do n4', id: 'F3', title: 'Page on 401.', severity: 'minor', settled: false },
]

async function talk() {
  const clock = testClock()
  const desk = createDesk({ people: PEOPLE, blind: false, clock })
  const seat = recordingSeat()
  const hands = desk.host(seat)
  const drafts = { findings: FINDINGS, broken: false }
  const draft = () => {
    if (drafts.broken) throw new Error('line 7 is no JSON')
    return { lines: ['HELD'], findings: drafts.findings }
  }
  const context = await runContext({ clock, crew: desk, input: { draft } })
  desk.begin(peopleHands(context))
  open.push(context)
  /** Answers the question that comes first, and gives the debrief the time to go on. */
  const answer = async (text: string) => {
    expect(seat.open.length).toBeGreaterThan(0)
    expect(await hands.answer(seat.open[0]?.gate ?? '', text)).toBeNull()
    await clock.advance(0)
  }
  return { clock, seat, hands, context, answer, desk, drafts }
}

const journal = ({ input }: RunContext) =>
  readRecords(input.dir).journal.map(({ id: _id, at: _at, atMs: _atMs, ...event }) => event)

describe('the debrief', () => {
  it('shows the verdict, asks what people make of it, and who does what by when', async () => {
    const { clock, seat, context, answer } = await talk()
    const over = debrief(context, 60_000)
    await clock.advance(1000)
    expect(seat.shown).toEqual(['HELD'])
    await answer('the failover')
    await answer('')
    await answer('one on 401')
    expect(gates(seat)).toEqual(['finding failover-slow'])
    await answer('Ben friday')
    await answer('no: we can live with it')
    await over
    expect(journal(context)).toEqual([
      {
        type: 'debrief.said',
        about: 'went well',
        role: 'scribe',
        by: 'person',
        who: 'Cleo',
        text: 'the failover',
      },
      {
        type: 'debrief.said',
        about: 'missing alert',
        role: 'scribe',
        by: 'person',
        who: 'Cleo',
        text: 'one on 401',
      },
      {
        type: 'finding.assigned',
        finding: 'failover-slow',
        title: 'Failover took 7 s.',
        owner: 'Ben',
        due: '2026-11-27',
        whyNot: null,
        by: 'person',
        who: 'Ana',
      },
      {
        type: 'finding.assigned',
        finding: 'to-do n4',
        title: 'Page on 401.',
        owner: null,
        due: null,
        whyNot: 'we can live with it',
        by: 'person',
        who: 'Ana',
      },
    ])
  })

  it('asks again when owner or day are missing', async () => {
    const { clock, seat, hands, context, answer } = await talk()
    void debrief(context, 60_000)
    await clock.advance(1000)
    for (const said of ['', '', '']) await answer(said)
    expect(await hands.answer('finding failover-slow', 'Ben')).toMatch(/write the day as well/)
    expect(gates(seat)).toEqual(['finding failover-slow'])
  })

  it('does not wait for a scribe who is silent', async () => {
    const { clock, seat, context, answer, desk } = await talk()
    desk.sit(recordingSeat(), { name: 'Cleo', role: 'scribe' })
    const over = debrief(context, 60_000)
    await clock.advance(1000)
    expect(gates(seat)).toEqual(['finding failover-slow'])
    await answer('Ben friday')
    await answer('no: known')
    await clock.advance(60_000)
    await over
    expect(journal(context)).toMatchObject([{ type: 'seat.joined' }, { owner: 'Ben' }, { whyNot: 'known' }])
  })

  it('asks about what became a finding meanwhile', async () => {
    const { clock, seat, context, answer, drafts } = await talk()
    void debrief(context, 60_000)
    await clock.advance(1000)
    const late = { key: 'missing-alert', id: 'F4', title: 'No page.', severity: 'major', settled: false }
    for (const said of ['', '', 'a page']) await answer(said)
    drafts.findings = [...FINDINGS, late]
    await answer('Ben friday')
    await answer('Ben friday')
    expect(gates(seat)).toEqual(['finding missing-alert'])
  })

  it('is held without numbers where they cannot be had', async () => {
    const { clock, seat, context, answer, drafts } = await talk()
    drafts.broken = true
    const over = debrief(context, 60_000)
    await clock.advance(1000)
    expect(seat.shown).toEqual(['There is no draft of the verdict: line 7 is no JSON'])
    for (const said of ['all of it', '', '']) await answer(said)
    await over
    expect(context.ending.stop).toBeNull()
    expect(journal(context)).toMatchObject([{ type: 'debrief.said', text: 'all of it' }])
  })

  it.each([
    { name: 'while the last answers come in', waitMs: 0 },
    { name: 'while it asks', waitMs: 2000 },
  ])('is over at once when the drill is stopped $name, and leaves no timer behind', async ({ waitMs }) => {
    const { clock, context } = await talk()
    context.drained = new Promise(() => undefined)
    const over = debrief(context, 6000).catch((reason: unknown) => reason)
    await clock.advance(waitMs)
    context.ending.decide({ reason: 'abort', rule: 'person', detail: 'stop' })
    await over
    await clock.advance(0)
    expect(clock.sleepers).toBe(0)
  })

  it('spares most of a short debrief for its questions', async () => {
    const { clock, seat, context } = await talk()
    context.drained = new Promise(() => undefined)
    void debrief(context, 2000)
    await clock.advance(1200)
    expect(seat.open.length).toBeGreaterThan(0)
    await clock.advance(2000)
  })

  it('ends with its phase, whatever is still open', async () => {
    const { clock, seat, context } = await talk()
    const over = debrief(context, 10_000)
    await clock.advance(10_000)
    await over
    expect(seat.open).toEqual([])
    expect(journal(context)).toEqual([])
  })

  it.each([
    { typed: '', date: '2026-11-27', by: 'person', who: 'Ana' },
    { typed: '+13w', date: '2027-02-19', by: 'person', who: 'Ana' },
    { typed: null, date: '2026-11-27', by: 'clock', who: null },
  ])('agrees on the next drill: $typed', async ({ typed, date, by, who }) => {
    const { clock, context, answer } = await talk()
    const over = agreeOnNext(context, 5000)
    await clock.advance(0)
    if (typed === null) await clock.advance(5000)
    else await answer(typed)
    await over
    expect(journal(context)).toEqual([{ type: 'next.proposed', date, by, who }])
  })

  it('does not agree on a day that is over', async () => {
    const { clock, hands, context } = await talk()
    void agreeOnNext(context, 5000)
    await clock.advance(0)
    expect(await hands.answer('next drill', '2026-11-19')).toMatch(/is over/)
    expect(await hands.answer('next drill', '2026-11-20')).toBeNull()
  })

  it('agrees on nothing when the drill is stopped meanwhile', async () => {
    const { clock, context } = await talk()
    const over = agreeOnNext(context, 5000)
    await clock.advance(0)
    context.ending.decide({ reason: 'abort', rule: 'person', detail: 'stop' })
    await over
    expect(journal(context)).toEqual([])
  })

  it('is silent where nobody is there', async () => {
    const clock = testClock()
    const context = await runContext({ clock })
    open.push(context)
    await debrief(context, 5000)
    await agreeOnNext(context, 5000)
    expect(journal(context)).toEqual([])
  })
})
