import { randomInt } from 'node:crypto'

/** A short id that is also a file name, a part of a proxy's name and a marker. */
export function newRunId(): string {
  return randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0')
}
