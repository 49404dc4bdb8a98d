import { BYSTANDER_NAMES, harmDone, lookAtBystanders, type Bystanders } from '../support/matrix-bystanders.ts'
import { lives, processesWith } from '../support/matrix-processes.ts'
import { recover, watchdogOf } from './acts.ts'
import {
  badReport,
  leftPorts,
  leftProcesses,
  leftProxies,
  leftRecords,
  ROLLBACK_FAILED,
  unreadable,
} from './checks.ts'
import type { Exit } from './endings.ts'
import type { Scene } from './scene.ts'
import { comesTrue } from './watch.ts'

/** What was there before the drill was ended, to be held against what is there afterwards. */
export interface Before {
  bystanders: Bystanders
  /** Ports of the run: of its proxies, and of what runs in its process. */
  ports: number[]
  /** Its processes: the runner and all watchdogs that it had. */
  pids: number[]
}

/** A watchdog may try for half a minute; nobody has that long here. */
const QUIET_MS = 25_000
/** Looking through all processes takes a while. */
const SCAN_MS = 500

/** Looks at everything that the end of a drill must leave in order. Returns what is not. */
export async function aftermath(scene: Scene, exit: Exit, before: Before): Promise<string[]> {
  const { row, server, home, disk } = scene
  const pids = [...before.pids, watchdogOf(scene)].filter((pid) => pid > 0)
  const problems: string[] = []
  // Who was not killed puts things in order before he ends, the watchdog of one who was, after it.
  const atOnce = typeof exit === 'number' && exit !== ROLLBACK_FAILED
  if (atOnce) problems.push(...(await leftProxies(server.url, BYSTANDER_NAMES)))
  await comesTrue(() => !pids.some(lives), QUIET_MS)
  await comesTrue(() => processesWith(home).length === 0, QUIET_MS, SCAN_MS)
  disk?.free()
  if (exit === ROLLBACK_FAILED) problems.push(...(await recoverable(scene)))

  problems.push(...(await leftProxies(server.url, BYSTANDER_NAMES)))
  problems.push(...(await leftPorts(before.ports, [server.pid(), ...pids])))
  problems.push(...leftRecords(scene.records()))
  problems.push(...leftProcesses(home, pids))
  // A server that was started anew has forgotten the others too, and that is not the drill's doing.
  if (row.ending !== 'Toxiproxy restarted empty')
    problems.push(...harmDone(before.bystanders, await lookAtBystanders(server.url)))
  const dir = scene.dir()
  if (dir === null) problems.push('there is no run folder')
  else problems.push(...unreadable(dir), ...(await badReport(dir, typeof exit === 'string')))
  return [...new Set(problems)]
}

/**
 * A run that says that it may have left something broken leaves the record that `recover` needs to undo it, unless its
 * watchdog, who has more patience, has proven it undone meanwhile.
 */
async function recoverable(scene: Scene): Promise<string[]> {
  const had =
    scene.records().length > 0 ||
    scene.lines('watchdog').some((line) => line.type === 'rollback.undone' && line['proven'] === true)
  const { code, said } = await recover(scene)
  return [
    ...(had ? [] : [`it ended with 6 and left no rollback record: ${scene.runner.said().slice(-2500)}`]),
    ...(code === 0 ? [] : [`recover ended with ${code}: ${said}`]),
  ]
}
