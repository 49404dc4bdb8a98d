import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { history } from '../../../src/cli/history.ts'
import { report } from '../../../src/cli/report.ts'
import { exitOf, pipedIo } from '../../support/cli-io.ts'
import { shownRun } from '../../support/living-drill.ts'
import { ROOT } from '../../support/program.ts'

const NAME = '2026-11-20-friday-failover-gymxly'

/** A copy of the example, which some process says it is still writing. */
async function place(isAlive: boolean) {
  const piped = pipedIo()
  const folder = join(piped.home, NAME)
  cpSync(join(ROOT, 'reports', 'example'), folder, { recursive: true })
  if (isAlive) await shownRun(piped.state, 'gymxly', { dir: folder })
  return { ...piped, folder }
}

it('gameday report refuses a drill that is in progress with 2, and draws any other', async () => {
  const alive = await place(true)
  expect(await exitOf(report(`${alive.folder}/`, {}, alive.io), alive.io)).toBe(2)
  expect(alive.written.stderr).toContain('the drill gymxly (friday-failover) is in progress')
  expect(alive.written.stderr).toContain('It will be written when the drill ends.')
  expect(alive.written.stdout).toBe('')
  const over = await place(false)
  expect(await exitOf(report(over.folder, {}, over.io), over.io)).toBe(0)
  expect(over.written.stdout).toContain(`  report    ${join(over.folder, 'report.md')}`)
})

it('gameday history says which drill is in progress', async () => {
  const { io, home, written } = await place(true)
  expect(await history({ out: home }, io)).toBe(0)
  expect(written.stdout).toMatch(/friday-failover {2}in progress/)
  expect(written.stdout).toContain('friday-failover  never\n')
})
