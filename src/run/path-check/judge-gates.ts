import { PROVIDER_ROLES, type ProviderRole } from '../../base/index.ts'
import type { Lost, PathEvidence, PathFinding, Told } from './types.ts'

/** Whether a question to a provider's proxy comes by at its gate: the two may stand in different houses. */
export function gates(seen: PathEvidence): PathFinding {
  const check = 'way to the gates'
  for (const role of PROVIDER_ROLES) {
    const lost = seen.lost[role]
    if (lost !== undefined) return { check, passed: false, ...whereItEnds(role, lost, seen) }
  }
  return { check, passed: true, detail: 'what goes to a proxy of Toxiproxy comes by at its gate' }
}

function whereItEnds(
  role: ProviderRole,
  { refusal, upstream }: Lost,
  { providers, direct }: PathEvidence,
): Told {
  const { url } = providers[role]
  const { outcome, status } = direct[role]
  if (refusal !== null) {
    return {
      detail: `nothing takes connections at ${url}, where Toxiproxy’s proxy of the ${role} is to be reached: ${refusal}`,
      hint: 'In a container its proxies have to listen on every address, on ports that are published. A stage that stands has to be started again.',
      add: {
        to: 'gameday.yaml',
        lines: [
          'toxiproxy:',
          '  listen: 0.0.0.0       # in the container',
          '  reach: 127.0.0.1      # where the router finds its published ports',
          'stage:',
          '  ports: { primaryProxy: 8471, secondaryProxy: 8472 }   # publish both',
        ],
      },
    }
  }
  const way = `${url}, which by its own word leads to ${upstream ?? 'nowhere'}`
  if (status !== null) {
    return {
      detail: `what answers behind Toxiproxy is not the gate of the ${role}: a question to ${way}, was answered ${status}, and that gate saw nothing of it`,
      hint: 'Correct the address at which Toxiproxy is to find the gates: stage.advertise.',
      add: { to: 'gameday.yaml', lines: ADVERTISE },
    }
  }
  const end = outcome === 'timeout' ? 'nothing ever comes back' : 'closes them again'
  return {
    detail: `Toxiproxy does not reach the gate of the ${role}: it takes connections at ${way}, and ${end}`,
    hint: 'Within a container 127.0.0.1 is the container itself: its proxies have to listen on every address there, and the gates where it reaches them. A stage that stands has to be started again.',
    add: { to: 'gameday.yaml', lines: ADVERTISE },
  }
}

const ADVERTISE = [
  'toxiproxy:',
  '  listen: 0.0.0.0                    # its proxies, in the container',
  'stage:',
  '  listen: 0.0.0.0                    # the gates, on this machine',
  '  advertise: host.docker.internal    # this machine, as the container sees it; on Linux that takes',
  '                                     # docker run --add-host host.docker.internal:host-gateway',
]
