import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { GamedayError, messageOf, systemCode, EXIT } from '../base/index.ts'

/** An append-only file of JSON lines. */
export interface LineFile {
  /**
   * Hands one line to the system before it returns, and to the disk where it is to survive the loss of power as well.
   * Throws `RECORDS_UNWRITABLE`.
   */
  append(value: unknown, to?: 'system' | 'disk'): void
  close(): void
}

const HINTS: Record<string, string> = {
  ENOSPC: 'Free some space on that disk, or choose another folder with --out.',
  EACCES: 'Choose a folder that you may write to with --out.',
  EROFS: 'Choose a folder that you may write to with --out.',
}

/** Says that a file of the run could not be written, and what to do about it. */
export function unwritable(path: string, error: unknown, exitCode: number = EXIT.internal): GamedayError {
  const hint = HINTS[systemCode(error) ?? ''] ?? 'Check the folder given with --out.'
  return new GamedayError(`cannot write ${path}: ${messageOf(error)}`, {
    code: 'RECORDS_UNWRITABLE',
    exitCode,
    hint,
    cause: error,
  })
}

/** Creates the file; fails if it exists, so that no record is ever written over. */
export function createLineFile(path: string): LineFile {
  try {
    return lineFile(path, openSync(path, 'ax', 0o644))
  } catch (error) {
    throw unwritable(path, error, EXIT.usage)
  }
}

/** Opens a file to go on after its last whole line: half a line of a killed writer would spoil the next one. */
export function continueLineFile(path: string): { file: LineFile; lines: number } {
  try {
    const fd = openSync(path, 'a+', 0o644)
    const whole = readFileSync(fd)
    const end = whole.lastIndexOf(10) + 1
    if (end < whole.length) ftruncateSync(fd, end)
    return { file: lineFile(path, fd), lines: whole.toString().split('\n').length - 1 }
  } catch (error) {
    throw unwritable(path, error)
  }
}

function lineFile(path: string, fd: number): LineFile {
  let open = true
  let broken: unknown = null
  return {
    append: (value, to = 'system') => {
      if (!open) return
      // Whatever came after half a line would make one that nobody can read.
      if (broken !== null) throw unwritable(path, broken)
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`)
      try {
        // A full disk may take a part of the line: readers stop at the last whole one.
        for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written)
        if (to === 'disk') fsyncSync(fd)
      } catch (error) {
        broken = error
        throw unwritable(path, error)
      }
    },
    close: () => {
      if (open) closeSync(fd)
      open = false
    },
  }
}

const PIECE = 1 << 20

/**
 * Reads a file of JSON lines up to its last whole line; what a killed writer left of a line is passed over.
 * Throws `RECORDS_UNREADABLE` with file and line for anything else that is no JSON.
 */
export function* readLineFile(path: string): Generator<unknown> {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    const why = systemCode(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new GamedayError(`cannot read ${path}: ${why}`, {
      code: 'RECORDS_UNREADABLE',
      hint: 'Name the folder of a run, as printed at its end: reports/<date>-<drill>-<run>.',
      cause: error,
    })
  }
  try {
    const piece = Buffer.alloc(PIECE)
    let rest = Buffer.alloc(0)
    let number = 0
    for (;;) {
      const length = readSync(fd, piece, 0, PIECE, null)
      if (length === 0) return
      const bytes = Buffer.concat([rest, piece.subarray(0, length)])
      let from = 0
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
        number++
        yield parseLine(bytes.toString('utf8', from, end), path, number)
        from = end + 1
      }
      rest = Buffer.from(bytes.subarray(from))
    }
  } finally {
    closeSync(fd)
  }
}

function parseLine(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GamedayError(`${path}:${line}: not a JSON line: ${messageOf(error)}`, {
      code: 'RECORDS_UNREADABLE',
      hint: 'The file was changed after the run; restore it from where you keep your reports.',
      cause: error,
    })
  }
}
