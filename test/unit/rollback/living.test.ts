import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { seededRandom, systemClock, type GamedayError } from '../../../src/base/index.ts'
import { claimTarget, targetOf } from '../../../src/rollback/index.ts'
import { crewSocket, livingRuns, showLife } from '../../../src/rollback/living.ts'
import { CAN_TELL, stateOf } from '../../support/matrix-processes.ts'
import { factsOf, lifeProcess, type Facts } from '../../support/rollback-life.ts'
import { emptyFolder } from '../../support/rollback-plans.ts'
import { testClock } from '../../support/test-clock.ts'

const filesIn = (state: string) => (existsSync(join(state, 'live')) ? readdirSync(join(state, 'live')) : [])
const namesOf = async (state: string) => (await livingRuns(state)).map(({ run }) => run)

/** A run of this process. */
async function shown(state: string, facts: Facts) {
  const life = await showLife(state, facts)
  onTestFinished(() => life.end())
  return life
}

const claim = (stateFolder: string, facts: Facts) =>
  claimTarget({ stateFolder, facts, clock: systemClock, random: seededRandom(1, facts.run) })

async function held(state: string, facts: Facts) {
  const life = await claim(state, facts)
  onTestFinished(() => life.end())
  return life
}

describe('a sign of life', () => {
  it('is seen, with what the run says of itself', async () => {
    const state = emptyFolder()
    const life = await shown(state, factsOf('run1'))
    const socket = join(state, 'live', 'run1.sock')
    expect(await livingRuns(state)).toEqual([{ ...factsOf('run1'), holds: false, socket }])
    life.say({ holds: true })
    expect(await livingRuns(state)).toEqual([{ ...factsOf('run1'), holds: true, socket }])
  })

  it('leaves nothing when it ends', async () => {
    const state = emptyFolder()
    const life = await showLife(state, factsOf('run1'))
    expect(filesIn(state).toSorted()).toEqual(['run1.json', 'run1.sock'])
    await life.end()
    expect(await livingRuns(state)).toEqual([])
    expect(filesIn(state)).toEqual([])
  })

  it('of a killed process is none, and is struck off; that of another stays', async () => {
    const state = emptyFolder()
    const [dead, other] = [
      await lifeProcess(state, factsOf('dead'), onTestFinished),
      await lifeProcess(state, factsOf('other'), onTestFinished),
    ]
    expect([await dead.ask('show'), await other.ask('show')]).toEqual(['shown', 'shown'])
    expect((await namesOf(state)).toSorted()).toEqual(['dead', 'other'])
    await dead.kill()
    expect(filesIn(state)).toContain('dead.sock')
    expect(await namesOf(state)).toEqual(['other'])
    expect(filesIn(state).toSorted()).toEqual(['other.json', 'other.sock'])
  })

  it('of a stopped process is one, even when nobody takes its connections any more', async () => {
    const state = emptyFolder()
    const stopped = await lifeProcess(state, factsOf('stopped'), onTestFinished)
    await stopped.ask('show')
    stopped.child.kill('SIGSTOP')
    await vi.waitFor(() => expect(CAN_TELL ? stateOf(stopped.pid) : 'T').toBe('T'))
    expect(await namesOf(state)).toEqual(['stopped'])

    // More than its queue takes: what is tried now is told to come again, and not that nobody listens.
    const sockets = Array.from({ length: 600 }, () => connect(join(state, 'live', 'stopped.sock')))
    const ends = await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<string>((resolve) => {
            socket.on('connect', () => resolve('connected'))
            socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
          }),
      ),
    )
    expect(ends.filter((end) => end !== 'connected').length).toBeGreaterThan(0)
    expect(await namesOf(state)).toEqual(['stopped'])
    for (const socket of sockets) socket.destroy()
  })

  it('works in a folder whose path is longer than a socket’s may be, and is seen by other processes', async () => {
    const deep = join(emptyFolder(), 'a-very-long-name-of-a-folder-'.repeat(5))
    const twin = join(emptyFolder(), 'a-very-long-name-of-a-folder-'.repeat(5))
    const run = await lifeProcess(deep, factsOf('run1'), onTestFinished)
    expect(await run.ask('show')).toBe('shown')
    const beside = await shown(twin, factsOf('run1'))
    expect(await namesOf(deep)).toEqual(['run1'])
    expect(filesIn(deep)).toEqual(['run1.json'])
    const socket = (await livingRuns(deep))[0]?.socket ?? ''
    expect(dirname(socket)).toBe(tmpdir())
    expect(Buffer.byteLength(socket)).toBeLessThan(104)

    await run.kill()
    expect(await namesOf(deep)).toEqual([])
    expect(existsSync(socket)).toBe(false)
    expect(await namesOf(twin)).toEqual(['run1'])
    await beside.end()
    expect(await namesOf(twin)).toEqual([])
  })

  it('is looked for in vain where no run ever was', async () => {
    const file = join(emptyFolder(), 'a-file')
    writeFileSync(file, '')
    expect(await livingRuns(join(emptyFolder(), 'nothing'))).toEqual([])
    expect(await livingRuns(file)).toEqual([])
  })

  it('passes over what it cannot read, and leaves it there', async () => {
    const state = emptyFolder()
    mkdirSync(join(state, 'live'))
    for (const text of ['', '{', '{"run":"of another version"}'])
      writeFileSync(join(state, 'live', `x${text.length}.json`), text)
    await shown(state, factsOf('run1'))
    expect(await namesOf(state)).toEqual(['run1'])
    expect(filesIn(state)).toHaveLength(5)
  })

  it('that cannot be shown ends the run not-ready, and leaves nobody listening', async () => {
    const file = join(emptyFolder(), 'a-file')
    writeFileSync(file, '')
    await expect(showLife(file, factsOf('run1'))).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
      exitCode: 3,
    })
    const state = emptyFolder()
    mkdirSync(join(state, 'live', 'run1.json.draft'), { recursive: true })
    await expect(showLife(state, factsOf('run1'))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' })
    expect(filesIn(state)).toEqual(['run1.json.draft'])
  })
})

describe('the socket at which a run is joined', () => {
  const DEEP = 'a-very-long-name-of-a-folder-'.repeat(5)
  const listeningAt = async (path: string) => {
    mkdirSync(dirname(path), { recursive: true })
    const server = createServer((socket) => socket.destroy()).listen(path)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
  }
  /** A run that was killed, and what is left of the socket at which it could be joined. */
  async function killed(state: string, crew: string) {
    const run = await lifeProcess(state, { ...factsOf('run1'), crew }, onTestFinished)
    expect(await run.ask('show')).toBe('shown')
    mkdirSync(dirname(crew), { recursive: true })
    writeFileSync(crew, '')
    expect((await livingRuns(state))[0]).toMatchObject({ crew })
    expect(existsSync(crew)).toBe(true)
    await run.kill()
  }

  it('lies beside its sign of life', () => {
    expect(crewSocket('/state', 'run1')).toBe('/state/live/run1.crew.sock')
  })

  it('lies in a temporary folder of its own where the path would be too long, and can be listened on', async () => {
    const [one, two] = [join(emptyFolder(), DEEP), join(emptyFolder(), DEEP)]
    const path = crewSocket(one, 'run1') ?? ''
    expect(dirname(dirname(path))).toBe(tmpdir())
    expect(Buffer.byteLength(path)).toBeLessThan(104)
    expect(crewSocket(one, 'run1')).toBe(path)
    const others = [crewSocket(one, 'run2'), crewSocket(two, 'run1')].map((other) => dirname(other ?? ''))
    expect(new Set([dirname(path), ...others]).size).toBe(3)
    onTestFinished(() => rmSync(dirname(path), { recursive: true }))
    await listeningAt(path)
  })

  it('is none where that is too long as well', () => {
    expect(crewSocket(`/${DEEP}`, 'r'.repeat(90))).toBeNull()
  })

  it('is struck off with a run that was killed', async () => {
    const state = emptyFolder()
    await killed(state, crewSocket(state, 'run1') ?? '')
    expect(await livingRuns(state)).toEqual([])
    expect(filesIn(state)).toEqual([])
  })

  it('is struck off with its own folder, unless something else is in that', async () => {
    const state = join(emptyFolder(), DEEP)
    const crew = crewSocket(state, 'run1') ?? ''
    onTestFinished(() => rmSync(dirname(crew), { recursive: true, force: true }))
    await killed(state, crew)
    expect(await livingRuns(state)).toEqual([])
    expect(existsSync(dirname(crew))).toBe(false)

    await killed(state, crew)
    writeFileSync(join(dirname(crew), 'theirs'), '')
    expect(await livingRuns(state)).toEqual([])
    expect(readdirSync(dirname(crew))).toEqual(['theirs'])
  })
})

describe('a target', () => {
  it('is held by one run, and the next is told by whom', async () => {
    const state = emptyFolder()
    await held(state, factsOf('run1', 'http://t:1', 4711))
    const taken = await claim(state, factsOf('run2', 'http://t:1')).catch((error: GamedayError) => error)
    expect(taken).toMatchObject({ code: 'TARGET_TAKEN', exitCode: 3 })
    expect((taken as GamedayError).message).toMatch(
      /friday-failover \(run run1, process 4711\).*http:\/\/t:1/,
    )
    expect(filesIn(state).toSorted()).toEqual(['run1.json', 'run1.sock'])
  })

  it.each([
    { what: 'another target', first: 'http://t:1', second: 'http://t:2' },
    { what: 'a server of its own beside one of its own', first: null, second: null },
    { what: 'a server of its own beside a shared one', first: 'http://t:1', second: null },
    { what: 'a shared one beside a server of its own', first: null, second: 'http://t:1' },
  ])('does not stand in the way of $what', async ({ first, second }) => {
    const state = emptyFolder()
    await held(state, factsOf('run1', first))
    await held(state, factsOf('run2', second))
    const runs = await livingRuns(state)
    expect(runs.map(({ run, holds }) => `${run} ${holds}`).toSorted()).toEqual(['run1 true', 'run2 true'])
  })

  it('is free again when its run has ended', async () => {
    const state = emptyFolder()
    const first = await claim(state, factsOf('run1'))
    await first.end()
    expect(await held(state, factsOf('run2'))).toBeDefined()
  })

  it('is free again when its run was killed, and not when it was only stopped', async () => {
    const state = emptyFolder()
    const owner = await lifeProcess(state, factsOf('run1'), onTestFinished)
    expect(await owner.ask('claim')).toBe('held')
    owner.child.kill('SIGSTOP')
    await expect(claim(state, factsOf('run2'))).rejects.toMatchObject({ code: 'TARGET_TAKEN' })
    await owner.kill()
    await held(state, factsOf('run2'))
  })

  it('is not taken from one that only looks; whoever waits for it too long gives up', async () => {
    const state = emptyFolder()
    await shown(state, factsOf('looker'))
    const clock = testClock()
    const random = vi.fn<() => number>(() => 0.5)
    let ended = false
    const claiming = claimTarget({ stateFolder: state, facts: factsOf('run2'), clock, random }).finally(
      () => (ended = true),
    )
    claiming.catch(() => undefined)
    while (!ended) await clock.advance(10)
    await expect(claiming).rejects.toMatchObject({ code: 'TARGET_TAKEN' })
    expect(random).toHaveBeenCalledTimes(20)
    expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + 20 * 70)
    expect(filesIn(state).toSorted()).toEqual(['looker.json', 'looker.sock'])
  })

  it('is asked for with a sign of another name each time: the one before may be about to be struck off', async () => {
    const state = emptyFolder()
    mkdirSync(join(state, 'live'))
    const socket = join(state, 'live', 'rival.sock')
    const seen: string[] = []
    // The rival lists what is there whenever somebody asks whether it lives.
    const rival = createServer((asked) => {
      seen.push(...filesIn(state).filter((name) => /^run2.*\.json$/.test(name)))
      asked.destroy()
    }).listen(socket)
    onTestFinished(() => void rival.close())
    writeFileSync(
      join(state, 'live', 'rival.json'),
      JSON.stringify({ ...factsOf('rival'), holds: false, socket }),
    )
    await expect(claim(state, factsOf('run2'))).rejects.toMatchObject({ code: 'TARGET_TAKEN' })
    expect(seen.length).toBe(21)
    expect(new Set(seen).size).toBe(seen.length)
  }, 30_000)
})

describe('two that start at once', () => {
  it('in one process never both hold, and one gets it, round after round', async () => {
    const state = emptyFolder()
    for (let round = 0; round < 15; round++) {
      const claims = await Promise.allSettled(
        ['a', 'b', 'c'].map((name) => claim(state, factsOf(`${name}${round}`))),
      )
      const holders = claims.filter((one) => one.status === 'fulfilled')
      const refused = claims.filter((one) => one.status === 'rejected')
      expect(holders).toHaveLength(1)
      for (const { reason } of refused) expect(reason).toMatchObject({ code: 'TARGET_TAKEN' })
      await Promise.all(holders.map(({ value }) => value.end()))
    }
    expect(filesIn(state)).toEqual([])
  })

  it('in processes of their own never both hold, and one gets it, round after round', async () => {
    const state = emptyFolder()
    const runs = [
      await lifeProcess(state, factsOf('a'), onTestFinished),
      await lifeProcess(state, factsOf('b'), onTestFinished),
      await lifeProcess(state, factsOf('c'), onTestFinished),
    ]
    for (let round = 0; round < 10; round++) {
      const said = await Promise.all(runs.map((run) => run.ask('claim')))
      expect(said.toSorted()).toEqual(['TARGET_TAKEN', 'TARGET_TAKEN', 'held'])
      await Promise.all(runs.map((run) => run.ask('end')))
    }
    expect(filesIn(state)).toEqual([])
  })
})

describe('the name by which two runs know that they mean the same server', () => {
  it.each([
    ['http://127.0.0.1:8474', 'http://127.0.0.1:8474'],
    ['http://localhost:8474', 'http://127.0.0.1:8474'],
    ['http://LOCALHOST:8474/', 'http://127.0.0.1:8474'],
    ['http://[::1]:8474', 'http://127.0.0.1:8474'],
    ['http://127.0.0.1:8474/proxies', 'http://127.0.0.1:8474'],
    ['http://toxi.internal', 'http://toxi.internal:80'],
    ['http://toxi.internal:80', 'http://toxi.internal:80'],
    ['https://toxi.internal', 'https://toxi.internal:443'],
    ['http://127.0.0.1:8475', 'http://127.0.0.1:8475'],
    ['http://127.0.0.2:8474', 'http://127.0.0.2:8474'],
  ])('of %s is %s', (url, name) => {
    expect(targetOf(url)).toBe(name)
  })
})
