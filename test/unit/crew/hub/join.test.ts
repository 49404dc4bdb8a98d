import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock, type GamedayError } from '../../../../src/base/index.ts'
import { connectHub, createDesk, writeNote, type Question } from '../../../../src/crew/index.ts'
import { hubOf, joined, listeningSeat, quietDrill, STATUS } from '../../../support/hub.ts'

const RESTORED: Question = {
  gate: 'clear?',
  role: 'operator',
  kind: 'choice',
  text: 'Is it clear?',
  options: ['yes', 'no'],
  hint: 'y or n',
  default: 'yes',
  deadlineMs: 120_000,
  read: (text) => (['yes', 'no'].includes(text) ? { value: text } : { problem: 'type yes or no' }),
}

describe('a terminal that joins', () => {
  it('is told what was, then what is, each entry once', async () => {
    const { desk, say } = quietDrill()
    say({ type: 'said', role: 'lead', text: 'Good morning.' })
    desk.status(STATUS)
    const { path } = await hubOf(desk)
    const { line, told } = await joined(path, 'scribe')
    say({ type: 'said', role: 'lead', text: 'We begin.' })
    desk.show(['the verdict'])
    await vi.waitFor(() => expect(told.lines).toEqual(['the verdict']))
    expect(told.entries.map((entry) => (entry.type === 'said' ? entry.text : entry.type))).toEqual([
      'Good morning.',
      'seat.joined',
      'We begin.',
    ])
    expect(told.statuses).toEqual([STATUS])
    expect(line.welcome).toMatchObject({ run: 'abc123', drill: 'friday-failover' })
  })

  it('has the drill’s clock', async () => {
    const { desk, epochMs } = quietDrill()
    const { path } = await hubOf(desk)
    const { line } = await joined(path, 'scribe')
    const before = systemClock.now() - epochMs
    const now = line.hands.nowMs()
    expect(now).toBeGreaterThanOrEqual(before - 0.01)
    expect(now).toBeLessThanOrEqual(systemClock.now() - epochMs + 0.01)
  })

  it('writes notes with the time at which they were begun, dates them back, and corrects them', async () => {
    const { desk, journal, notes } = quietDrill()
    const { path } = await hubOf(desk)
    const { line } = await joined(path, 'scribe')
    const wish = { kind: 'symptom', begunMs: 50_000, corrects: null } as const
    expect(await line.hands.note({ ...wish, text: 'no alert yet' })).toEqual({ id: 'n1', forMs: 50_000 })
    expect(await line.hands.note({ ...wish, text: '@-45s first complaint' })).toEqual({
      id: 'n2',
      forMs: 5000,
    })
    await line.hands.note({ ...wish, text: 'an alert', corrects: 'n1' })
    expect(await line.hands.note({ ...wish, text: 'x', corrects: 'n9' })).toEqual({
      problem: 'there is no note n9',
    })
    expect(notes()).toMatchObject([
      { note: 'n1', role: 'scribe', by: 'Grace', kind: 'symptom', forMs: 50_000 },
      { note: 'n2', forMs: 5000, text: 'first complaint' },
    ])
    expect(journal.at(-1)).toMatchObject({
      type: 'note.corrected',
      note: 'n1',
      by: 'Grace',
      text: 'an alert',
    })
  })

  it.each([
    { begunMs: 1e9, what: 'later than now' },
    { begunMs: -5, what: 'before the drill' },
  ])('begins no note $what', async ({ begunMs }) => {
    const { desk, notes } = quietDrill()
    const { path } = await hubOf(desk)
    const { line } = await joined(path, 'scribe')
    await line.hands.note({ kind: 'note', text: 'x', begunMs, corrects: null })
    expect(notes()[0]?.forMs).toBeGreaterThanOrEqual(0)
    expect(notes()[0]?.forMs).toBeLessThan(120_000)
  })

  it('is asked what its role is asked, and answers', async () => {
    const { desk } = quietDrill()
    const { path } = await hubOf(desk)
    const main = listeningSeat()
    desk.host(main.seat)
    const [operator, scribe] = [await joined(path, 'operator'), await joined(path, 'scribe')]
    const reply = desk.ask(RESTORED, new AbortController().signal)
    const { read: _read, ...open } = RESTORED
    await vi.waitFor(() => expect(operator.told.questions.at(-1)).toEqual([open]))
    expect(await scribe.line.hands.answer('clear?', 'yes')).toContain('not open')
    expect(await operator.line.hands.answer('clear?', 'perhaps')).toBe('type yes or no')
    expect(await operator.line.hands.answer('clear?', 'no')).toBeNull()
    expect(await reply).toMatchObject({ value: 'no', by: 'person', who: 'Grace' })
    await vi.waitFor(() => expect(operator.told.questions.at(-1)).toEqual([]))
    expect(main.told.questions.flat()).toEqual([])
  })

  it('aborts the drill', async () => {
    const { desk, aborts } = quietDrill()
    const { path } = await hubOf(desk)
    const { line } = await joined(path, 'operator')
    line.hands.abort()
    await vi.waitFor(() => expect(aborts).toEqual([{ role: 'operator', name: 'Grace' }]))
  })

  it('as an observer only watches', async () => {
    const { desk, aborts, notes } = quietDrill()
    const { path } = await hubOf(desk)
    const [{ line, told }] = [await joined(path, 'observer'), await joined(path, 'observer')]
    line.hands.abort()
    const wish = { kind: 'note', text: 'x', begunMs: 0, corrects: null } as const
    expect(await line.hands.note(wish)).toMatchObject({ problem: expect.stringContaining('observer') })
    expect(await line.hands.answer('clear?', 'yes')).toContain('observer')
    expect({ aborts, notes: notes() }).toEqual({ aborts: [], notes: [] })
    desk.show(['still told'])
    await vi.waitFor(() => expect(told.lines).toEqual(['still told']))
  })

  it('is not let in where another one holds the role, until that one has left', async () => {
    const { desk, types } = quietDrill()
    const { path } = await hubOf(desk)
    const first = await joined(path, 'scribe', 'Grace')
    const taken = await joined(path, 'scribe', 'Linus').catch((error: GamedayError) => error)
    expect(taken).toMatchObject({
      code: 'ROLE_TAKEN',
      message: 'Grace has joined as scribe already',
      hint: expect.stringContaining('--as'),
    })
    await first.line.leave()
    expect(await first.line.over).toEqual({ why: 'left' })
    await joined(path, 'scribe', 'Linus')
    expect(types()).toEqual(['seat.joined', 'seat.left', 'seat.joined'])
  })

  it('is told that the drill has ended, and what it asks for then is not known to be done', async () => {
    const { desk } = quietDrill()
    const { path } = await hubOf(desk)
    const { line } = await joined(path, 'scribe')
    await desk.close()
    expect(await line.over).toEqual({ why: 'ended' })
    const wish = { kind: 'note', text: 'too late', begunMs: 0, corrects: null } as const
    expect(await line.hands.note(wish)).toMatchObject({ problem: expect.stringContaining('contact') })
    expect(await line.hands.answer('clear?', 'yes')).toContain('contact')
  })

  it('leaves only when what it said last is written down', async () => {
    const { desk, notes } = quietDrill()
    const { path } = await hubOf(desk)
    const { line } = await joined(path, 'scribe')
    const receipt = line.hands.note({ kind: 'note', text: 'one more', begunMs: 0, corrects: null })
    await line.leave()
    expect(await receipt).toMatchObject({ id: 'n1' })
    expect(notes()).toHaveLength(1)
  })

  it('in a blind drill is told what is broken as operator only, of the past as well', async () => {
    const { desk, say } = quietDrill({ blind: true })
    say({ type: 'fault.in-force', fault: 0, uncertaintyMs: 1, detail: 'the key is revoked' })
    const { path } = await hubOf(desk)
    const [operator, scribe] = [await joined(path, 'operator'), await joined(path, 'scribe')]
    desk.status(STATUS)
    await vi.waitFor(() => expect(scribe.told.statuses).toHaveLength(1))
    await vi.waitFor(() => expect(operator.told.statuses).toHaveLength(1))
    expect(JSON.stringify(operator.told)).toMatch(/the key is revoked.*revoke-key/)
    expect(JSON.stringify(scribe.told)).not.toMatch(/the key is revoked|revoke-key/)
  })
})

describe('a drill that has not begun', () => {
  it('is waited for', async () => {
    const begun = quietDrill()
    const early = createDesk({ people: null, blind: false, clock: systemClock })
    let ready = false
    const { path } = await hubOf({
      ...early,
      get epochMs() {
        return ready ? begun.epochMs : null
      },
      sit: begun.desk.sit,
      leave: begun.desk.leave,
      backlog: begun.desk.backlog,
    })
    const call = { path, who: { role: 'scribe', name: 'Grace' }, clock: systemClock } as const
    await expect(connectHub({ ...call, patienceMs: 0 })).rejects.toMatchObject({ code: 'NOT_YET' })
    const line = connectHub(call)
    await systemClock.sleep(50)
    ready = true
    const { welcome, leave } = await line
    expect(welcome.epochMs).toBe(begun.epochMs)
    await leave()
  })

  it('is not reached where nobody listens', async () => {
    const call = {
      path: '/nowhere/at/all.sock',
      who: { role: 'scribe', name: 'Grace' },
      clock: systemClock,
    } as const
    await expect(connectHub({ ...call, patienceMs: 0 })).rejects.toMatchObject({
      code: 'HUB_UNREACHABLE',
      exitCode: 3,
    })
  })
})

describe('a note from a script', () => {
  it('is written without taking the role from anybody', async () => {
    const { desk, types, notes } = quietDrill()
    const { path } = await hubOf(desk)
    await joined(path, 'scribe', 'Grace')
    const call = { path, who: { role: 'scribe', name: 'deploy.sh' }, clock: systemClock } as const
    const receipt = await writeNote({ ...call, text: '@-10s deployed', kind: 'note', corrects: null })
    expect(receipt).toMatchObject({ id: 'n1' })
    expect(notes()).toMatchObject([{ by: 'deploy.sh', role: 'scribe', text: 'deployed' }])
    expect(notes()[0]?.forMs).toBeCloseTo(50_000, -4)
    expect(types()).toEqual(['seat.joined', 'note'])
  })

  it('may come from an observer, and be many at once', async () => {
    const { desk, notes } = quietDrill()
    const { path } = await hubOf(desk)
    const write = (text: string) =>
      writeNote({
        path,
        who: { role: 'observer', name: 'ci' },
        clock: systemClock,
        text,
        kind: 'note',
        corrects: null,
      })
    const receipts = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(write))
    expect(
      receipts
        .map((receipt) => ('id' in receipt ? receipt.id : receipt))
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual(['n1', 'n2', 'n3', 'n4', 'n5'])
    expect(
      notes()
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that is not written says why', async () => {
    const { desk } = quietDrill()
    const { path } = await hubOf(desk)
    onTestFinished(() => desk.close())
    const call = { path, who: { role: 'scribe', name: 'x' }, clock: systemClock, kind: 'note' } as const
    expect(await writeNote({ ...call, text: '  ', corrects: null })).toMatchObject({
      problem: expect.any(String),
    })
    expect(await writeNote({ ...call, text: 'y', corrects: 'n7' })).toMatchObject({
      problem: 'there is no note n7',
    })
  })
})
