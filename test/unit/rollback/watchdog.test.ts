import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, vi, type TestContext } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import type { JournalEntry, UndoPlan } from '../../../src/record/index.ts'
import { rollbackRecords, startWatchdog, type Watchdog } from '../../../src/rollback/index.ts'
import { CAN_TELL, lives, processesWith, stateOf } from '../../support/matrix-processes.ts'
import { emptyFolder, foundAs, RUN, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'
import { runnerProcess, type RunnerTask } from '../../support/rollback-runner.ts'
import { refusingUrl, toxiproxyScene, type Later } from '../../support/rollback-servers.ts'
import { toxic } from '../../support/toxiproxy-bench.ts'

/** The promise is 5 s; this machine may be busy with other tests. */
const SOON_MS = 10_000
/** A silence of 5 s has to pass first. */
const AFTER_SILENCE_MS = 18_000
const soon = { timeout: SOON_MS, interval: 20 }
const afterSilence = { timeout: AFTER_SILENCE_MS, interval: 20 }

/** Folders of a test, whose names no other process bears; whoever bears them in the end is named, and ended. */
function place({ expect, onTestFinished }: TestContext) {
  const home = emptyFolder()
  const dir = join(home, 'run')
  mkdirSync(dir)
  const stateFolder = join(home, 'state')
  const left = () => processesWith(home).map(({ pid, command }) => `${pid} ${command}`)
  onTestFinished(() => {
    for (const { pid } of processesWith(home)) process.kill(pid, 'SIGKILL')
  })
  return {
    home,
    dir,
    stateFolder,
    records: rollbackRecords(stateFolder),
    left,
    nobodyLeft: () => vi.waitFor(() => expect(left()).toEqual([]), soon),
    told: (): JournalEntry[] => {
      const path = join(dir, 'watchdog.ndjson')
      if (!existsSync(path)) return []
      const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
      return lines.map((line) => JSON.parse(line) as JournalEntry)
    },
  }
}

/** A watchdog whose runner is this very process, and all that was heard of it. */
async function watched(context: TestContext) {
  const at = place(context)
  const heard: string[] = []
  const pids: number[] = []
  const news = {
    started: (_pid: number) => undefined as void,
  }
  const watchdog = await startWatchdog({ stateFolder: at.stateFolder, run: RUN, dir: at.dir }, systemClock, {
    onStarted: (pid) => {
      heard.push('started')
      pids.push(pid)
      news.started(pid)
    },
    onLost: (detail) => void heard.push(`lost: ${detail}`),
    onFailed: (detail) => void heard.push(`failed: ${detail}`),
    onUndoing: (why, detail) => void heard.push(`undoing, ${why}: ${detail}`),
  })
  let over = false
  const release: Watchdog['release'] = async (allUndone) => {
    over = true
    await watchdog.release(allUndone)
  }
  context.onTestFinished(async () => {
    if (!over) await release(true)
  })
  return { ...at, watchdog: { ...watchdog, release }, heard, pids, news }
}

/** A change whose server is dead: undone as soon as somebody looks at it. */
const light = async (dir: string, rest: Partial<UndoPlan> = {}) => ({
  ...toxicAdded({ url: await refusingUrl(), proxy: 'p' }, undefined, { dir }),
  ...rest,
})

/** A runner in a process of its own that has put a toxic on a proxy. */
async function runnerWithToxic(context: TestContext, more: Partial<RunnerTask> = {}) {
  const later: Later = (end) => context.onTestFinished(end)
  const at = place(context)
  const { control, proxy, place: here } = await toxiproxyScene(later)
  await control.addToxic(proxy.name, toxic('latency', { latency: 1, jitter: 0 }, { name: TOXIC }))
  const plan = toxicAdded(here, foundAs(proxy), { dir: at.dir })
  const runner = runnerProcess({ dir: at.dir, plan, state: at.stateFolder, ...more }, later)
  const { pid: watchdog = 0 } = await runner.hears(({ news }) => news === 'started')
  await runner.hears(({ news }) => news === 'ready')
  const toxics = async () => (await control.getProxy(proxy.name))?.toxics.map(({ name }) => name)
  return { ...at, runner, watchdog, plan, toxics, control, proxy }
}

describe.concurrent('the watchdog’s process', () => {
  it('is in a session of its own and in no folder that could be in the way', async (context) => {
    const { expect, skip } = context
    if (!CAN_TELL) skip('this system does not tell of its processes')
    const { pids, left } = await watched(context)
    const pid = pids[0] ?? 0
    const [, parent, group, session] =
      /\) \S (\d+) (\d+) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    expect([parent, group, session].map(Number)).toEqual([process.pid, pid, pid])
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/')
    expect(left()).toEqual([expect.stringMatching(/watchdog\/process\.js/)])
  })

  it('is not ended by signals from outside, and ends by itself, silently, when it is released', async (context) => {
    const { expect } = context
    const { watchdog, pids, heard, told, nobodyLeft } = await watched(context)
    const pid = pids[0] ?? 0
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(lives(pid)).toBe(true)
    watchdog.permit()

    await watchdog.release(true)
    expect(lives(pid)).toBe(false)
    await nobodyLeft()
    expect(heard).toEqual(['started'])
    expect(told()).toEqual([])
  })

  it('goes on by itself when it is released with something left', async (context) => {
    const { expect } = context
    const { watchdog, records, dir, heard, told, nobodyLeft } = await watched(context)
    records.write(await light(dir))
    await watchdog.release(false)
    await nobodyLeft()
    expect(records.all().plans).toEqual([])
    expect(told()).toMatchObject([
      { id: 'w1', type: 'watchdog.undoing', why: 'gone' },
      { id: 'w2', type: 'rollback.undone', plan: TOXIC, proven: true, by: 'watchdog' },
    ])
    expect(heard).toEqual(['started'])
  })

  it('is replaced when it is killed: another one, never two, and it knows when the drill began', async (context) => {
    const { expect } = context
    const { watchdog, records, dir, pids, heard, left, told, nobodyLeft } = await watched(context)
    watchdog.epoch(systemClock.now() - 1_000_000)
    let most = 0
    const counting = setInterval(() => (most = Math.max(most, left().length)), 40)
    context.onTestFinished(() => clearInterval(counting))
    for (const round of [1, 2]) {
      process.kill(pids.at(-1) ?? 0, 'SIGKILL')
      await vi.waitFor(() => expect(pids).toHaveLength(round + 1), soon)
    }
    expect(new Set(pids).size).toBe(3)
    expect(heard).toEqual([
      'started',
      'lost: the watchdog ended by SIGKILL',
      'started',
      'lost: the watchdog ended by SIGKILL',
      'started',
    ])
    expect(most).toBeLessThanOrEqual(1)
    expect(pids.filter(lives)).toEqual(pids.slice(-1))
    watchdog.permit()

    records.write(await light(dir))
    await watchdog.release(false)
    await nobodyLeft()
    expect(told()).toHaveLength(2)
    for (const { atMs } of told()) {
      expect(atMs).toBeGreaterThan(1_000_000)
      expect(atMs).toBeLessThan(1_100_000)
    }
  })

  it('is killed and replaced when it hangs', async (context) => {
    const { expect } = context
    const { pids, heard } = await watched(context)
    process.kill(pids[0] ?? 0, 'SIGSTOP')
    await vi.waitFor(() => expect(pids).toHaveLength(2), afterSilence)
    expect(heard).toEqual(['started', 'lost: the watchdog ended by SIGKILL', 'started'])
    expect(pids.filter(lives)).toEqual(pids.slice(1))
  }, 30_000)

  it('is given up when it dies again and again; then nothing may be changed any more', async (context) => {
    const { expect } = context
    const { watchdog, pids, heard, news, nobodyLeft } = await watched(context)
    news.started = (pid) => void process.kill(pid, 'SIGKILL')
    process.kill(pids[0] ?? 0, 'SIGKILL')
    await vi.waitFor(() => expect(heard.at(-1)).toMatch(/^failed: /), { timeout: 25_000, interval: 20 })
    expect(heard.at(-1)).toBe(
      'failed: it was started 10 times and died each time; the last time: the watchdog ended by SIGKILL',
    )
    expect(pids).toHaveLength(10)
    expect(heard.filter((line) => line.startsWith('lost'))).toHaveLength(10)
    expect(() => watchdog.permit()).toThrow(
      expect.objectContaining({ code: 'WATCHDOG_UNDOING', exitCode: 4 }),
    )
    await watchdog.release(true)
    await nobodyLeft()
  }, 30_000)

  it('undoes what outlasts its deadline although its runner lives, and from then on permits nothing', async (context) => {
    const { expect } = context
    const { watchdog, records, dir, heard, told } = await watched(context)
    watchdog.permit()
    const overdue = { at: '2099-01-01T00:00:00.000Z', atMs: systemClock.now() - 1 }
    const plan = await light(dir, { deadline: overdue })
    records.write(plan)
    await vi.waitFor(() => expect(told()).toHaveLength(2), soon)
    await vi.waitFor(() => expect(heard).toHaveLength(2), soon)
    expect(heard[1]).toMatch(/^undoing, overdue: .* should have been undone by 2099/)
    expect(() => watchdog.permit()).toThrow(
      expect.objectContaining({ code: 'WATCHDOG_UNDOING', exitCode: 4 }),
    )
    expect(records.all().plans).toEqual([plan])
    await watchdog.release(false)
    await vi.waitFor(() => expect(records.all().plans).toEqual([]), soon)
  })
})

describe.concurrent('the watchdog of a runner that is a process', () => {
  it.for([
    { what: 'alone', end: (pid: number) => process.kill(pid, 'SIGKILL') },
    { what: 'with its process group', end: (pid: number) => process.kill(-pid, 'SIGKILL') },
    { what: 'by a hang-up of its group', end: (pid: number) => process.kill(-pid, 'SIGHUP') },
  ])(
    'undoes what that left when it is killed, tells it, removes the record and ends: $what',
    async ({ end }, context) => {
      const { expect } = context
      const { runner, watchdog, toxics, records, told, nobodyLeft } = await runnerWithToxic(context, {
        detached: true,
      })
      expect(await toxics()).toEqual([TOXIC])
      end(runner.pid)
      await vi.waitFor(async () => expect(await toxics()).toEqual([]), soon)
      await vi.waitFor(() => expect(records.all().plans).toEqual([]), soon)
      expect(told()).toMatchObject([
        { id: 'w1', type: 'watchdog.undoing', why: 'gone' },
        { id: 'w2', type: 'rollback.undone', plan: TOXIC, proven: true, by: 'watchdog' },
      ])
      await vi.waitFor(() => expect(lives(watchdog)).toBe(false), soon)
      await nobodyLeft()
    },
  )

  it('undoes it while that is stopped, keeps the record, and proves it once more when that has died', async (context) => {
    const { expect } = context
    const { runner, toxics, records, plan, told, nobodyLeft, control, proxy } = await runnerWithToxic(context)
    process.kill(runner.pid, 'SIGSTOP')
    await vi.waitFor(async () => expect(await toxics()).toEqual([]), afterSilence)
    expect(CAN_TELL ? stateOf(runner.pid) : 'T').toBe('T')
    await vi.waitFor(() => expect(told()).toHaveLength(2), soon)
    expect(told()[0]).toMatchObject({ type: 'watchdog.undoing', why: 'silent' })
    expect(records.all().plans).toEqual([plan])

    process.kill(runner.pid, 'SIGCONT')
    await runner.hears(({ news, why }) => news === 'undoing' && why === 'silent')
    runner.tell('permit')
    const { answer } = await runner.hears((line) => line.answer !== undefined)
    expect(answer).toMatchObject({ permitted: false, code: 'WATCHDOG_UNDOING' })

    await control.addToxic(proxy.name, toxic('latency', { latency: 1, jitter: 0 }, { name: TOXIC }))
    await runner.kill()
    await vi.waitFor(() => expect(records.all().plans).toEqual([]), soon)
    expect(await toxics()).toEqual([])
    await nobodyLeft()
  }, 45_000)

  it('permits nothing to one that was stopped for so long, however busy that is when it wakes up', async (context) => {
    const { expect } = context
    const { runner, toxics } = await runnerWithToxic(context)
    runner.tell('spin')
    await new Promise((resolve) => setTimeout(resolve, 300))
    process.kill(runner.pid, 'SIGSTOP')
    await vi.waitFor(async () => expect(await toxics()).toEqual([]), afterSilence)
    process.kill(runner.pid, 'SIGCONT')
    const { answer } = await runner.hears((line) => line.answer !== undefined)
    expect(answer?.permitted).toBe(0)
    expect(answer?.refused).toBeGreaterThan(0)
  }, 45_000)

  it('does not take one for silent whose main thread is stuck: its sign of life comes from a thread of its own', async (context) => {
    const { expect } = context
    const { runner, toxics, told } = await runnerWithToxic(context)
    runner.tell('block 6500')
    const { answer } = await runner.hears((line) => line.answer !== undefined)
    expect(answer).toEqual({ permitted: true })
    expect(told()).toEqual([])
    expect(await toxics()).toEqual([TOXIC])
  }, 45_000)

  it('finds the records in a state folder that was named by where its runner was', async (context) => {
    const { expect, onTestFinished } = context
    const home = emptyFolder()
    const { runner, toxics, nobodyLeft } = await runnerWithToxic(context, { state: 'my-state', cwd: home })
    const records = rollbackRecords(join(home, 'my-state'))
    expect(records.all().plans).toHaveLength(1)
    onTestFinished(() => {
      for (const { pid } of processesWith(home)) process.kill(pid, 'SIGKILL')
    })
    await runner.kill()
    await vi.waitFor(async () => expect(await toxics()).toEqual([]), soon)
    await vi.waitFor(() => expect(records.all().plans).toEqual([]), soon)
    await nobodyLeft()
  })

  it('undoes what one left that was killed before it had a folder to tell it in', async (context) => {
    const { expect } = context
    const { runner, toxics, records, dir, nobodyLeft } = await runnerWithToxic(context, {
      dir: '/nowhere/at/all',
    })
    await runner.kill()
    await vi.waitFor(() => expect(records.all().plans).toEqual([]), soon)
    expect(await toxics()).toEqual([])
    expect(readdirSync(dir)).toEqual([])
    await nobodyLeft()
  })

  it('leaves the record when the folder cannot be written to, so that recover tells it', async (context) => {
    const { expect } = context
    const { dir, runner, toxics, records, plan, nobodyLeft } = await runnerWithToxic(context)
    mkdirSync(join(dir, 'watchdog.ndjson'))
    await runner.kill()
    await nobodyLeft()
    expect(await toxics()).toEqual([])
    expect(records.all().plans).toEqual([plan])
  })

  it('is started with NODE_OPTIONS as they are, and is not disturbed by what a preloaded module prints', async (context) => {
    const { expect } = context
    const folder = emptyFolder()
    const shim = join(folder, 'shim.mjs')
    writeFileSync(
      shim,
      `import { writeFileSync } from 'node:fs'
       process.stdout.write('lunch\\n')
       writeFileSync(${JSON.stringify(folder)} + '/' + process.pid, '')`,
    )
    const { runner, watchdog, toxics, nobodyLeft } = await runnerWithToxic(context, {
      env: { NODE_OPTIONS: `--import ${shim}` },
    })
    expect(readdirSync(folder)).toContain(String(watchdog))
    expect(runner.said.filter(({ news }) => news === 'lost' || news === 'failed')).toEqual([])
    await runner.kill()
    await vi.waitFor(async () => expect(await toxics()).toEqual([]), soon)
    await nobodyLeft()
  })

  it('says that it cannot be started, with its last words, and the run is not ready', async (context) => {
    const { expect } = context
    const { stateFolder, dir, records, nobodyLeft } = place(context)
    const runner = runnerProcess(
      { dir, state: stateFolder, plan: await light(dir), nodeOptions: '--import /nowhere/at/all.mjs' },
      (end) => context.onTestFinished(end),
    )
    const refused = await runner.hears(({ news }) => news === 'refused')
    expect(refused).toMatchObject({ code: 'WATCHDOG_NOT_STARTED', exitCode: 3 })
    expect(refused.message).toMatch(/it was started 10 times and died each time.*/)
    expect(runner.said.filter(({ news }) => news === 'ready' || news === 'lost')).toEqual([])
    expect(records.all().plans).toEqual([])
    await runner.kill()
    await nobodyLeft()
  })
})
