import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/index.ts'
import { showLife } from '../../src/rollback/living.ts'
import { startToxiproxyServer, type ToxiproxyServer } from '../../src/toxiproxy/index.ts'
import { listens } from './matrix-port.ts'

/** The proxies that somebody else made before any run, by what is special about them. */
export const KEPT = ['vendor', 'plain', 'off'] as const
export type Kept = (typeof KEPT)[number]

/** A run that lives beside the others all the time, with a toxic in force on `vendor`. */
export const BESIDE = 'beside'

/** What `ask` gets from each upstream. */
export const UPSTREAMS = ['first', 'second'] as const
export type Upstream = (typeof UPSTREAMS)[number]

/** Proxies that somebody makes besides, and runs that make one of their own: as many as there are ports for. */
export const OTHERS = ['other-0', 'other-1'] as const
export const MOST_RUNS = 6

export const runName = (index: number) => `run${index}`
export const ownProxyOf = (run: string) => `gameday-${run}-primary`

export interface Toxic {
  name: string
  type: string
  stream: string
  toxicity: number
  attributes: Record<string, number>
}

/** A proxy as the server's own API tells it. */
export interface Found {
  upstream: string
  listen: string
  enabled: boolean
  toxics: Toxic[]
}

/** The ports and the two upstreams that all scenes share, one scene after the other. */
export interface Ground {
  controlPort: number
  ports: Record<string, number>
  upstreams: Record<Upstream, string>
  close(): Promise<void>
}

export async function prepareGround(): Promise<Ground> {
  const servers: Server[] = []
  const upstreams: Partial<Record<Upstream, string>> = {}
  for (const name of UPSTREAMS) {
    const server = createServer((_request, response) => response.end(name))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    upstreams[name] = `127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const ports: Record<string, number> = {}
  const roles = [
    ...KEPT,
    ...OTHERS,
    ...Array.from({ length: MOST_RUNS }, (_, index) => ownProxyOf(runName(index))),
  ]
  for (const role of roles) ports[role] = await quietPort(ports)
  return {
    controlPort: await quietPort(ports),
    ports,
    upstreams: { first: '', second: '', ...upstreams },
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}

/**
 * Finds a port that nobody listens on, and where nobody will while a proxy of ours is disabled: below those that the
 * kernel hands out by itself, and above those that other tests choose from.
 */
async function quietPort(taken: Record<string, number>): Promise<number> {
  for (;;) {
    const port = 30_000 + Math.floor(Math.random() * 2700)
    if (!Object.values(taken).includes(port) && !(await listens(port))) return port
  }
}

/**
 * A Toxiproxy server that several people use, a state folder, and a run that lives beside: everything real. It is read
 * and changed by plain HTTP calls of its own, so that it never believes what it is to check.
 */
export class Scene {
  readonly ground: Ground
  readonly stateFolder = mkdtempSync(join(memoryFolder(), 'gameday-model-'))
  #server: ToxiproxyServer | null = null
  /** Connections to the control port, which end with the server. */
  #kept = new Agent()
  #beside: { end(): Promise<void> } | null = null
  #besideRecord = ''

  constructor(ground: Ground) {
    this.ground = ground
  }

  get url(): string {
    return `http://127.0.0.1:${this.ground.controlPort}`
  }

  /** Where a proxy of that name listens, whoever makes it: its clients know the port. */
  listenOf(name: string): string {
    return `127.0.0.1:${this.ground.ports[name] ?? 0}`
  }

  dirOf(run: string): string {
    return join(this.stateFolder, 'reports', run)
  }

  async open(proxies: Record<string, Found>): Promise<void> {
    await this.start()
    for (const [name, proxy] of Object.entries(proxies)) await this.make(name, proxy)
    this.#beside = await showLife(this.stateFolder, this.lifeOf(BESIDE))
    const path = join(this.stateFolder, 'rollback', `${BESIDE}-f0.json`)
    mkdirSync(join(this.stateFolder, 'rollback'), { recursive: true })
    this.#besideRecord = JSON.stringify(this.#besidePlan())
    writeFileSync(path, this.#besideRecord, { mode: 0o600 })
  }

  async close(): Promise<void> {
    await this.#beside?.end()
    await this.stop()
    rmSync(this.stateFolder, { recursive: true, force: true })
  }

  async start(): Promise<void> {
    const { controlPort: port } = this.ground
    this.#kept = new Agent({ keepAlive: true })
    this.#server = await startToxiproxyServer({ host: '127.0.0.1', port, seed: 1, clock: systemClock })
    // A connection that the dead server closed may still be kept for the next call; this one finds out.
    for (;;) {
      try {
        await fetch(`${this.url}/version`)
        return
      } catch {
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }

  async stop(): Promise<void> {
    this.#kept.destroy()
    await this.#server?.stop()
    this.#server = null
  }

  get up(): boolean {
    return this.#server !== null
  }

  /** Makes a proxy with its toxics, in the place of any that has its name. */
  async make(name: string, { upstream, listen, enabled, toxics }: Found): Promise<void> {
    await this.call('DELETE', `/proxies/${name}`)
    const status = await this.call('POST', '/proxies', { name, upstream, listen, enabled })
    if (status !== 201) throw new Error(`somebody could not make the proxy ${name}: ${status}`)
    for (const toxic of toxics) await this.call('POST', `/proxies/${name}/toxics`, toxic)
  }

  /** A call of somebody else. Returns its status. */
  async call(method: string, path: string, body?: object): Promise<number> {
    return (await exchange(method, `${this.url}${path}`, this.#kept, body)).status
  }

  async proxies(): Promise<Map<string, Found>> {
    const { text } = await exchange('GET', `${this.url}/proxies`, this.#kept)
    return new Map(Object.entries(JSON.parse(text) as Record<string, Found>))
  }

  /** Asks a proxy for real. Returns what its upstream says; null when nothing comes. */
  async ask(listen: string): Promise<string | null> {
    try {
      return (await exchange('GET', `http://${listen}/`, false)).text
    } catch {
      return null
    }
  }

  /** The rollback records on disk, by name, with the proxy that each is about. The run that lives beside has its own. */
  records(): { name: string; run: string; proxy: string; type: string }[] {
    const folder = join(this.stateFolder, 'rollback')
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json') && !name.startsWith(BESIDE))
      .map((name) => {
        const { run, change } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
          run: string
          change: { proxy: string; type: string }
        }
        return { name, run, proxy: change.proxy, type: change.type }
      })
  }

  /** Whether the record of the run that lives beside is as it was written. */
  besideUntouched(): boolean {
    try {
      const path = join(this.stateFolder, 'rollback', `${BESIDE}-f0.json`)
      return readFileSync(path, 'utf8') === this.#besideRecord
    } catch {
      return false
    }
  }

  lifeOf(run: string) {
    const dir = this.dirOf(run)
    mkdirSync(dir, { recursive: true })
    const startedAt = '2026-11-20T12:00:00.000Z'
    return { run, pid: process.pid, drill: 'friday-failover', dir, startedAt, target: this.url, crew: null }
  }

  /** What the kernel leaves of a run's sign of life when it ends the run: a file that says so, a socket nobody listens on. */
  async kernelCloses(run: string, life: { end(): Promise<void> }): Promise<void> {
    const [file, socket] = ['json', 'sock'].map((kind) =>
      join(this.stateFolder, 'live', `${run}.${kind}`),
    ) as [string, string]
    const said = readFileSync(file)
    renameSync(socket, `${socket}.kept`)
    await life.end()
    renameSync(`${socket}.kept`, socket)
    writeFileSync(file, said)
  }

  #besidePlan(): object {
    const toxic = `${BESIDE}-f0`
    return {
      schema: 'gameday.undo/2',
      id: toxic,
      run: BESIDE,
      dir: this.dirOf(BESIDE),
      what: 'a latency toxic on the proxy vendor',
      change: {
        type: 'toxic-added',
        url: this.url,
        withRun: false,
        proxy: 'vendor',
        toxic,
        before: {
          upstream: this.ground.upstreams.first,
          listen: this.listenOf('vendor'),
          enabled: true,
          toxics: [],
        },
        through: null,
      },
      undo: [
        {
          what: `removes the toxic ${toxic}`,
          method: 'DELETE',
          url: `${this.url}/proxies/vendor/toxics/${toxic}`,
          expect: [204, 404],
        },
      ],
      writtenAt: '2026-11-20T12:00:00.000Z',
      deadline: null,
    }
  }
}

/** Forcing a record to a disk takes milliseconds, some thousand times over; what a crash of the machine leaves is not tested here. */
const memoryFolder = () => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir())

/** Whoever has not answered by then never will, however busy the machine is. */
const LONG_MS = 30_000

/** One exchange, on a kept connection or on one of its own. */
function exchange(
  method: string,
  url: string,
  agent: Agent | false,
  body?: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, timeout: LONG_MS }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
      )
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url}`)))
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
