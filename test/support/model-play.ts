import { messageOf } from '../../src/base/index.ts'
import {
  Actor,
  carryOut,
  interceptFetch,
  lose,
  stepClock,
  straggling,
  type Order,
  type Place,
} from './model-actors.ts'
import { WithoutRuns, type Midway } from './model-oracle.ts'
import { doIt, slight, THEIRS, type Deed } from './model-others.ts'
import type { Processes } from './model-product.ts'
import { OVERDUE_MS, Run, type Plan, type Why } from './model-run.ts'
import { BESIDE, KEPT, MOST_RUNS, runName, Scene, UPSTREAMS, type Found, type Ground } from './model-scene.ts'

/** Who can be told to go on, or be killed; the oldest of each. */
export const ROLES = ['runner', 'watchdog', 'recover'] as const
export type Role = (typeof ROLES)[number]

/** Most that recover at the same time. */
const MOST_RECOVERING = 2
/** Nobody takes so many steps: it would never end. */
const ENDLESS = 3000
const PATIENCE_MS = 1000
/** Between two changes lie fewer steps than this. */
const FAR = 20

/** What has been seen to happen in all plays, so that a test can tell that nothing of it was never drawn. */
export type Seen = Map<string, number>

/** One sequence of events: the server and everybody who works on it, real, beside what must come of it. */
export class Play {
  readonly #scene: Scene
  readonly #processes: Processes
  readonly #seen: Seen
  readonly #clock = stepClock()
  readonly #setUp: Record<string, Found>
  readonly #world: WithoutRuns
  readonly #restoreFetch: () => void
  readonly #runs: Run[] = []
  #recovering: Actor[] = []
  #recordsSeen = ''
  /** What happened, for whoever reads of a failure. */
  readonly #story: string[] = []

  private constructor(ground: Ground, processes: Processes, seen: Seen) {
    this.#scene = new Scene(ground)
    this.#processes = processes
    this.#seen = seen
    this.#setUp = setUp(this.#scene)
    this.#world = new WithoutRuns(this.#scene, this.#setUp)
    this.#restoreFetch = interceptFetch()
  }

  static async open(ground: Ground, processes: Processes, seen: Seen): Promise<Play> {
    const play = new Play(ground, processes, seen)
    await play.#scene.open(play.#setUp)
    return play
  }

  async close(): Promise<void> {
    for (const actor of this.#actors()) this.#kill(actor)
    await carryOut()
    await Promise.all(this.#runs.map((run) => run.bury()))
    this.#restoreFetch()
    await this.#scene.close()
  }

  // What may happen when

  get up(): boolean {
    return this.#scene.up
  }

  get mayStart(): boolean {
    return this.#runner() === undefined && this.#runs.length < MOST_RUNS && !this.#crowded
  }

  /** Where nothing is on record there is nothing to recover, and the end of every play tries that. */
  get mayRecover(): boolean {
    return this.#recovering.length < MOST_RECOVERING && this.#scene.records().length > 0 && !this.#crowded
  }

  isThere(role: Role): boolean {
    return this.#actor(role) !== undefined
  }

  /** Whether a watchdog would undo a run that lives. Where that would be two at one toxic, see `#crowded`. */
  get mayBeOverruled(): boolean {
    const run = this.#runner()
    return run?.watchdog?.going === true && (run.plan.on === null || run.plan.kind === 'refused')
  }

  /**
   * Whether somebody is at work while a toxic of a run is on a proxy that somebody else made. Two who remove one such
   * toxic at once, one of them killed in between, may leave the proxy disabled: a known gap, which no user meets while
   * every run breaks only proxies of its own. So a second one is never drawn there.
   */
  get #crowded(): boolean {
    const kept: readonly string[] = KEPT
    const toxic = this.#scene
      .records()
      .some(({ type, proxy }) => type === 'toxic-added' && kept.includes(proxy))
    return toxic && this.#actors().some((actor) => this.#isUndoing(actor))
  }

  #isUndoing(actor: Actor): boolean {
    const run = this.#runs.find((one) => one.actor === actor)
    if (run !== undefined) return run.undoing
    return this.#recovering.includes(actor) || actor.sent.size > 0
  }

  // What happens

  async starts(plan: Plan): Promise<void> {
    const run = new Run(runName(this.#runs.length), plan, {
      scene: this.#scene,
      world: this.#world,
      clock: this.#clock,
      product: await this.#processes.boot(),
    })
    this.#runs.push(run)
    this.#tell(`${run.name} starts: ${plan.kind} on ${run.proxy}${plan.watched ? ', watched' : ''}`)
    await run.actor.start()
    await this.#look()
  }

  async goesOn(role: Role, steps: number, order: Order = 'pass'): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const actor = this.#actor(role)
      if (actor?.place === null || actor === undefined) return
      if (role === 'watchdog' && !this.#isUndoing(actor) && this.#crowded) return
      const { when, call } = actor.place
      // A server that is dead refuses at once, and carries out nothing later.
      await this.#step(actor, actor.place, order === 'late' && !this.up ? 'pass' : order)
      await this.#look(when === 'before' && isChange(call))
    }
  }

  /** Lets it go on until it is about to change something on the server; it may end before. */
  async goesOnToChange(role: Role): Promise<void> {
    for (let steps = 0; steps < FAR; steps++) {
      const place = this.#actor(role)?.place
      if (place?.when === 'before' && isChange(place.call)) return
      await this.goesOn(role, 1)
    }
  }

  async #step(actor: Actor, place: Place, order: Order): Promise<void> {
    this.#tell(`${actor.name}: ${order} ${show(place)}`)
    if (order !== 'pass') this.#count(`hears no answer: ${order}`)
    await actor.step(order)
    const next = actor.place
    if (next !== null && next.proxy !== null && next.call === 'POST /proxies/:p') this.#world.cut(next.proxy)
  }

  async isKilled(role: Role): Promise<void> {
    const actor = this.#actor(role)
    if (actor === undefined) return
    this.#tell(`${actor.name} is killed ${actor.place === null ? '' : show(actor.place)}`)
    this.#count(`killed: ${role}, ${actor.place?.when ?? ''}`)
    this.#count(`killed: ${actor.place?.call ?? ''}`)
    const run = this.#runs.find((one) => one.actor === actor)
    this.#kill(actor)
    await run?.bury()
    await carryOut()
    await this.#look()
  }

  #kill(actor: Actor): void {
    actor.kill()
    // What it may remember of its own changes, and nobody else does.
    if (actor.sent.has('POST /proxies/:p')) this.#processes.forget()
  }

  async diesInNextWrite(): Promise<void> {
    this.#tell(`${this.#runner()?.name ?? ''} will die while it writes its next record`)
    this.#runner()?.dieInNextWrite()
  }

  async stops(why: Why): Promise<void> {
    const run = this.#runner()
    this.#tell(`${run?.name ?? ''} is to stop: ${why} ${run?.actor.place ? show(run.actor.place) : ''}`)
    this.#count(`stopped: ${run?.actor.place?.when ?? ''}`)
    run?.stop(why)
  }

  async fallsSilent(): Promise<void> {
    this.#tell(`${this.#runner()?.name ?? ''} falls silent`)
    this.#runner()?.fallSilent()
  }

  async timePasses(): Promise<void> {
    this.#tell('the deadline of every fault passes')
    this.#clock.pass(OVERDUE_MS)
  }

  async recovers(): Promise<void> {
    const { stateFolder } = this.#scene
    const { recover } = await this.#processes.boot()
    const actor = new Actor('recover', async () => {
      await recover({ stateFolder, clock: this.#clock, run: null, patienceMs: PATIENCE_MS })
    })
    this.#recovering.push(actor)
    this.#tell('recover starts')
    await actor.start()
    await this.#look()
  }

  async serverStops(): Promise<void> {
    this.#tell('the server is killed')
    this.#count('killed: server')
    this.#world.lose()
    lose()
    await this.#scene.stop()
    await this.#look()
  }

  async serverStarts(): Promise<void> {
    this.#tell('the server starts, empty')
    await this.#scene.start()
    await this.#look()
  }

  async somebody(deed: Deed): Promise<void> {
    this.#tell(`somebody ${JSON.stringify(deed)}`)
    this.#count(`somebody ${deed.deed}`)
    this.#world.happened(deed, this.#midway())
    await doIt(deed, this.#scene, this.#setUp)
    await this.#look()
  }

  #midway(): Midway {
    const midway: Midway = { deletes: straggling().filter(isName), undoes: [] }
    for (const actor of this.#actors()) {
      const { place } = actor
      const run = this.#runs.find((one) => one.actor === actor)
      if (run?.undoing === false || place === null || place.when === 'asleep') continue
      const looked = place.when === 'after' && place.call === 'GET /proxies/:p'
      const deletes = place.when === 'before' && place.call === 'DELETE /proxies/:p'
      if (place.proxy !== null && (looked || deletes)) midway.deletes.push(place.proxy)
      // Whoever asks for the version, or through the proxy, does so for a proxy that he does not name.
      midway.undoes.push(...(place.proxy === null ? this.#world.names : [place.proxy]))
    }
    return midway
  }

  /** The proxy of the last run that makes one of its own, whether it is there or not. */
  get ownProxy(): string | null {
    return this.#runs.findLast(({ plan }) => plan.on === null)?.proxy ?? null
  }

  // What must be so

  /** Everybody who is still there ends as he would; then one `recover` must put all in order, and a second finds nothing. */
  async ends(): Promise<void> {
    if (!this.up) await this.serverStarts()
    for (const actor of this.#actors()) await this.#finish(actor)
    const { stateFolder } = this.#scene
    const { recover } = await this.#processes.boot()
    for (const time of ['first', 'second']) {
      const actor = new Actor(`the ${time} recover of all`, async () => {
        const outcomes = await recover({
          stateFolder,
          clock: this.#clock,
          run: null,
          patienceMs: PATIENCE_MS,
        })
        const left = outcomes.filter(
          ({ state }) => state !== 'living' && (state !== 'undone' || time === 'second'),
        )
        if (left.length > 0) this.#fail(`it says ${JSON.stringify(left)}`)
      })
      await actor.start()
      await this.#finish(actor)
    }
    const records = this.#scene.records()
    if (records.length > 0) this.#fail(`records are left: ${records.map(({ name }) => name).join(', ')}`)
    const actual = await this.#scene.proxies()
    const differences = this.#world.differences(actual)
    for (const [name, difference] of differences) this.#fail(`${name} ${difference}`)
    for (const [name, { listen, upstream, enabled }] of actual) {
      const answer = await this.#scene.ask(listen)
      const wanted = enabled ? UPSTREAMS.find((one) => this.#scene.ground.upstreams[one] === upstream) : null
      if (answer !== wanted)
        this.#fail(`${name} answers ${answer ?? 'nothing'} instead of ${wanted ?? 'nothing'}`)
    }
  }

  async #finish(actor: Actor): Promise<void> {
    for (let steps = 0; actor.going; steps++) {
      if (steps > ENDLESS) this.#fail(`${actor.name} never ends`)
      if (actor.place !== null) await actor.step()
      await this.#bury()
    }
    await carryOut()
    await this.#look()
  }

  /**
   * What must be so at every moment: whatever a run has changed is on record, and the living are not touched. The server
   * is only asked when it or the records may have changed.
   */
  async #look(changed = true): Promise<void> {
    await this.#bury()
    for (const actor of this.#actors(false)) {
      if (actor.failure !== null) {
        const { failure } = actor
        actor.failure = null
        throw this.#failure(`${actor.name} threw ${messageOf(failure)}`, failure)
      }
    }
    this.#recovering = this.#recovering.filter(({ going }) => going)
    const records = this.#scene.records()
    const atWork = this.#actors().some((actor) => actor !== this.#runner()?.actor)
    this.#world.settled(
      (run) => atWork || records.some((record) => record.run === run) || this.#runner()?.name === run,
    )
    if (!this.#scene.besideUntouched()) this.#fail('the record of the run that lives beside was touched')
    const names = records.map(({ name }) => name).join()
    const recorded = names === this.#recordsSeen
    this.#recordsSeen = names
    if (!this.up || (recorded && !changed)) return
    for (const [name, difference] of this.#world.differences(await this.#scene.proxies())) {
      if (!records.some(({ proxy }) => proxy === name))
        this.#fail(`${name} ${difference}, and no record tells of it`)
    }
    for (const run of this.#runs) {
      const left = records.some((record) => record.run === run.name)
      if (run.proven === true && !run.actor.going && left && run.watchdog?.going !== true)
        this.#fail(`${run.name} says that all is undone, and its record is still there`)
    }
  }

  async #bury(): Promise<void> {
    for (const run of this.#runs) {
      if (!run.actor.dead || run.buried) continue
      if (run.died) this.#count('killed: in a write')
      await run.bury()
    }
  }

  #runner(): Run | undefined {
    return this.#runs.find(({ actor }) => actor.going)
  }

  /** All that act; watchdogs last, for one ends only when its runner has. */
  #actors(going = true): Actor[] {
    const actors = [
      ...this.#recovering,
      ...this.#runs.map(({ actor }) => actor),
      ...this.#runs.flatMap(({ watchdog }) => (watchdog === null ? [] : [watchdog])),
    ]
    return going ? actors.filter((actor) => actor.going) : actors
  }

  #actor(role: Role): Actor | undefined {
    switch (role) {
      case 'runner':
        return this.#runner()?.actor
      case 'watchdog':
        return this.#runs.find(({ watchdog }) => watchdog?.going === true)?.watchdog ?? undefined
      case 'recover':
        return this.#recovering.find(({ going }) => going)
    }
  }

  #tell(what: string): void {
    this.#story.push(what)
  }

  #count(what: string): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + 1)
  }

  #fail(what: string): never {
    throw this.#failure(what)
  }

  #failure(what: string, cause?: unknown): Error {
    return new Error(`${what}\nWhat happened:\n  ${this.#story.join('\n  ')}`, { cause })
  }
}

/** The state at the start: three proxies, one of them found disabled, and on one of them two toxics of others. */
function setUp(scene: Scene): Record<string, Found> {
  const upstream = scene.ground.upstreams.first
  const proxy = (name: string, rest: Partial<Found> = {}): Found => ({
    upstream,
    listen: scene.listenOf(name),
    enabled: true,
    toxics: [],
    ...rest,
  })
  return {
    vendor: proxy('vendor', { toxics: [slight(`${THEIRS}-0`), slight(`${BESIDE}-f0`)] }),
    plain: proxy('plain'),
    off: proxy('off', { enabled: false, toxics: [slight(`${THEIRS}-0`)] }),
  }
}

const isName = (name: string | null) => name !== null

const isChange = (call: string) => /^(POST|DELETE) /.test(call)

const show = ({ when, call }: Place) => (call === '' ? when : `${when} ${call}`)
