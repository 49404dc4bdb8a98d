import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { rollbackRecords } from '../../../src/rollback/index.ts'
import { tinyDisk } from '../../support/matrix-disk.ts'
import { emptyFolder, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'

const PAGE = 4096

it.for([
  { room: 'nothing', pages: 0 },
  { room: 'a part of it', pages: 2 },
])(
  'a disk that has room for $room leaves no record that looks like one, and says so',
  ({ pages }, context) => {
    const disk = tinyDisk(emptyFolder(), 'nothing')
    onTestFinished(() => disk.release())
    if (!disk.means.startsWith('a tiny tmpfs')) context.skip('nothing can be mounted here')
    const records = rollbackRecords(disk.folder)
    const before = toxicAdded({ url: 'http://127.0.0.1:1', proxy: 'p' })
    const path = records.write(before)
    const text = readFileSync(path, 'utf8')
    const filler = join(disk.folder, 'filler')
    disk.fill()
    truncateSync(filler, statSync(filler).size - pages * PAGE)

    const long = 'x'.repeat(5 * PAGE)
    for (const plan of [
      { ...before, what: long },
      { ...before, id: 'another-f0', what: long },
    ])
      expect(() => records.write(plan)).toThrow(
        expect.objectContaining({
          code: 'ROLLBACK_RECORD_UNWRITABLE',
          exitCode: 3,
          message: expect.stringContaining('ENOSPC'),
        }),
      )
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(existsSync(records.pathOf('another-f0'))).toBe(false)
    expect(readdirSync(join(disk.folder, 'rollback'))).toEqual([`${TOXIC}.json`])
  },
)
