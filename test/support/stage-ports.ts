import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './matrix-port.ts'

const NAMES = [
  'control',
  'primaryProxy',
  'secondaryProxy',
  'toxiproxy',
  'primaryGate',
  'secondaryGate',
] as const

/** A free port for every part of a stage that stands. */
export async function stagePorts(): Promise<Record<(typeof NAMES)[number], number>> {
  const ports = new Set<number>()
  while (ports.size < NAMES.length) ports.add(await freePort())
  const [control, primaryProxy, secondaryProxy, toxiproxy, primaryGate, secondaryGate] = ports
  return {
    control: control!,
    primaryProxy: primaryProxy!,
    secondaryProxy: secondaryProxy!,
    toxiproxy: toxiproxy!,
    primaryGate: primaryGate!,
    secondaryGate: secondaryGate!,
  }
}

/** Two simulated providers that answer at once, as lines of a `gameday.yaml`. */
export const FAST_PROVIDERS =
  'providers:\n  primary: &fast { kind: simulated, name: one, model: gpt-4o-mini, firstToken: { p50: 5ms, p95: 9ms }, interToken: { p50: 1ms, p95: 2ms } }\n  secondary: *fast\n'

/** A new folder whose `gameday.yaml` gives a stage these ports and fast providers; whoever asks for it removes it. */
export async function stageFolder() {
  const cwd = mkdtempSync(join(tmpdir(), 'gameday-stage-'))
  const ports = await stagePorts()
  const inYaml = Object.entries(ports).map(([name, port]) => `${name}: ${port}`)
  writeFileSync(
    join(cwd, 'gameday.yaml'),
    `version: 1\n${FAST_PROVIDERS}stage: { ports: { ${inYaml.join(', ')} } }\n`,
  )
  return { cwd, ports, env: { GAMEDAY_STATE: join(cwd, 'state') } }
}
