import { describe, expect, it } from 'vitest'
import { createDesk, type EngineHands } from '../../../src/crew/index.ts'
import type { JournalEntry, JournalEvent } from '../../../src/record/index.ts'
import { gates, PEOPLE, recordingSeat, someQuestion } from '../../support/crew-seat.ts'
import { testClock } from '../../support/test-clock.ts'

const NEVER = new AbortController().signal

/** A desk whose drill has begun at 0; what reaches the engine is kept. */
function desk({ blind = false, people = PEOPLE }: { blind?: boolean; people?: typeof PEOPLE | null } = {}) {
  const clock = testClock()
  const heard: unknown[] = []
  const startMs = clock.now()
  const made = createDesk({ people, blind, clock })
  const engine: EngineHands = {
    nowMs: () => clock.now() - startMs,
    note: (draft, by) => {
      heard.push({ note: draft.text, forMs: draft.forMs, by })
      return `n${heard.length}`
    },
    correct: (note, draft, by) => {
      heard.push({ corrects: note, text: draft.text, by })
      return note === 'n1' ? null : `there is no note ${note}`
    },
    abort: (by) => void heard.push({ abort: by }),
    joined: (who) => void heard.push({ joined: who }),
    left: (who) => void heard.push({ left: who }),
    trouble: (message) => void heard.push({ trouble: message }),
  }
  made.begin(engine)
  return { desk: made, clock, heard }
}

const entry = (event: JournalEvent): JournalEntry => ({
  id: 'j1',
  atMs: 0,
  at: '2026-11-20T12:00:00.000Z',
  ...event,
})
const wish = (text: string) => ({ kind: 'note' as const, text, begunMs: 5000, corrects: null })

describe('a question on the desk', () => {
  it('is open at the terminal of the lead until it is answered, and its answer says who gave it and when', async () => {
    const { desk: made, clock } = desk()
    const main = recordingSeat()
    const hands = made.host(main)
    const reply = made.ask(someQuestion(), NEVER)
    expect(gates(main)).toEqual(['go / no-go'])
    await clock.advance(51_000)
    expect(await hands.answer('go / no-go', 'go')).toBeNull()
    expect(await reply).toEqual({ value: 'go', by: 'person', who: 'Ana', reason: '9 s before the deadline' })
    expect(main.open).toEqual([])
  })

  it('stays open after an answer that is not understood', async () => {
    const { desk: made } = desk()
    const main = recordingSeat()
    const hands = made.host(main)
    const reply = made.ask(someQuestion(), NEVER)
    expect(await hands.answer('go / no-go', 'maybe')).toBe('write go or no-go')
    expect(gates(main)).toEqual(['go / no-go'])
    await hands.answer('go / no-go', 'no-go')
    expect((await reply)?.value).toBe('no-go')
  })

  it('is withdrawn with its signal, and an answer that comes later is told so', async () => {
    const { desk: made } = desk()
    const main = recordingSeat()
    const hands = made.host(main)
    const withdrawn = new AbortController()
    const reply = made.ask(someQuestion(), withdrawn.signal)
    withdrawn.abort()
    expect(await reply).toBeNull()
    expect(main.open).toEqual([])
    expect(await hands.answer('go / no-go', 'go')).toMatch(/not open any more/)
  })

  it('comes first where its deadline is the nearest', () => {
    const { desk: made } = desk()
    const main = recordingSeat()
    made.host(main)
    void made.ask(someQuestion({ gate: 'late', deadlineMs: 90_000 }), NEVER)
    void made.ask(someQuestion({ gate: 'soon', deadlineMs: 30_000 }), NEVER)
    expect(gates(main)).toEqual(['soon', 'late'])
  })

  it('goes to whoever joined for its role, and comes back when that terminal is lost', async () => {
    const { desk: made, heard } = desk()
    const [main, second] = [recordingSeat(), recordingSeat()]
    const hands = made.host(main)
    void made.ask(someQuestion({ gate: 'arm it', role: 'operator' }), NEVER)
    made.sit(second, { name: 'Ben\u001b[2J', role: 'operator' })
    expect(gates(second)).toEqual(['arm it'])
    expect(main.open).toEqual([])
    expect(main.elsewhere.map(({ gate }) => gate)).toEqual(['arm it'])
    expect(main.speaksFor).toEqual(['lead', 'scribe'])
    expect(await hands.answer('arm it', 'go')).toMatch(/not open any more/)
    made.leave(second)
    expect(gates(main)).toEqual(['arm it'])
    expect(main.speaksFor).toEqual(['lead', 'operator', 'scribe'])
    expect(heard).toEqual([
      { joined: { name: 'Ben', role: 'operator' } },
      { left: { name: 'Ben', role: 'operator' } },
    ])
  })

  it('is answered by a script under its own name', async () => {
    const { desk: made } = desk({ people: null })
    const hands = made.play(recordingSeat())
    const reply = made.ask(someQuestion(), NEVER)
    await hands.answer('go / no-go', 'go')
    expect(await reply).toEqual({ value: 'go', by: 'script', who: null, reason: 'as the script says' })
  })
})

describe('who sits at the desk', () => {
  it.each([
    { name: 'nobody', sit: () => undefined, there: false },
    {
      name: 'only a view',
      sit: (made: ReturnType<typeof desk>['desk']) => made.view(recordingSeat()),
      there: false,
    },
    {
      name: 'the lead',
      sit: (made: ReturnType<typeof desk>['desk']) => made.host(recordingSeat()),
      there: true,
    },
    {
      name: 'a script',
      sit: (made: ReturnType<typeof desk>['desk']) => made.play(recordingSeat()),
      there: true,
    },
  ])('$name: there is somebody to be asked: $there', ({ sit, there }) => {
    const { desk: made } = desk()
    sit(made)
    expect(made.there).toBe(there)
  })

  it('is one of each role, and as many observers as want to', () => {
    const { desk: made } = desk()
    made.sit(recordingSeat(), { name: 'Cleo', role: 'scribe' })
    expect(() => made.sit(recordingSeat(), { name: 'Dan', role: 'scribe' })).toThrow(
      'Cleo has joined as scribe already',
    )
    made.sit(recordingSeat(), { name: 'Eve', role: 'observer' })
    made.sit(recordingSeat(), { name: 'Fay', role: 'observer' })
  })

  it('is told what was before it came, and what comes', () => {
    const { desk: made } = desk()
    made.entry(entry({ type: 'said', role: 'lead', text: 'Good morning.' }))
    const late = recordingSeat()
    made.sit(late, { name: 'Cleo', role: 'scribe' })
    expect(made.backlog(late)).toHaveLength(1)
    made.entry(entry({ type: 'said', role: 'lead', text: 'Now.' }))
    expect(late.entries).toHaveLength(1)
  })

  it('loses its place when it fails, and nobody else hears of it too late', async () => {
    const { desk: made, heard } = desk()
    const [broken, other] = [recordingSeat(), recordingSeat()]
    broken.entry = () => {
      throw new Error('its frame is torn')
    }
    made.sit(broken, { name: 'Ben', role: 'operator' })
    made.host(other)
    made.entry(entry({ type: 'said', role: 'lead', text: 'Now.' }))
    expect(other.entries).toHaveLength(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard).toEqual([
      { joined: { name: 'Ben', role: 'operator' } },
      { trouble: 'a terminal failed and was given up: its frame is torn' },
      { left: { name: 'Ben', role: 'operator' } },
    ])
    expect(broken.closed).toBe(true)
    expect(other.speaksFor).toEqual(['lead', 'operator', 'scribe'])
  })

  it('is told what a frame needs however late it comes', () => {
    const { desk: made } = desk()
    const probe: JournalEvent = {
      type: 'router.circuit',
      provider: 'primary',
      state: 'open',
      reason: 'x',
      class: null,
    }
    const phase: JournalEvent = { type: 'phase.started', index: 1, name: 'a', kind: 'break', plannedMs: 1 }
    const note: JournalEvent = {
      type: 'note',
      note: 'n1',
      role: 'scribe',
      by: 'Cleo',
      kind: 'note',
      text: 'x',
      forMs: 0,
    }
    const said: JournalEvent = { type: 'said', role: 'lead', text: 'Now.' }
    for (const event of [note, said, phase, said]) made.entry(entry(event))
    for (let turn = 0; turn < 1000; turn++) made.entry(entry(probe))
    const late = recordingSeat()
    made.sit(late, { name: 'Cleo', role: 'scribe' })
    const told = made.backlog(late).map(({ type }) => type)
    expect(told.filter((type) => type !== 'router.circuit')).toEqual(['note', 'phase.started', 'said'])
    expect(told).toHaveLength(300)
  })

  it('is closed with it, whatever one of them does', async () => {
    const { desk: made } = desk()
    const [broken, other] = [recordingSeat(), recordingSeat()]
    broken.close = () => Promise.reject(new Error('gone'))
    made.view(broken)
    made.view(other)
    await made.close()
    expect(other.closed).toBe(true)
  })
})

describe('what a seat says', () => {
  it.each([
    {
      name: 'a note at the terminal of the lead is the scribe’s',
      as: undefined,
      by: { name: 'Cleo', role: 'scribe' },
    },
    {
      name: 'a script may write for another role',
      as: 'operator' as const,
      by: { name: 'Ben', role: 'operator' },
    },
  ])('$name', async ({ as, by }) => {
    const { desk: made, heard } = desk()
    const receipt = await made
      .host(recordingSeat())
      .note({ ...wish('@-2s slow'), ...(as === undefined ? {} : { as }) })
    expect(receipt).toEqual({ id: 'n1', forMs: 3000 })
    expect(heard).toEqual([{ note: 'slow', forMs: 3000, by }])
  })

  it('comes back with what is wrong with it', async () => {
    const { desk: made, heard } = desk()
    const hands = made.host(recordingSeat())
    expect(await hands.note(wish(''))).toEqual({ problem: 'there is nothing in it' })
    expect(await hands.note({ ...wish('x'), corrects: 'n7' })).toEqual({ problem: 'there is no note n7' })
    expect(heard).toHaveLength(1)
  })

  it('may come from somebody who does not sit down, and takes no role', async () => {
    const { desk: made, heard } = desk()
    const main = recordingSeat()
    made.host(main)
    await made.jot(wish('deployed'), { name: 'ci', role: 'observer' })
    expect(heard).toEqual([{ note: 'deployed', forMs: 5000, by: { name: 'ci', role: 'observer' } }])
    expect(main.speaksFor).toHaveLength(3)
  })

  it('stops the drill with one word', () => {
    const { desk: made, heard } = desk()
    made.host(recordingSeat()).abort()
    made.sit(recordingSeat(), { name: 'Dan', role: 'operator' }).abort()
    expect(heard).toMatchObject([
      { abort: { name: 'Ana', role: 'lead' } },
      { joined: {} },
      { abort: { name: 'Dan', role: 'operator' } },
    ])
  })
})

describe('a blind drill', () => {
  const secrets: JournalEvent[] = [
    {
      type: 'fault.requested',
      fault: 0,
      kind: 'revoke-key',
      target: 'primary',
      parameters: { shape: 'invalid-api-key' },
      network: false,
      whole: true,
      capMs: 1,
      phase: 1,
    },
    { type: 'fault.in-force', fault: 0, uncertaintyMs: 1, detail: 'revoke-key at the gate' },
    { type: 'fault.proven', fault: 0, proof: 'revoke-key: 401', evidence: [] },
    { type: 'rollback.recorded', fault: 0, plan: 'p', what: 'revoke-key of the primary', file: 'f' },
    { type: 'router.circuit', provider: 'primary', state: 'open', reason: 'revoke-key', class: 'credential' },
    { type: 'fault.reverted', fault: 0, detail: 'revoke-key removed' },
    { type: 'fault.gone', fault: 0, proof: 'revoke-key gone', evidence: [] },
    { type: 'fault.not-proven', fault: 0, reason: 'revoke-key was undone' },
    {
      type: 'rollback.undone',
      plan: 'p',
      proven: true,
      by: 'run',
      detail: 'revoke-key undone',
      theirs: ['revoke-key'],
    },
    {
      type: 'fault.skipped',
      fault: 0,
      kind: 'revoke-key',
      target: 'primary',
      reason: 'the system had not recovered from revoke-key in time',
    },
  ]

  it.each(secrets)(
    'hides what is broken in $type, but not from the operator at a terminal of their own',
    (secret) => {
      const { desk: made } = desk({ blind: true })
      const [main, operator, scribe] = [recordingSeat(), recordingSeat(), recordingSeat()]
      made.host(main)
      made.sit(operator, { name: 'Ben', role: 'operator' })
      made.entry(entry(secret))
      made.sit(scribe, { name: 'Cleo', role: 'scribe' })
      const told = (seen: unknown) => /revoke-key|credential|invalid-api-key/.test(JSON.stringify(seen))
      expect(told(secret)).toBe(true)
      expect(told(operator.entries)).toBe(true)
      expect(told(main.entries)).toBe(false)
      expect(told(made.backlog(scribe))).toBe(false)
      made.entry(entry({ type: 'phase.started', index: 9, name: 'debrief', kind: 'debrief', plannedMs: 1 }))
      expect(told(made.backlog(scribe))).toBe(true)
    },
  )

  it('says in the debrief what was hidden', () => {
    const { desk: made } = desk({ blind: true })
    const main = recordingSeat()
    made.host(main)
    made.entry(entry(secrets[0]!))
    expect(main.shown).toEqual([])
    made.entry(entry({ type: 'phase.started', index: 9, name: 'debrief', kind: 'debrief', plannedMs: 1 }))
    expect(main.shown).toEqual(['Fault 1 was revoke-key on primary.'])
  })

  it('tells the secret of a question only to the operator who joined', () => {
    const { desk: made } = desk({ blind: true })
    const [main, operator] = [recordingSeat(), recordingSeat()]
    made.host(main)
    void made.ask(someQuestion({ role: 'operator', secret: 'It is revoke-key primary.' }), NEVER)
    expect(main.open[0]?.text).toBe('Break it?')
    made.sit(operator, { name: 'Ben', role: 'operator' })
    expect(operator.open[0]?.text).toBe('Break it? It is revoke-key primary.')
  })
})
