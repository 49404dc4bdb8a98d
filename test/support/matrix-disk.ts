import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './program.ts'

/** A disk that can be filled up at a chosen moment. */
export interface TinyDisk {
  means: string
  /** A folder on it. */
  folder: string
  /** What the program is started with, so that it meets the full disk. */
  env: Record<string, string>
  fill(): void
  /** Makes room again. */
  free(): void
  release(): void
}

const SHIM = join(ROOT, 'test', 'support', 'shims', 'disk-full.mjs')
/** Room for all that a short drill writes. */
const BYTES = 4 << 20

/**
 * Mounts a tiny disk of its own at `home/disk`. Where that may not be done, it is a folder, and writing to files whose
 * names end in `doomed` fails as on a full disk, by a shim in the program.
 */
export function tinyDisk(home: string, doomed: string): TinyDisk {
  const folder = join(home, 'disk')
  mkdirSync(folder)
  const mounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES}`, 'tmpfs', folder], { stdio: 'ignore' })
      .status === 0
  return mounted ? mountedDisk(folder) : shimmedDisk(home, folder, doomed)
}

function mountedDisk(folder: string): TinyDisk {
  const filler = join(folder, 'filler')
  return {
    means: 'a tiny tmpfs, filled up',
    folder,
    env: {},
    fill: () => {
      const fd = openSync(filler, 'w')
      try {
        for (let size = 1 << 16; size >= 1; size = Math.floor(size / 4)) fillWith(fd, Buffer.alloc(size))
      } finally {
        closeSync(fd)
      }
    },
    free: () => rmSync(filler, { force: true }),
    release: () => void spawnSync('umount', ['-l', folder], { stdio: 'ignore' }),
  }
}

function fillWith(fd: number, piece: Buffer): void {
  try {
    for (;;) writeSync(fd, piece)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

function shimmedDisk(home: string, folder: string, doomed: string): TinyDisk {
  const full = join(home, 'disk-is-full')
  return {
    means: 'ENOSPC from a shim, as nothing can be mounted',
    folder,
    env: {
      NODE_OPTIONS: `--import ${SHIM}`,
      GAMEDAY_TEST_DISK_FULL: doomed,
      GAMEDAY_TEST_DISK_FULL_WHEN: full,
    },
    fill: () => writeFileSync(full, ''),
    free: () => rmSync(full, { force: true }),
    release: () => undefined,
  }
}
