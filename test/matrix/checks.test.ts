import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import {
  startToxiproxyServer,
  toxiproxyControl,
  type ToxiproxyControl,
  type ToxiproxyServer,
} from '../../src/toxiproxy/index.ts'
import {
  BYSTANDER_NAMES,
  harmDone,
  lookAtBystanders,
  plantBystanders,
  startBystandersUpstream,
  type Bystanders,
} from '../support/matrix-bystanders.ts'
import { CAN_TELL } from '../support/matrix-processes.ts'
import { ROOT } from '../support/program.ts'
import { toxic } from '../support/toxiproxy-bench.ts'
import {
  badReport,
  leftPorts,
  leftProcesses,
  leftProxies,
  leftRecords,
  tooSlow,
  unreadable,
  wrongExit,
} from './checks.ts'
import { felt, inForce, proxiesOn } from './look.ts'
import { comesTrue } from './watch.ts'

const GONE_WITHIN_MS = 10_000
/** The records of a run that has ended. */
const WHOLE_RUN = join(ROOT, 'test', 'fixtures', 'runs', 'refused-with-truncations')

/** A copy of a run's folder, to do something to. */
function copyOfRun(): string {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-matrix-check-'))
  cpSync(WHOLE_RUN, dir, { recursive: true })
  return dir
}

describe('what the matrix looks at on the server', () => {
  let upstream: Awaited<ReturnType<typeof startBystandersUpstream>>
  let server: ToxiproxyServer
  let control: ToxiproxyControl
  beforeAll(async () => {
    upstream = await startBystandersUpstream()
  })
  afterAll(() => upstream.close())
  beforeEach(async () => {
    server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
    control = toxiproxyControl({ url: server.url, timeoutMs: 5000 })
    await plantBystanders(server.url, upstream.address)
    return () => server.stop()
  })

  const plant = (name = 'gameday-abcdef-primary') =>
    control.createProxy({ name, listen: '127.0.0.1:0', upstream: upstream.address })

  it('reports a proxy that was left behind, and no bystander', async () => {
    expect(await leftProxies(server.url, BYSTANDER_NAMES)).toEqual([])
    await plant()
    expect(await leftProxies(server.url, BYSTANDER_NAMES)).toEqual([
      'the proxy gameday-abcdef-primary is still on the server, enabled, with 0 toxics',
    ])
  })

  const [name] = BYSTANDER_NAMES as [string]
  it.each([
    {
      what: 'had its toxic removed',
      harm: () => control.removeToxic(name, 'slow-lunch'),
      reported: /was changed/,
    },
    {
      what: 'got another toxic',
      harm: () => control.addToxic(name, toxic('latency', { latency: 1 })),
      reported: /was changed/,
    },
    {
      what: 'was disabled',
      harm: () => control.setEnabled(name, false),
      reported: /was changed[^]*not answered/,
    },
    { what: 'was deleted', harm: () => control.deleteProxy(name), reported: /was changed[^]*not answered/ },
  ])('reports a bystander that $what', async ({ harm, reported }) => {
    const before = await lookAtBystanders(server.url)
    expect(harmDone(before, await lookAtBystanders(server.url))).toEqual([])
    await harm()
    expect(harmDone(before, await lookAtBystanders(server.url)).join('\n')).toMatch(reported)
  })

  it('reports a bystander that did not answer even before: its silence afterwards would prove nothing', () => {
    const silent: Bystanders = {
      state: Object.fromEntries(BYSTANDER_NAMES.map((each) => [each, '{}'])),
      answers: Object.fromEntries(BYSTANDER_NAMES.map((each) => [each, 'ECONNREFUSED'])),
    }
    expect(harmDone(silent, silent)).toHaveLength(BYSTANDER_NAMES.length)
  })

  it.each([
    {
      fault: 'latency',
      apply: () => control.addToxic('gameday-abcdef-primary', toxic('latency', { latency: 1500 })),
    },
    { fault: 'refused', apply: () => control.setEnabled('gameday-abcdef-primary', false) },
  ] as const)(
    'tells whether $fault is in force, by the server’s word and by a request',
    async ({ fault, apply }) => {
      await plant()
      const look = async () =>
        (await proxiesOn(server.url)).find((proxy) => proxy.name === 'gameday-abcdef-primary')!
      const before = await look()
      expect([inForce({ fault }, before), await felt({ fault }, before, false)]).toEqual([false, false])
      await apply()
      const after = await look()
      expect([inForce({ fault }, after), await felt({ fault }, after, true)]).toEqual([true, true])
      expect(inForce({ fault }, undefined)).toBe(false)
    },
  )
})

describe('what the matrix looks at on the machine', () => {
  it('reports a port that still listens, unless it is a stranger’s by now', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await leftPorts([port], [process.pid])).toEqual([expect.stringContaining(`${port} still listens`)])
    expect(await leftPorts([port], [1])).toHaveLength(CAN_TELL ? 0 : 1)
    server.close()
    await once(server, 'close')
    expect(await leftPorts([port], [process.pid])).toEqual([])
  })

  it('reports a process that still lives, by its environment or by its number, until it has ended', async () => {
    const mark = mkdtempSync(join(tmpdir(), 'gameday-matrix-check-'))
    const child = spawn('sleep', ['60'], { env: { ...process.env, GAMEDAY_STATE: join(mark, 'state') } })
    const pid = child.pid!
    await once(child, 'spawn')
    expect(
      leftProcesses(mark, []).filter((said) => said.includes(`process ${pid} still lives`)),
    ).toHaveLength(CAN_TELL ? 1 : 0)
    expect(leftProcesses('no such mark', [pid])).toEqual([`the process ${pid} still lives`])
    child.kill('SIGKILL')
    expect(await comesTrue(() => leftProcesses(mark, [pid]).length === 0, GONE_WITHIN_MS)).toBe(true)
  })

  it('reports a rollback record that was not removed', () => {
    expect(leftRecords([])).toEqual([])
    expect(leftRecords(['abcdef-f0.json'])).toEqual(['the rollback record abcdef-f0.json is still there'])
  })
})

describe('what the matrix looks at in a run’s folder', () => {
  it('takes half a last line, and reports records that cannot be read', () => {
    const dir = copyOfRun()
    appendFileSync(join(dir, 'journal.ndjson'), '{"id":"j99","atMs":1')
    expect(unreadable(dir)).toEqual([])
    appendFileSync(join(dir, 'journal.ndjson'), '\n')
    expect(unreadable(dir)).toEqual([expect.stringMatching(/cannot be read: .*journal\.ndjson/)])
    writeFileSync(join(dir, 'journal.ndjson'), '')
    expect(unreadable(dir)).toEqual(['the journal does not begin with run.started'])
  })

  it('reports a report that cannot be made, and one that does not say where a killed run ended', async () => {
    const dir = copyOfRun()
    expect(await badReport(dir, false)).toEqual([])
    expect(await badReport(dir, true)).toEqual([expect.stringContaining('does not say where')])
    expect(await badReport(join(dir, 'nowhere'), false)).toEqual([
      expect.stringMatching(/^gameday report ended with \d/),
    ])
  })
})

describe('what the matrix makes of an ending', () => {
  it('reports an exit code that was not expected', () => {
    const row = { ending: 'INT', exits: [130] } as const
    expect(wrongExit(row, 130, '')).toEqual([])
    expect(wrongExit(row, 0, 'HELD')).toEqual(['it ended with 0, not 130: HELD'])
    expect(wrongExit(row, 6, '')).toHaveLength(1)
  })

  it('takes 6 only where there was no server that could have proven anything', () => {
    expect(wrongExit({ ending: 'Toxiproxy frozen and thawed', exits: [4] }, 6, '')).toEqual([])
  })

  const at = (second: number) => new Date(second * 1000).toISOString()
  const undoing = { type: 'watchdog.undoing', at: at(0), why: 'gone' }
  const undone = (second: number, proven = true) => ({ type: 'rollback.undone', at: at(second), proven })
  it.each([
    {
      what: 'nothing where all was in time',
      wholeAfterMs: 900,
      lines: [undoing, undone(1), undone(1)],
      reports: [],
    },
    {
      what: 'an undoing that came late',
      wholeAfterMs: 10_001,
      lines: [undoing, undone(1), undone(1)],
      reports: [/whole only 10001 ms after/],
    },
    {
      what: 'one that took long by the watchdog’s own stamps',
      wholeAfterMs: 900,
      lines: [undoing, undone(1), undone(11)],
      reports: [/took 11000 ms/],
    },
    {
      what: 'one that was not proven',
      wholeAfterMs: 900,
      lines: [undoing, undone(1), undone(1, false)],
      reports: [/undone and proven/],
    },
    {
      what: 'one for another reason',
      wholeAfterMs: 900,
      lines: [{ ...undoing, why: 'silent' }, undone(1), undone(1)],
      reports: [/because the runner was gone/],
    },
    {
      what: 'a watchdog that wrote nothing',
      wholeAfterMs: 900,
      lines: [],
      reports: [/runner was gone/, /undone and proven/, /took NaN ms/],
    },
  ])('reports $what', ({ wholeAfterMs, lines, reports }) => {
    expect(tooSlow(wholeAfterMs, lines)).toEqual(
      reports.map((pattern) => expect.stringMatching(pattern) as string),
    )
  })
})
