import type { Config, StageConfig } from '../../config/index.ts'

/**
 * Where a standing stage is found unless `gameday.yaml` says otherwise: a router's configuration names its proxies, so
 * they must be the same after every start. Clear of 8474, where a Toxiproxy of one's own usually listens, and of the
 * ports that the kernel hands out.
 */
const STANDING_PORTS: StageConfig['ports'] = {
  control: 8470,
  primaryProxy: 8471,
  secondaryProxy: 8472,
  toxiproxy: 8480,
  primaryGate: 8481,
  secondaryGate: 8482,
}

/** The configuration with a port for every part: its own where it names one, else the usual one. */
export function withStandingPorts(config: Config): Config {
  const { ports } = config.stage
  const chosen = {
    control: ports.control || STANDING_PORTS.control,
    primaryProxy: ports.primaryProxy || STANDING_PORTS.primaryProxy,
    secondaryProxy: ports.secondaryProxy || STANDING_PORTS.secondaryProxy,
    toxiproxy: ports.toxiproxy || STANDING_PORTS.toxiproxy,
    primaryGate: ports.primaryGate || STANDING_PORTS.primaryGate,
    secondaryGate: ports.secondaryGate || STANDING_PORTS.secondaryGate,
  }
  return { ...config, stage: { ...config.stage, ports: chosen } }
}
