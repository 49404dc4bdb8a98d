// Preloaded into the program: writing to a chosen file of a run fails with ENOSPC, as on a full disk, as soon as the
// file GAMEDAY_TEST_DISK_FULL_WHEN is there; at once if none is named.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { GAMEDAY_TEST_DISK_FULL: file, GAMEDAY_TEST_DISK_FULL_WHEN: when } = process.env
const doomed = new Set()
const { openSync, writeSync, existsSync } = fs

fs.openSync = (path, ...rest) => {
  const fd = openSync(path, ...rest)
  if (String(path).endsWith(file)) doomed.add(fd)
  return fd
}
fs.writeSync = (fd, ...rest) => {
  if (doomed.has(fd) && (when === undefined || existsSync(when))) {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      errno: -28,
      syscall: 'write',
    })
  }
  return writeSync(fd, ...rest)
}
syncBuiltinESMExports()
