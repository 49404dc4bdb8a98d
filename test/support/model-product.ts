import { vi } from 'vitest'

/** Everything of the product that a process is made of. */
async function load() {
  const [faults, living, records, recover, watch, changes, faultRun, toxiproxy] = await Promise.all([
    import('../../src/faults/index.ts'),
    import('../../src/rollback/living.ts'),
    import('../../src/rollback/records.ts'),
    import('../../src/rollback/recover.ts'),
    import('../../src/rollback/watchdog/watch.ts'),
    import('../../src/run/changes.ts'),
    import('../../src/run/fault-run.ts'),
    import('../../src/toxiproxy/index.ts'),
  ])
  return {
    createFault: faults.createFault,
    showLife: living.showLife,
    rollbackRecords: records.rollbackRecords,
    recover: recover.recover,
    watchRunner: watch.watchRunner,
    createChanges: changes.createChanges,
    FaultRun: faultRun.FaultRun,
    toxiproxyControl: toxiproxy.toxiproxyControl,
  }
}

export type Product = Awaited<ReturnType<typeof load>>

/**
 * Where processes come from. What one remembers outside of its files dies with it: whoever starts after a death gets the
 * product's modules anew. That takes a while, so it is only done when `forget` says so.
 */
export class Processes {
  readonly #worse: (product: Product) => Product
  #loaded: Promise<Product> | null = null

  /** `worse` replaces parts of the product by others that do not keep what it promises. */
  constructor(worse: (product: Product) => Product = (product) => product) {
    this.#worse = worse
  }

  async boot(): Promise<Product> {
    this.#loaded ??= load()
    return this.#worse(await this.#loaded)
  }

  forget(): void {
    vi.resetModules()
    this.#loaded = null
  }
}
