import type { Clock } from '../base/index.ts'
import { readConfigFile, type ConfigFile } from './load.ts'

/** How often a watched file is read. */
const EVERY_MS = 400

export interface WatchOptions {
  path: string
  /** What the file was when it was read last; null if it was not there. */
  last: Pick<ConfigFile, 'sha256'> | null
  clock: Pick<Clock, 'sleep'>
  signal: AbortSignal
  /** Told what the file is when that has changed; null if it is gone or cannot be read. */
  onChange: (file: ConfigFile | null) => void
}

/**
 * Watches a configuration file by reading it again and again. That sees what notifications of the file system miss: an
 * editor that writes another file and renames it, a link that is turned to another folder (as Kubernetes does), a file on
 * a network or in a container. What has changed is told when it was the same twice, so that a file which is half written,
 * or for a moment not there, is passed over. Resolves when it is told to stop.
 */
export async function watchConfig({ path, last, clock, signal, onChange }: WatchOptions): Promise<void> {
  let told = last?.sha256
  let before = told
  while (!signal.aborted) {
    await clock.sleep(EVERY_MS, signal).catch(() => undefined)
    const file = await readConfigFile(path).catch(() => null)
    if (signal.aborted) return
    const now = file?.sha256
    if (now !== told && now === before) {
      told = now
      onChange(file)
    }
    before = now
  }
}
