import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock, type Clock } from '../../../src/base/index.ts'
import { openAfterwards, readRecords, type EventOf, type UndoPlan } from '../../../src/record/index.ts'
import { forget, recover, rollbackRecords, type Recovered } from '../../../src/rollback/index.ts'
import { showLife } from '../../../src/rollback/living.ts'
import { tinyDisk } from '../../support/matrix-disk.ts'
import { factsOf } from '../../support/rollback-life.ts'
import { emptyFolder, foundAs, proxyCreated, RUN, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'
import { httpServer, refusingUrl, toxiproxyScene } from '../../support/rollback-servers.ts'
import { hurryingClock } from '../../support/rollback-clock.ts'
import { toxic } from '../../support/toxiproxy-bench.ts'

/** The test clock's wall stands at noon; this run began a minute before. */
const JOURNAL = [
  { id: 'j1', atMs: 250, at: '2026-11-20T11:59:00.250Z', type: 'said', role: 'lead', text: 'one' },
  { id: 'j2', atMs: 30_000, at: '2026-11-20T11:59:30.000Z', type: 'said', role: 'lead', text: 'two' },
]
const linesOf = (entries: object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')

/** A state folder, and the folder of a run that died in the middle of a line. */
function place() {
  const home = emptyFolder()
  const dir = join(home, 'run')
  mkdirSync(dir)
  writeFileSync(join(dir, 'journal.ndjson'), `${linesOf(JOURNAL)}{"id":"j3","at`)
  const stateFolder = join(home, 'state')
  return {
    home,
    dir,
    stateFolder,
    records: rollbackRecords(stateFolder),
    recovered: (options: { run?: string; patienceMs?: number; clock?: Clock } = {}) =>
      recover({ stateFolder, clock: hurryingClock(), run: null, patienceMs: 0, ...options }),
    told: () => readFileSync(join(dir, 'recover.ndjson'), 'utf8'),
    lines: (): EventOf<'rollback.undone'>[] =>
      readFileSync(join(dir, 'recover.ndjson'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as EventOf<'rollback.undone'>),
    /** What a run left whose server is dead. */
    left: async (id: string, rest: Partial<Omit<UndoPlan, 'change' | 'undo'>> = {}) =>
      toxicAdded({ url: await refusingUrl(), proxy: 'p' }, undefined, { toxic: id, dir, ...rest }),
  }
}

const slow = (name: string) => toxic('latency', { latency: 1, jitter: 0 }, { name })
const stateOf = (outcome: Recovered) =>
  `${'plan' in outcome ? outcome.plan.id : outcome.path} ${outcome.state}`
const statesOf = (outcomes: Recovered[]) => outcomes.map(stateOf).toSorted()

describe('recovering', () => {
  it('finds nothing where nothing was left, and makes no folder for it', async () => {
    const { stateFolder, recovered } = place()
    expect(await recovered()).toEqual([])
    expect(existsSync(stateFolder)).toBe(false)
  })

  it('undoes what a dead run left, proves it, tells it in the folder of the run, and removes the records', async () => {
    const { dir, records, recovered, lines } = place()
    const { server, control, proxy, place: here } = await toxiproxyScene(onTestFinished)
    const theirs = await control.createProxy({
      name: 'theirs',
      listen: '127.0.0.1:0',
      upstream: proxy.upstream,
    })
    await control.addToxic('theirs', slow('lunch'))
    await control.addToxic('theirs', slow(TOXIC))
    const path = { url: server.url, proxy: 'theirs', through: `http://${theirs.listen}/` }
    const paths = [
      records.write(toxicAdded(path, foundAs(theirs), { dir })),
      records.write(proxyCreated(here, { upstream: proxy.upstream, address: proxy.listen }, { dir })),
    ]

    const outcomes = await recovered()
    expect(statesOf(outcomes)).toEqual([`${TOXIC} undone`, `${RUN}-s0 undone`])
    expect(outcomes.find((one) => stateOf(one).startsWith(TOXIC))).toMatchObject({
      proof: expect.stringContaining('a request through it was answered with 200'),
      theirs: ['somebody else put the toxic lunch on theirs; left as it is'],
      warning: null,
    })
    expect((await control.getProxy('theirs'))?.toxics.map(({ name }) => name)).toEqual(['lunch'])
    expect(await control.getProxy(proxy.name)).toBeNull()
    expect(paths.filter((file) => existsSync(file))).toEqual([])
    expect(lines()).toMatchObject([
      { id: 'r1', atMs: 60_300, type: 'rollback.undone', plan: `${RUN}-s0`, proven: true, by: 'recover' },
      { id: 'r2', atMs: 60_300, type: 'rollback.undone', plan: TOXIC, proven: true, by: 'recover' },
    ])
    expect(readRecords(dir).journal.map(({ id }) => id)).toEqual(['j1', 'j2', 'r1', 'r2'])
  })

  it('goes on numbering where the recovery before it ended, and cuts half a line that a killed one left', async () => {
    const { dir, records, left, recovered, lines, told } = place()
    records.write(await left(`${RUN}-f0`))
    await recovered()
    appendFileSync(join(dir, 'recover.ndjson'), '{"id":"r2","atMs":61000,"ty')
    records.write(await left(`${RUN}-f1`))
    records.write(await left(`${RUN}-f2`))
    await recovered()
    expect(lines().map((line) => [line.plan, 'id' in line && line.id])).toEqual(
      expect.arrayContaining([
        [`${RUN}-f0`, 'r1'],
        [expect.any(String), 'r2'],
        [expect.any(String), 'r3'],
      ]),
    )
    expect(told().split('\n')).toHaveLength(4)
    expect(readRecords(dir).journal.map(({ id }) => id)).toEqual(['j1', 'j2', 'r1', 'r2', 'r3'])
  })

  it('may be done twice, and by two at once', async () => {
    const { dir, records, recovered } = place()
    const { server, control, proxy, place: here } = await toxiproxyScene(onTestFinished)
    await control.addToxic(proxy.name, slow(TOXIC))
    records.write(toxicAdded(here, foundAs(proxy), { dir }))
    const [one, two] = await Promise.all([recovered(), recovered()])
    for (const { state } of [...one, ...two]) expect(state).toBe('undone')
    expect(await recovered()).toEqual([])
    expect(await control.listProxies()).toEqual([proxy])
    expect(readRecords(dir).journal.length).toBeGreaterThanOrEqual(3)
    expect(server.url).toBe(here.url)
  })

  it('does not touch what a living run made', async () => {
    const { dir, stateFolder, records, left, recovered } = place()
    const { control, proxy, place: here } = await toxiproxyScene(onTestFinished)
    await control.addToxic(proxy.name, slow(TOXIC))
    const life = await showLife(stateFolder, factsOf(RUN))
    onTestFinished(() => life.end())
    records.write(toxicAdded(here, foundAs(proxy), { dir }))
    records.write(await left('dead-f0', { run: 'dead' }))

    const outcomes = await recovered()
    expect(statesOf(outcomes)).toEqual([`${TOXIC} living`, 'dead-f0 undone'])
    expect(outcomes.find(({ state }) => state === 'living')).toMatchObject({ run: factsOf(RUN) })
    expect((await control.getProxy(proxy.name))?.toxics).toHaveLength(1)
    expect(records.all().plans.map(({ id }) => id)).toEqual([TOXIC])

    await life.end()
    expect(statesOf(await recovered())).toEqual([`${TOXIC} undone`])
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
  })

  it('does not take a run for dead that starts while it looks around', async () => {
    const { stateFolder, dir, records, left, recovered } = place()
    const { control, proxy, place: here } = await toxiproxyScene(onTestFinished)
    const late = toxicAdded(here, foundAs(proxy), { toxic: 'late-f0', run: 'late', dir })
    mkdirSync(join(stateFolder, 'live'), { recursive: true })
    const socket = join(stateFolder, 'live', 'first.sock')
    // Somebody who lives is asked whether he does: at that moment another run starts, and breaks something.
    const first = createServer((asked) => {
      asked.destroy()
      void showLife(stateFolder, factsOf('late')).then((life) => onTestFinished(() => life.end()))
      records.write(late)
    }).listen(socket)
    onTestFinished(() => void first.close())
    writeFileSync(
      join(stateFolder, 'live', 'first.json'),
      JSON.stringify({ ...factsOf('first'), holds: true, socket }),
    )
    records.write(await left('dead-f0', { run: 'dead' }))
    await control.addToxic(proxy.name, slow('late-f0'))

    expect(statesOf(await recovered())).toEqual(['dead-f0 undone'])
    expect((await control.getProxy(proxy.name))?.toxics.map(({ name }) => name)).toEqual(['late-f0'])
    expect(records.all().plans).toEqual([late])
  })

  it('looks only at the run that is named', async () => {
    const { records, left, recovered } = place()
    records.write(await left('one-f0', { run: 'one' }))
    records.write(await left('two-f0', { run: 'two' }))
    expect(statesOf(await recovered({ run: 'two' }))).toEqual(['two-f0 undone'])
    expect(records.all().plans.map(({ id }) => id)).toEqual(['one-f0'])
  })

  it.each([
    { what: 'is empty', text: '' },
    { what: 'is cut off', text: '{"schema":"gameday.undo/2","id":"x' },
    { what: 'is of another version', text: '{"schema":"gameday.undo/1"}' },
  ])('names a record that $what, keeps it, and undoes the others', async ({ text }) => {
    const { stateFolder, records, left, recovered } = place()
    records.write(await left(TOXIC))
    const path = join(stateFolder, 'rollback', 'bad-f0.json')
    writeFileSync(path, text)
    const outcomes = await recovered()
    expect(statesOf(outcomes)).toEqual([`${path} unreadable`, `${TOXIC} undone`].toSorted())
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('passes over a draft: its change was never made', async () => {
    const { stateFolder, records, left, recovered } = place()
    records.write(await left(TOXIC))
    writeFileSync(join(stateFolder, 'rollback', 'half-f0.json.draft'), '{"schema"')
    expect(statesOf(await recovered())).toEqual([`${TOXIC} undone`])
  })

  it('keeps the record of a server that cannot be reached, says why, and undoes the others meanwhile', async () => {
    const { dir, records, left, recovered, lines } = place()
    const deaf = await httpServer((_request, response) => response.writeHead(500).end('no'), onTestFinished)
    const kept = toxicAdded({ url: deaf.url, proxy: 'p' }, undefined, { toxic: 'deaf-f0', dir })
    records.write(kept)
    records.write(await left(TOXIC))

    const onRecord: number[] = []
    const clock = hurryingClock(async () => {
      await delay(2)
      onRecord.push(records.all().plans.length)
    })
    const outcomes = await recovered({ clock, patienceMs: 10_000 })
    // The other one did not have to wait until this one's patience had ended.
    expect(onRecord.indexOf(1)).toBeLessThan(onRecord.length - 10)

    expect(statesOf(outcomes)).toEqual([`${TOXIC} undone`, 'deaf-f0 not-undone'])
    expect(outcomes.find(({ state }) => state === 'not-undone')).toMatchObject({
      path: records.pathOf('deaf-f0'),
      reason: expect.stringContaining('500'),
    })
    expect(records.all().plans).toEqual([kept])
    expect(lines()).toMatchObject([
      { plan: TOXIC, proven: true },
      { plan: 'deaf-f0', proven: false, detail: expect.stringContaining('500') },
    ])
  })

  it('does not let a server that does not answer keep it from another', async () => {
    const { dir, records, left, recovered } = place()
    const held: ServerResponse[] = []
    const mute = await httpServer((_request, response) => void held.push(response), onTestFinished)
    const first = toxicAdded({ url: mute.url, proxy: 'p' }, undefined, { toxic: 'a-f0', run: 'a', dir })
    records.write(first)
    records.write(await left(TOXIC))

    const recovering = recovered()
    await vi.waitFor(() => expect(records.all().plans).toEqual([first]), { timeout: 10_000, interval: 5 })
    expect(held.map(({ closed }) => closed)).toEqual([false])
    held[0]?.writeHead(500).end()
    expect(statesOf(await recovering)).toEqual(['a-f0 not-undone', `${TOXIC} undone`])
  })

  it('has nobody to tell when the folder of the run is gone, and makes none', async () => {
    const { dir, records, left, recovered } = place()
    records.write(await left(TOXIC))
    rmSync(dir, { recursive: true })
    expect(await recovered()).toMatchObject([{ state: 'undone', warning: null }])
    expect(existsSync(dir)).toBe(false)
    expect(records.all().plans).toEqual([])
  })

  it.each([
    {
      what: 'a file lies where the folder was',
      spoil: (dir: string) => {
        rmSync(dir, { recursive: true })
        writeFileSync(dir, '')
      },
    },
    {
      what: 'a folder lies where the file should be',
      spoil: (dir: string) => mkdirSync(join(dir, 'recover.ndjson')),
    },
  ])('says so when it cannot tell it in the folder of the run: $what', async ({ spoil }) => {
    const { dir, records, left, recovered } = place()
    records.write(await left(TOXIC))
    spoil(dir)
    expect(await recovered()).toMatchObject([
      { state: 'undone', warning: expect.stringContaining('cannot write') },
    ])
    expect(records.all().plans).toEqual([])
  })

  it('says so when the disk of the run is full', async (context) => {
    const { home, records, left, recovered } = place()
    const disk = tinyDisk(home, 'recover.ndjson')
    onTestFinished(() => disk.release())
    if (!disk.means.startsWith('a tiny tmpfs')) context.skip('nothing can be mounted here')
    records.write(await left(TOXIC, { dir: disk.folder }))
    disk.fill()
    expect(await recovered()).toMatchObject([{ state: 'undone', warning: expect.stringContaining('ENOSPC') }])
    expect(records.all().plans).toEqual([])
  })

  it('keeps going when a record cannot be removed, and does not call it done', async (context) => {
    const { home, dir, left } = place()
    const disk = tinyDisk(home, 'nothing')
    onTestFinished(() => disk.release())
    if (!disk.means.startsWith('a tiny tmpfs')) context.skip('nothing can be mounted here')
    const records = rollbackRecords(disk.folder)
    records.write(await left(`${RUN}-f0`))
    records.write(await left(`${RUN}-f1`))
    spawnSync('mount', ['-o', 'remount,ro', disk.folder])

    const outcomes = await recover({
      stateFolder: disk.folder,
      clock: hurryingClock(),
      run: null,
      patienceMs: 0,
    })
    expect(statesOf(outcomes)).toEqual([`${RUN}-f0 not-undone`, `${RUN}-f1 not-undone`])
    expect(outcomes[0]).toMatchObject({
      reason: expect.stringMatching(/its record cannot be removed: EROFS/),
    })
    expect(records.all().plans).toHaveLength(2)
    expect(readdirSync(dir)).toContain('recover.ndjson')
  })

  it.each([
    { what: 'the wall clock was set back', wall: '2026-11-20T11:00:00Z', journal: linesOf(JOURNAL), atMs: 0 },
    { what: 'the run was killed before its first line', wall: '2026-11-20T12:00:00Z', journal: '', atMs: 0 },
    { what: 'its journal is gone', wall: '2026-11-20T12:00:00Z', journal: null, atMs: 0 },
    { what: 'its journal is no journal', wall: '2026-11-20T12:00:00Z', journal: 'lunch\n', atMs: 0 },
    { what: 'days have passed', wall: '2026-11-22T11:59:00Z', journal: linesOf(JOURNAL), atMs: 172_800_300 },
  ])(
    'stamps what it tells with the drill’s clock as well as it can: $what',
    async ({ wall, journal, atMs }) => {
      const { dir, records, left, recovered, lines } = place()
      const clock = hurryingClock()
      clock.setWall(new Date(wall))
      rmSync(join(dir, 'journal.ndjson'))
      if (journal !== null) writeFileSync(join(dir, 'journal.ndjson'), journal)
      records.write(await left(TOXIC))
      expect(await recovered({ clock })).toMatchObject([{ state: 'undone', warning: null }])
      expect(lines()).toMatchObject([{ atMs, at: clock.wall().toISOString() }])
    },
  )
})

describe('forgetting a record', () => {
  it('puts it aside, readable by its owner alone as before, says so, and nothing is left to recover', async () => {
    const { dir, stateFolder, records, left, recovered, told } = place()
    const plan = await left(TOXIC)
    const path = records.write(plan)
    const text = readFileSync(path, 'utf8')

    const aside = join(stateFolder, 'rollback', 'forgotten', `${TOXIC}.json`)
    expect(await forget(stateFolder, TOXIC, hurryingClock())).toEqual({ plan, path: aside })
    expect(existsSync(path)).toBe(false)
    expect(readFileSync(aside, 'utf8')).toBe(text)
    expect(statSync(aside).mode & 0o777).toBe(0o600)
    expect(told()).toContain(`"type":"rollback.forgotten","plan":"${TOXIC}"`)
    expect(readRecords(dir).journal.at(-1)).toMatchObject({ id: 'r1', type: 'rollback.forgotten' })

    expect(await recovered()).toEqual([])
    expect(await forget(stateFolder, TOXIC, hurryingClock())).toBeNull()
    expect(existsSync(aside)).toBe(true)
  })

  it('of an id that is none, or a path to elsewhere, touches nothing', async () => {
    const { stateFolder, dir } = place()
    const before = readdirSync(dir)
    for (const id of ['nope', '../../run/journal', ''])
      expect(await forget(stateFolder, id, hurryingClock())).toBeNull()
    expect(readdirSync(dir)).toEqual(before)
  })

  it('is refused while the run lives, whose watchdog needs it', async () => {
    const { stateFolder, records, left } = place()
    const life = await showLife(stateFolder, factsOf(RUN))
    onTestFinished(() => life.end())
    records.write(await left(TOXIC))
    await expect(forget(stateFolder, TOXIC, systemClock)).rejects.toMatchObject({
      code: 'RUN_LIVES',
      exitCode: 2,
    })
    expect(records.all().plans).toHaveLength(1)
  })
})

describe('what watchdog and recover said of a run', () => {
  const undone = (plan: string): EventOf<'rollback.undone'> => ({
    type: 'rollback.undone',
    plan,
    proven: true,
    by: 'watchdog',
    detail: 'gone',
  })
  const at = new Date('2026-11-20T12:00:00Z')
  const idsIn = (dir: string) => readRecords(dir).journal.map(({ id }) => id)

  it('is read with the journal, each line where it belongs by time', () => {
    const { dir } = place()
    const watchdog = openAfterwards(dir, 'watchdog')
    const recovery = openAfterwards(dir, 'recover')
    watchdog.write(undone('a'), { atMs: 10_000, at })
    watchdog.write(undone('b'), { atMs: 30_000, at })
    watchdog.write(undone('c'), { atMs: 70_000, at })
    recovery.write(undone('d'), { atMs: 50_000, at })
    recovery.write(undone('e'), { atMs: 90_000, at })
    expect(idsIn(dir)).toEqual(['j1', 'w1', 'j2', 'w2', 'r1', 'w3', 'r2'])
  })

  it('leaves the journal’s own lines in their order, some of which are stamped with the past', () => {
    const { dir } = place()
    writeFileSync(
      join(dir, 'journal.ndjson'),
      linesOf([
        ...JOURNAL,
        { id: 'j3', atMs: 29_000, at: '2026-11-20T11:59:29.000Z', type: 'said', role: 'lead', text: 'three' },
        { id: 'j4', atMs: 40_000, at: '2026-11-20T11:59:40.000Z', type: 'said', role: 'lead', text: 'four' },
      ]),
    )
    openAfterwards(dir, 'watchdog').write(undone('a'), { atMs: 35_000, at })
    expect(idsIn(dir)).toEqual(['j1', 'j2', 'j3', 'w1', 'j4'])
  })

  it('is read up to the last whole line of each file, wherever its writer was killed', () => {
    const { dir } = place()
    const line = (id: string, atMs: number) =>
      JSON.stringify({ id, atMs, at: at.toISOString(), ...undone('a') })
    const whole = `${line('w1', 31_000)}\n`
    const half = line('w2', 32_000)
    for (let length = 0; length <= half.length; length += 7) {
      for (const name of ['watchdog.ndjson', 'recover.ndjson'])
        writeFileSync(join(dir, name), whole + half.slice(0, length))
      expect(idsIn(dir)).toEqual(['j1', 'j2', 'w1', 'w1'])
    }
  })

  it('is only what is there: most runs need neither', () => {
    expect(idsIn(place().dir)).toEqual(['j1', 'j2'])
  })

  it('is not passed over when a whole line of it cannot be read', () => {
    const { dir } = place()
    writeFileSync(join(dir, 'recover.ndjson'), '{"id":"r1","lunch":true}\n')
    expect(() => readRecords(dir)).toThrow(expect.objectContaining({ code: 'RECORDS_UNREADABLE' }))
  })
})
