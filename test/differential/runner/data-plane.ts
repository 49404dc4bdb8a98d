import type { Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { stalledListener } from '../../support/toxiproxy-stalled-listener.ts'
import { ask } from './ask.ts'
import { freePort, Places } from './places.ts'
import type { DataCase, DataStep } from './schema.ts'
import type { Starter, Subject } from './servers.ts'
import { connectTcp, End, listenTcp } from './wires.ts'

/** How long a sight is waited for behind its band, so that a failure tells when it came. */
const GRACE_MS = 2000
/** How long events may still be under way behind the last step. */
const SETTLE_MS = 1500
/** A timer and the clock may disagree by this much. */
const CLOCK_MS = 3

/** What a case is held to. Where the server is to die of it, so long is waited for that. */
type Script = Pick<DataCase, 'echo' | 'toxics' | 'steps' | 'leaves'> & { deathMs?: number }

export interface Problem {
  text: string
  /** True if all was as it should be, but at another time. */
  timing: boolean
}

/** What came of it: everything in which it was not as it should be, and whether the server lived. */
export interface Held {
  problems: Problem[]
  alive: boolean
}

/** Holds a data-plane case against a fresh server. */
export async function playData(script: Script, start: Starter): Promise<Held> {
  const scene = await Scene.set(script, await start())
  try {
    const problems: Problem[] = []
    for (const [index, step] of script.steps.entries()) {
      const problem = await scene.play(step)
      if (problem === null) continue
      problems.push({ text: `step ${index + 1}: ${problem.text}`, timing: problem.timing })
      // Who is not there can neither act nor be looked at.
      if (problem.text.endsWith(NOT_THERE)) break
    }
    if (script.deathMs !== undefined) await scene.death(script.deathMs)
    else await scene.settle(script.leaves)
    const [left, wanted] = [scene.leaves(), script.leaves]
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(left)])) {
      const [saw, should] = [list(left[name]), list(wanted[name])]
      if (saw !== should) problems.push({ text: `${name} saw ${saw}, not ${should}`, timing: false })
    }
    return { problems, alive: scene.alive() }
  } finally {
    await scene.strike()
  }
}

const NOT_THERE = 'is not there'

const wrong = (text: string): Problem => ({ text, timing: false })

const list = (events: readonly string[] | undefined) =>
  events === undefined ? 'nothing' : `[${events.join(', ')}]`

class Scene {
  readonly #subject: Subject
  readonly #echo: boolean
  readonly #ends = new Map<string, End>()
  readonly #sockets: Socket[] = []
  readonly #listeners: Server[] = []
  readonly #watchers = new Set<() => void>()
  #places!: Places
  #stalled: Awaited<ReturnType<typeof stalledListener>> | null = null
  #accepted = 0
  #proxyPort = 0
  #actedMs = performance.now()

  private constructor(subject: Subject, echo: boolean) {
    this.#subject = subject
    this.#echo = echo
  }

  static async set({ echo, toxics, steps }: Script, subject: Subject): Promise<Scene> {
    const scene = new Scene(subject, echo === true)
    const [upstream, other] = [await scene.#listen(), await scene.#listen()]
    const closed = await freePort()
    // Costs a thread: only for those who speak of it.
    if (JSON.stringify(steps).includes('{stalled}')) scene.#stalled = await stalledListener()
    const stalled = Number(scene.#stalled?.address.split(':').at(-1) ?? 0)
    scene.#places = await Places.take({ upstream, other, closed, stalled })
    scene.#proxyPort = Number(scene.#places.fill('{a}'))
    const proxy = '{"name":"p","listen":"127.0.0.1:{a}","upstream":"127.0.0.1:{upstream}"}'
    for (const line of [
      `POST /proxies ${proxy}`,
      ...toxics.map((toxic) => `POST /proxies/p/toxics ${toxic}`),
    ]) {
      const answer = await ask(subject, scene.#places.fill(line))
      if (answer === null || answer.status >= 300)
        throw new Error(`what the case begins with failed: ${line} gave ${JSON.stringify(answer)}`)
    }
    return scene
  }

  alive(): boolean {
    return this.#subject.alive()
  }

  leaves(): Record<string, string[]> {
    return Object.fromEntries(Array.from(this.#ends, ([name, { log }]) => [name, log]))
  }

  /** Plays one step and says what was wrong with it; null if nothing was. */
  async play(step: DataStep): Promise<Problem | null> {
    if ('see' in step) return this.#see(step.see, step.within)
    if ('quiet' in step) return this.#quiet(step.quiet)
    if ('wait' in step) return sleep(step.wait, null)
    if ('api' in step) return this.#api(step)
    if ('open' in step) return this.#open(step.open)
    if ('crowd' in step) return this.#crowd(step.crowd)
    const name = nameIn(step)
    const end = this.#ends.get(name)
    if (end === undefined) return wrong(`${name} ${NOT_THERE}`)
    if ('reads' in step) return reads(end, step.reads)
    this.#actedMs = performance.now()
    if ('send' in step) end.send(step.send, whoseOf(name))
    else if ('end' in step) end.socket.end()
    else if ('reset' in step) end.socket.resetAndDestroy()
    else if ('pause' in step) end.socket.pause()
    else end.socket.resume()
    return null
  }

  /** Waits until all has happened that should have, and then a little for what should not. */
  async settle(wanted: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const untilMs = performance.now() + SETTLE_MS
    const done = () =>
      Object.entries(wanted).every(([name, events]) => list(this.#ends.get(name)?.log) === list(events))
    while (!done() && performance.now() < untilMs && this.alive()) await sleep(5)
    await sleep(40)
  }

  async death(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs
    while (this.alive() && performance.now() < untilMs) await sleep(20)
  }

  async strike(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    for (const server of this.#listeners) server.close()
    this.#places.release()
    await this.#subject.stop()
    await this.#stalled?.close()
  }

  async #listen(): Promise<number> {
    const { port, server } = await listenTcp((socket) => {
      this.#accepted++
      const name = this.#accepted === 1 ? 'server' : `server${this.#accepted}`
      const end = this.#add(name, socket, whoseOf(name.replace('server', 'client')))
      end.note('open')
      if (this.#echo) socket.pipe(socket)
    })
    this.#listeners.push(server)
    return port
  }

  #add(name: string, socket: Socket, expects: number): End {
    this.#sockets.push(socket)
    const end = new End(socket, { expects, onEvent: () => this.#watchers.forEach((look) => look()) })
    this.#ends.set(name, end)
    return end
  }

  async #open(name: string): Promise<Problem | null> {
    this.#actedMs = performance.now()
    const socket = connectTcp(this.#proxyPort)
    const expects = this.#echo ? whoseOf(name) : whoseOf(name.replace('client', 'server'))
    const end = this.#add(name, socket, expects)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(wrong(`${name} was neither accepted nor refused`)), GRACE_MS)
      const done = () => {
        clearTimeout(timer)
        resolve(null)
      }
      socket.once('connect', () => {
        end.note('open')
        done()
      })
      socket.once('close', done)
    })
  }

  async #crowd(clients: number): Promise<Problem | null> {
    for (let n = 1; n <= clients; n++) {
      const name = n === 1 ? 'client' : `client${n}`
      const problem = await this.#open(name)
      if (problem !== null) return problem
      const end = this.#ends.get(name)
      end?.send(1, whoseOf(name))
      const untilMs = performance.now() + GRACE_MS
      while ((end?.log.length ?? 0) < 2) {
        if (performance.now() > untilMs) return wrong(`nothing came of ${name}`)
        await sleep(2)
      }
    }
    return null
  }

  async #api({ api, gives, within }: Extract<DataStep, { api: string }>): Promise<Problem | null> {
    this.#actedMs = performance.now()
    const answer = await ask(this.#subject, this.#places.fill(api), { timeoutMs: 5000 + (within?.[1] ?? 0) })
    const tookMs = performance.now() - this.#actedMs
    if (answer?.status !== gives)
      return wrong(`${api} gave ${answer?.status ?? 'no answer'} ${answer?.body ?? ''}, not ${gives}`)
    return within === undefined ? null : outside(api, tookMs, within)
  }

  async #see(sight: string, within: readonly [number, number]): Promise<Problem | null> {
    const [name = '', ...rest] = sight.split(' ')
    const event = rest.join(' ')
    const seen = () => this.#ends.get(name)?.when(event)
    const untilMs = this.#actedMs + within[1] + GRACE_MS
    const atMs = await new Promise<number | undefined>((resolve) => {
      const done = () => {
        this.#watchers.delete(look)
        clearTimeout(timer)
        resolve(seen())
      }
      const look = () => {
        if (seen() !== undefined) done()
      }
      const timer = setTimeout(done, untilMs - performance.now())
      this.#watchers.add(look)
      look()
    })
    if (atMs === undefined)
      return wrong(`${sight} never came; ${name} saw ${list(this.#ends.get(name)?.log)}`)
    return outside(sight, atMs - this.#actedMs, within)
  }

  async #quiet(ms: number): Promise<Problem | null> {
    const before = JSON.stringify(this.leaves())
    await sleep(ms)
    const after = JSON.stringify(this.leaves())
    return before === after ? null : wrong(`should have been quiet, but ${before} became ${after}`)
  }
}

function nameIn(
  step: Extract<
    DataStep,
    | { send: number }
    | { end: string }
    | { reset: string }
    | { pause: string }
    | { resume: string }
    | { at: string }
  >,
): string {
  if ('send' in step) return step.from
  if ('end' in step) return step.end
  if ('reset' in step) return step.reset
  if ('pause' in step) return step.pause
  return 'at' in step ? step.at : step.resume
}

function reads(end: End, [least, most]: readonly [number, number]): Problem | null {
  // Reads run together when the reader is late.
  return end.reads >= least && end.reads <= most
    ? null
    : { text: `${end.reads} reads, not ${least} to ${most}`, timing: end.reads < least }
}

function outside(what: string, ms: number, [from, to]: readonly [number, number]): Problem | null {
  if (ms >= from - CLOCK_MS && ms <= to) return null
  return { text: `${what} after ${ms.toFixed(1)} ms, not within ${from} to ${to}`, timing: true }
}

/** Whose bytes: a number of its own for each end. */
function whoseOf(name: string): number {
  const [, side, number = '1'] = /^(client|server)(\d*)$/.exec(name) ?? []
  return Number(number === '' ? '1' : number) * 2 + (side === 'server' ? 1 : 0)
}
