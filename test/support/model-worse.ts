import type { UndoPlan } from '../../src/record/index.ts'
import type { Product } from './model-product.ts'

/** A product that breaks one promise, and how. */
export interface Worse {
  what: string
  /** How a play tells of it. */
  found: RegExp
  worse: (product: Product) => Product
}

type OnProxy = Extract<UndoPlan['change'], { proxy: string }>

/** What of a dead run is done before the real recovery, and should not be. */
function recoverAfter(first: (change: OnProxy, plan: UndoPlan) => Promise<void>): Worse['worse'] {
  return (product) => ({
    ...product,
    recover: async (options) => {
      const { plans } = product.rollbackRecords(options.stateFolder).all()
      for (const plan of plans)
        if (plan.run.startsWith('run') && 'proxy' in plan.change) await first(plan.change, plan)
      return product.recover(options)
    },
  })
}

const call = (method: string, url: string, body?: object) =>
  fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }).catch(() => null)

const proxyUrl = ({ url, proxy }: OnProxy) => `${url}/proxies/${proxy}`

/** Makes the faults of a run otherwise than they should be. */
function faults(otherwise: (fault: ReturnType<Product['createFault']>) => object): Worse['worse'] {
  return (product) => ({
    ...product,
    createFault: (site, spec) => {
      const fault = product.createFault(site, spec)
      return { ...fault, ...otherwise(fault) }
    },
  })
}

const believed = async () => ({ proven: true, proof: 'it must be gone', evidence: [] })

/** Every one of them has been seen in a runner, or was left in ours once. */
export const WORSE: readonly Worse[] = [
  {
    what: 'takes a record for undone without undoing it',
    found: /, and no record tells of it/,
    worse: (product) => ({
      ...product,
      recover: async ({ stateFolder }) => {
        const records = product.rollbackRecords(stateFolder)
        for (const plan of records.all().plans) if (plan.run.startsWith('run')) records.remove(plan)
        return []
      },
    }),
  },
  {
    what: 'writes its record only when the fault is in force',
    found: /, and no record tells of it/,
    worse: (product) => {
      let write: (() => void) | null = null
      return {
        ...product,
        rollbackRecords: (stateFolder) => {
          const records = product.rollbackRecords(stateFolder)
          return {
            ...records,
            write: (plan) => {
              if (plan.change.type === 'proxy-created') return records.write(plan)
              write = () => void records.write(plan)
              return records.pathOf(plan.id)
            },
          }
        },
        createFault: (site, spec) => {
          const fault = product.createFault(site, spec)
          return {
            ...fault,
            apply: async () => {
              await fault.apply()
              write?.()
            },
          }
        },
      }
    },
  },
  {
    what: 'takes its own call to undo for the proof of it',
    found: /(run\d-f0|is disabled, .* instead of enabled,).*, and no record tells of it/,
    worse: faults((fault) => ({
      revert: () => fault.revert().catch(() => undefined),
      proveGone: believed,
    })),
  },
  {
    what: 'does not undo at all what it is told to end',
    found: /(run\d-f0|is disabled, .* instead of enabled,).*, and no record tells of it/,
    worse: faults(() => ({ revert: async () => undefined, proveGone: believed })),
  },
  {
    what: 'deletes whatever has the name of the proxy that it made',
    found: /gameday-run\d-primary is gone/,
    worse: recoverAfter(async (change) => {
      if (change.type === 'proxy-created') await call('DELETE', proxyUrl(change))
    }),
  },
  {
    what: 'enables whatever it finds disabled',
    found: /is enabled, .* instead of disabled,/,
    worse: recoverAfter(async (change) => {
      await call('POST', proxyUrl(change), { enabled: true })
    }),
  },
  {
    what: 'makes a proxy lead again where it was found to lead',
    found: / instead of |gameday-run\d-primary is gone/,
    worse: recoverAfter(async (change) => {
      if ('before' in change) await call('POST', proxyUrl(change), { upstream: change.before.upstream })
    }),
  },
  {
    what: 'removes every toxic that it did not find',
    found: / instead of .*theirs-/,
    worse: recoverAfter(async (change) => {
      if (!('before' in change)) return
      const answer = await call('GET', `${proxyUrl(change)}/toxics`)
      if (answer?.ok !== true) return
      for (const { name } of (await answer.json()) as { name: string }[])
        if (!change.before.toxics.includes(name)) await call('DELETE', `${proxyUrl(change)}/toxics/${name}`)
    }),
  },
  {
    what: 'resets the server',
    found: / instead of (disabled,|.*theirs-)/,
    worse: recoverAfter(async ({ url }) => void (await call('POST', `${url}/reset`))),
  },
  {
    what: 'does not ask who lives',
    found: / instead of .*beside-f0|the record of the run that lives beside was touched/,
    worse: (product) => ({
      ...product,
      recover: async (options) => {
        const records = product.rollbackRecords(options.stateFolder)
        for (const plan of records.all().plans) {
          for (const { method, url } of plan.undo) await call(method, url)
          records.remove(plan)
        }
        return []
      },
    }),
  },
]
