import { connect } from 'node:net'
import { systemCode } from '../base/index.ts'
import type { FaultOf } from '../drill/index.ts'
import { controlLane, ids, mainLane } from './evidence.ts'
import type { Fault, FaultSite, Proof } from './fault.ts'

const CONNECT_MS = 1000
/** So many in a row tell a router that is gone from one that drops a connection. */
const REFUSED_IN_A_ROW = 3

/**
 * Kills the run's own router, as its process would be: what it carries is cut, and new connections are refused. It may
 * come back as a mere way through to the primary while this lasts; undone, it routes again, on the same port.
 *
 * @throws Error where the router is not the run's own: nothing here can start another's again
 */
export function routerKilled({ router }: FaultSite, spec: FaultOf<'router-killed'>): Fault {
  if (router === undefined)
    throw new Error(
      'the router is not gameday’s own, so it could not be started again: kill it by hand in a drill of your own',
    )
  const { hands, url } = router
  return {
    kind: spec.kind,
    network: false,
    whole: true,
    undoes: 'starts the router again without the bypass, on the same port',
    plan: async () => ({
      what: 'the router killed; it is a part of the run, and ends with it',
      change: { type: 'router-killed', url, withRun: true },
      undo: [],
    }),
    apply: () => hands.kill(),
    readBack: async () => {
      if (hands.state === 'bypassed') return `the router at ${url} is bypassed`
      if (await isListening(url)) throw new Error(`something still listens at ${url}`)
      return `nothing listens at ${url} any more`
    },
    prove: (evidence) => {
      const sent = mainLane(evidence).toSorted((a, b) => (a.startedMs ?? 0) - (b.startedMs ?? 0))
      const first = sent.findIndex(({ outcome }) => outcome === 'ok')
      // Those after the first success have found the bypass.
      const refused = (first === -1 ? sent : sent.slice(0, first)).filter(
        ({ class: why }) => why === 'connection',
      )
      if (refused.length < REFUSED_IN_A_ROW) {
        return {
          proven: false,
          reason: `${refused.length} marked requests were refused in a row, at least ${REFUSED_IN_A_ROW} are wanted`,
        }
      }
      const answered = controlLane(evidence, ({ outcome }) => outcome === 'ok')
      if (answered === null)
        return {
          proven: false,
          reason: 'the control lane, which goes round the router, was not answered either',
        }
      return {
        proven: true,
        proof: `${refused.length} marked requests in a row were refused at the router, while the control lane, which goes round it, was answered`,
        evidence: [...ids(refused), ...answered.ids],
      }
    },
    revert: () => hands.start(null),
    proveGone: async (): Promise<Proof> => {
      if (hands.state !== 'routing') return { proven: false, reason: `the router is still ${hands.state}` }
      const sample = await router.probe()
      const servedBy = await router.servedBy(sample.id)
      return sample.outcome === 'ok' && servedBy === 'primary'
        ? {
            proven: true,
            proof:
              'the router routes again; a request through it was served by the primary, whose gate saw it',
            evidence: [sample.id],
          }
        : {
            proven: false,
            reason: `the router was started again, but a request through it ended ${sample.outcome} (${sample.class ?? 'no class'}), and ${servedBy === null ? 'no gate saw it' : `the ${servedBy} was asked`}`,
          }
    },
  }
}

/** Whether anybody takes a connection there. */
function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      timeout: CONNECT_MS,
    })
    const settle = (listening: boolean) => {
      socket.destroy()
      resolve(listening)
    }
    socket.on('connect', () => settle(true))
    socket.on('timeout', () => settle(true))
    socket.on('error', (error) => (systemCode(error) === 'ECONNREFUSED' ? settle(false) : reject(error)))
  })
}
