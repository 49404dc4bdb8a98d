import { AsyncLocalStorage } from 'node:async_hooks'
import type { request } from 'undici'
import type { Clock } from '../../src/base/index.ts'

/** Where an actor stands still: before a call is sent, after it was carried out, asleep, or with its fault in force. */
export interface Place {
  when: 'before' | 'after' | 'asleep' | 'in force'
  /** Kind of the call, with `:p` and `:t` for the names; empty where there is none. */
  call: string
  /** The proxy that the call is about. */
  proxy: string | null
}

/**
 * How an actor goes on. Whatever is not `pass` keeps the answer from it: sent before the call, `reset` and `timeout` keep
 * the call from the server too, and `late` has it carried out only after the next one, whoever sends that.
 */
export type Order = 'pass' | Trouble
export const TROUBLES = ['reset', 'timeout', 'late'] as const
export type Trouble = (typeof TROUBLES)[number]

/** What a process throws at itself when it dies in the middle of what cannot be waited for. */
export const KILLED = Symbol('killed')

/** Calls that were given up by those who sent them, and that the server has not carried out yet. */
const underWay: { proxy: string | null; send: () => Promise<unknown> }[] = []

/** Proxies that such calls are about. */
export const straggling = (): (string | null)[] => underWay.map(({ proxy }) => proxy)

/** They are lost with the server, as its connections are. */
export function lose(): void {
  underWay.length = 0
}

/** Has the server carry them out. */
export async function carryOut(): Promise<void> {
  for (const { send } of underWay.splice(0)) await send().catch(() => undefined)
}

const acting = new AsyncLocalStorage<Actor>()

/** Who is acting now; null for the test itself. */
export const actorNow = (): Actor | null => acting.getStore() ?? null

/**
 * A process of the product, played inside this one. It stands still before and after everything it asks of a server
 * until it is told to go on, so that anything can happen in between; and killed, it never goes on.
 */
export class Actor {
  readonly name: string
  readonly #work: () => Promise<void>
  #place: Place | null = null
  #go: ((order: Order) => void) | null = null
  #waiting: (() => void)[] = []
  #over = false
  #dead = false
  /** The kinds of the calls that it has sent. */
  readonly sent = new Set<string>()
  /** What its work threw. */
  failure: unknown = null

  constructor(name: string, work: () => Promise<void>) {
    this.name = name
    this.#work = work
  }

  get going(): boolean {
    return !this.#over && !this.#dead
  }

  get dead(): boolean {
    return this.#dead
  }

  get place(): Place | null {
    return this.#place
  }

  /** Begins its work, up to where it first stands still. */
  async start(): Promise<void> {
    void acting.run(this, () => this.#run())
    await this.#still()
  }

  async #run(): Promise<void> {
    try {
      await this.#work()
    } catch (error) {
      if (!this.#dead) this.failure = error
    }
    this.#over = true
    this.#tell()
  }

  /** Stands still until it is told to go on; for ever once it is dead. */
  stand(place: Place): Promise<Order> {
    if (this.#dead) return new Promise(() => undefined)
    if (this.#go !== null) throw new Error(`${this.name} does two things at once`)
    return new Promise((resolve) => {
      this.#place = place
      this.#go = resolve
      this.#tell()
    })
  }

  /** Lets it go on to where it stands still next. */
  async step(order: Order = 'pass'): Promise<void> {
    const go = this.#go
    if (go === null) return
    if (this.#place?.when === 'before') this.sent.add(this.#place.call)
    this.#go = null
    this.#place = null
    go(order)
    await this.#still()
  }

  /** It stops dead where it stands. */
  kill(): void {
    this.#dead = true
    this.#place = null
    this.#go = null
    this.#tell()
  }

  async #still(): Promise<void> {
    while (this.going && this.#go === null) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** A clock that moves on only when an actor sleeps, and by as much; who sleeps stands still. */
export interface StepClock extends Clock {
  pass(ms: number): void
}

export function stepClock(): StepClock {
  let ms = 1_000_000
  const start = Date.parse('2026-11-20T12:00:00Z') - ms
  return {
    // Every look at a clock takes a moment, so that of two things one is the earlier.
    now: () => (ms += 0.01),
    wall: () => new Date(start + (ms += 1)),
    sleep: async (forMs) => {
      ms += forMs
      await actorNow()?.stand({ when: 'asleep', call: '', proxy: null })
    },
    pass: (forMs) => {
      ms += forMs
    },
  }
}

/**
 * Carries out a call for the test itself at once; an actor stands still before and after it. `again` sends it without
 * its deadline, which a straggler has outlived.
 */
async function stepwise<A>(
  { method, url }: { method: string; url: string },
  send: () => Promise<A>,
  again: () => Promise<unknown>,
): Promise<A> {
  const actor = actorNow()
  if (actor === null) return send()
  const place = placeOf(method, new URL(url).pathname)
  const order = await actor.stand({ ...place, when: 'before' })
  if (order === 'late') underWay.push({ proxy: place.proxy, send: again })
  if (order !== 'pass') throw troubleOf(order)
  // Sockets that were closed meanwhile are to be seen closed.
  await new Promise((resolve) => setImmediate(resolve))
  const answer = await send()
  await carryOut()
  const heard = await actor.stand({ ...place, when: 'after' })
  if (heard !== 'pass') throw troubleOf(heard)
  return answer
}

/** Makes the global `fetch` go step by step. Returns what takes that back. */
export function interceptFetch(): () => void {
  const original = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const { signal: _deadline, ...rest } = init ?? {}
    return stepwise(
      { method: init?.method ?? 'GET', url },
      async () => {
        const response = await original(input, init)
        const body = await response.arrayBuffer()
        return new Response(body.byteLength === 0 ? null : body, response)
      },
      () => original(input, rest),
    )
  }
  return () => {
    globalThis.fetch = original
  }
}

/** Makes undici's `request` go step by step, as far as the product uses it. */
export function stepwiseRequest(original: typeof request): typeof request {
  return (url, options) => {
    const { signal: _deadline, ...rest } = options ?? {}
    return stepwise(
      { method: options?.method ?? 'GET', url: typeof url === 'string' ? url : '' },
      async () => {
        const answer = await original(url, options)
        const text = await answer.body.text()
        return { ...answer, body: Object.assign(answer.body, { text: async () => text }) }
      },
      () => original(url, rest).then(({ body }) => body.dump()),
    )
  }
}

function placeOf(method: string, path: string): Pick<Place, 'call' | 'proxy'> {
  const [, first, proxy, toxics, toxic] = path.split('/')
  if (first === 'version') return { call: `${method} /version`, proxy: null }
  if (first !== 'proxies') return { call: 'a request through the proxy', proxy: null }
  const shape = `/proxies${proxy === undefined ? '' : '/:p'}${toxics === undefined ? '' : '/toxics'}${toxic === undefined ? '' : '/:t'}`
  return { call: `${method} ${shape}`, proxy: proxy === undefined ? null : decodeURIComponent(proxy) }
}

/** As `fetch` throws it. */
function troubleOf(trouble: Trouble): Error {
  if (trouble !== 'reset') return new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  return new TypeError('fetch failed', { cause })
}
