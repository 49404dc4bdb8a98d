import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Undo } from '../../src/record/index.ts'
import type { FaultSite } from '../../src/faults/index.ts'
import { gateControl } from '../../src/providers/index.ts'
import type { LifeSign, RollbackRecords } from '../../src/rollback/index.ts'
import type { Changes } from '../../src/run/changes.ts'
import type { FaultRun } from '../../src/run/fault-run.ts'
import { createObservations } from '../../src/run/observations.ts'
import type { StagedChange } from '../../src/stage/changes.ts'
import { Actor, KILLED, type StepClock } from './model-actors.ts'
import type { WithoutRuns } from './model-oracle.ts'
import type { Product } from './model-product.ts'
import { ownProxyOf, type Kept, type Scene } from './model-scene.ts'
import { sample } from './sample.ts'

export type FaultKind = 'latency' | 'refused'
export type Why = 'agenda' | 'cap' | 'abort' | 'signal'

const SPECS = {
  latency: { kind: 'latency', latency: 3, jitter: 0, share: 1 },
  refused: { kind: 'refused' },
} as const

export interface Plan {
  kind: FaultKind
  /** The proxy of somebody else that it changes; null for one that the run makes itself. */
  on: Kept | null
  watched: boolean
}

export interface RunTools {
  scene: Scene
  world: WithoutRuns
  clock: StepClock
  product: Product
}

const CAP_MS = 600_000
/** Longer than any cap; for a clock that does not move by itself. */
export const OVERDUE_MS = 2 * CAP_MS
const UNDO_MS = 1000
const FIRST_MS = 500

/** One run of the product: it sweeps, makes its proxy, breaks it, waits, and puts everything back. */
export class Run {
  readonly name: string
  readonly plan: Plan
  readonly actor: Actor
  readonly #tools: RunTools
  readonly #stopped = new AbortController()
  #why: Why = 'agenda'
  #life: LifeSign | null = null
  #forbidden = false
  #tornWrite = false
  #gone = false
  #undoing = true
  #silent = false
  #died = false
  /** Whether it says that all it changed is undone; null before its end. */
  proven: boolean | null = null
  watchdog: Actor | null = null

  constructor(name: string, plan: Plan, tools: RunTools) {
    this.name = name
    this.plan = plan
    this.#tools = tools
    this.actor = new Actor(name, () => this.#work())
  }

  get proxy(): string {
    return this.plan.on ?? ownProxyOf(this.name)
  }

  /** Whether it puts things back: at first what others left, in the end its own. */
  get undoing(): boolean {
    return this.#undoing
  }

  /** Ends it before its agenda does. Safe to repeat; the first reason counts. */
  stop(why: Why): void {
    if (!this.#stopped.signal.aborted) this.#why = why
    this.#stopped.abort(new Error('stopped'))
  }

  /** Whether it died by itself, in the middle of a write. */
  get died(): boolean {
    return this.#died
  }

  get buried(): boolean {
    return this.#gone
  }

  /** Its next rollback record is the last thing it ever writes, and only half of it. */
  dieInNextWrite(): void {
    this.#tornWrite = true
  }

  /** Nothing is heard of it any more, although it lives. */
  fallSilent(): void {
    this.#silent = true
  }

  /** Does what the kernel does about a process that is killed. */
  async bury(): Promise<void> {
    if (this.#gone) return
    this.#gone = true
    if (this.#life !== null) await this.#tools.scene.kernelCloses(this.name, this.#life)
  }

  async #work(): Promise<void> {
    const { scene, product, clock } = this.#tools
    const { stateFolder } = scene
    const left = await product.recover({ stateFolder, clock, run: null, patienceMs: FIRST_MS })
    if (left.some(({ state }) => state === 'not-undone')) return
    this.#undoing = false
    this.#life = await product.showLife(stateFolder, scene.lifeOf(this.name))
    this.#life.say({ holds: true })
    if (this.plan.watched) await this.#startWatchdog()
    this.proven = await this.#drill()
    this.#gone = true
    await this.#life.end()
  }

  /** Mirrors what the engine does around a fault: whatever keeps it from beginning, it is undone. */
  async #drill(): Promise<boolean> {
    const changes = this.#changes()
    const staged: StagedChange[] = []
    let fault: FaultRun | null = null
    try {
      const { listen, through } = await this.#way(changes, staged)
      this.#tools.world.faultBegins({ run: this.name, proxy: this.proxy, kind: this.plan.kind })
      fault = this.#faultRun(changes, listen, through)
      await fault.begin(this.#stopped.signal)
      if (!this.#stopped.signal.aborted)
        await this.actor.stand({ when: 'in force', call: '', proxy: this.proxy })
    } catch (error) {
      if (error === KILLED) throw error
      if (this.#why === 'agenda') this.#why = 'abort'
    }
    this.#undoing = true
    await fault?.end(this.#why, UNDO_MS)
    let proven = true
    for (const change of staged.toReversed())
      await change.undo().catch(() => {
        proven = false
      })
    await fault?.lookAgain()
    return proven && (fault === null || fault.undoByHand.length === 0)
  }

  /** The proxy that it breaks: one that is there, or one that it makes as the stage does. */
  async #way(changes: Changes, staged: StagedChange[]): Promise<{ listen: string; through: string | null }> {
    const { scene } = this.#tools
    const listen = scene.listenOf(this.proxy)
    if (this.plan.on !== null) return { listen, through: `http://${listen}/` }
    const upstream = scene.ground.upstreams.first
    const name = this.proxy
    const undo = (address: string | null): Undo => ({
      what: `the proxy ${name}`,
      change: { type: 'proxy-created', url: scene.url, withRun: false, proxy: name, upstream, address },
      undo: [
        {
          what: `deletes the proxy ${name}`,
          method: 'DELETE',
          url: `${scene.url}/proxies/${name}`,
          expect: [204, 404],
        },
      ],
    })
    const change = changes.begin(undo(null))
    staged.push(change)
    const made = await this.#control().createProxy({ name, listen, upstream, enabled: true })
    change.made(undo(made.listen))
    return { listen: made.listen, through: null }
  }

  #faultRun(changes: Changes, listen: string, through: string | null): FaultRun {
    const { clock, product, scene } = this.#tools
    const { kind } = this.plan
    const id = `${this.name}-f0`
    const site: FaultSite = {
      id,
      target: 'primary',
      capMs: CAP_MS,
      toxiproxy: this.#control(),
      toxiproxyKind: 'external',
      stageWithRun: true,
      through: null,
      proxy: this.proxy,
      gate: gateControl({ url: scene.url, token: '', timeoutMs: 1000 }),
      gateUrl: scene.url,
      gateToken: '',
      probe: () => this.#probe(listen),
      clock,
      permit: changes.permit,
      undoByPlan: () => changes.undo(id),
    }
    const fault = product.createFault(site, SPECS[kind])
    const plan = async (): Promise<Undo> => {
      const undo = await fault.plan()
      const { change } = undo
      // Behind a proxy that was there before is a provider that is there afterwards.
      return change.type === 'toxic-added' || change.type === 'proxy-disabled'
        ? { ...undo, change: { ...change, through } }
        : undo
    }
    return new product.FaultRun({
      ticket: { index: 0, phase: 2, id, spec: { kind }, target: 'primary', tenant: null, capMs: CAP_MS },
      // Whether the load felt it is no question here.
      fault: { ...fault, plan, prove: () => ({ proven: true, proof: 'it was felt', evidence: [] }) },
      clock,
      epochMs: clock.now(),
      say: () => null,
      observations: createObservations(),
      changes,
    })
  }

  async #probe(listen: string) {
    const place = { call: 'a probe', proxy: this.proxy }
    if ((await this.actor.stand({ ...place, when: 'before' })) !== 'pass') throw new Error('no answer')
    const answer = await this.#tools.scene.ask(listen)
    if ((await this.actor.stand({ ...place, when: 'after' })) !== 'pass') throw new Error('no answer')
    return answer === null ? sample({ outcome: 'failed', class: 'connection' }) : sample()
  }

  #control() {
    return this.#tools.product.toxiproxyControl({ url: this.#tools.scene.url, timeoutMs: 5000 })
  }

  #changes(): Changes {
    const { scene, clock, product } = this.#tools
    const records = this.#mortal(product.rollbackRecords(scene.stateFolder))
    const permit = () => {
      if (this.#forbidden) throw new Error('the watchdog has begun to undo the run')
    }
    return product.createChanges({ run: this.name, dir: scene.dirOf(this.name), clock, records, permit })
  }

  /** Records that are written by a process which may die in the middle of it. */
  #mortal(records: RollbackRecords): RollbackRecords {
    return {
      ...records,
      write: (plan) => {
        if (!this.#tornWrite) return records.write(plan)
        const draft = `${records.pathOf(plan.id)}.draft`
        mkdirSync(dirname(draft), { recursive: true })
        writeFileSync(draft, JSON.stringify(plan).slice(0, 100), { mode: 0o600 })
        this.#died = true
        this.actor.kill()
        throw KILLED
      },
    }
  }

  async #startWatchdog(): Promise<void> {
    const { scene, clock, product } = this.#tools
    const heardAtMs = () => (this.#silent ? -Infinity : Infinity)
    const gone = () => this.#gone
    const runner = {
      get heardAtMs() {
        return heardAtMs()
      },
      get gone() {
        return gone()
      },
    }
    this.watchdog = new Actor(`the watchdog of ${this.name}`, () =>
      product.watchRunner(
        {
          run: this.name,
          clock,
          records: product.rollbackRecords(scene.stateFolder),
          write: () => true,
          tell: () => {
            this.#forbidden = true
            this.stop('abort')
          },
        },
        runner,
      ),
    )
    await this.watchdog.start()
  }
}
