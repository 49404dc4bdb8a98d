import { describe, expect, it } from 'vitest'
import { runIdOf, runningDrill } from '../../../src/cli/running-drill.ts'
import { emptyFolder } from '../../support/rollback-plans.ts'
import { shownRun } from '../../support/living-drill.ts'

const find = (state: string, wanted?: string) => runningDrill(wanted, { env: { GAMEDAY_STATE: state } })

describe('the drill in progress', () => {
  it('is none where none is', async () => {
    await expect(find(emptyFolder())).rejects.toMatchObject({
      code: 'NO_DRILL',
      exitCode: 2,
      message: 'no drill is in progress on this machine for this user',
      hint: 'Begin one with gameday run, in another terminal.',
    })
  })

  it('is the only one', async () => {
    const state = emptyFolder()
    const path = await shownRun(state, 'run1')
    expect(await find(state)).toEqual({ run: 'run1', drill: 'friday-failover', path, dir: '/reports/run1' })
  })

  it('has to be named where there are several', async () => {
    const state = emptyFolder()
    const [path] = [await shownRun(state, 'run1'), await shownRun(state, 'run2', { drill: 'smoke' })]
    const error: unknown = await find(state).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'SEVERAL_DRILLS',
      exitCode: 2,
      message: '2 drills are in progress on this machine',
    })
    expect(error).toHaveProperty('hint', expect.stringContaining('run1 (friday-failover)'))
    expect(error).toHaveProperty('hint', expect.stringContaining('run2 (smoke)'))
    expect(error).toHaveProperty(
      'hint',
      expect.stringContaining('gameday join <id>, or gameday note --run <id>'),
    )
    expect(await find(state, 'run1')).toMatchObject({ run: 'run1', path })
  })

  it.each(['run2', '2026-11-20-friday-failover-run2', 'reports/2026-11-20-friday-failover-run2/'])(
    'is named by %s',
    async (wanted) => {
      const state = emptyFolder()
      await shownRun(state, 'run1')
      const path = await shownRun(state, 'run2')
      expect(await find(state, wanted)).toMatchObject({ run: 'run2', path })
    },
  )

  it('is not one of another name, and those that there are are told', async () => {
    const state = emptyFolder()
    await shownRun(state, 'run1')
    await expect(find(state, 'run9')).rejects.toMatchObject({
      code: 'NO_DRILL',
      message: 'no drill run9 is in progress on this machine for this user',
      hint: 'There is run1 (friday-failover): name it.',
    })
  })

  it('is not one that nobody can join', async () => {
    const state = emptyFolder()
    await shownRun(state, 'run1', { crew: null })
    await expect(find(state)).rejects.toMatchObject({ code: 'NO_DRILL' })
    await expect(find(state, 'run1')).rejects.toMatchObject({ code: 'NO_DRILL' })
  })

  it('is not one that still waits for its target, unless that is named', async () => {
    const state = emptyFolder()
    const waits = { holds: false, target: 'http://127.0.0.1:8474' }
    const path = await shownRun(state, 'waits', waits)
    await expect(find(state)).rejects.toMatchObject({
      code: 'NO_DRILL',
      hint: 'There is waits (friday-failover, which is about to begin): name it.',
    })
    expect(await find(state, 'waits')).toMatchObject({ run: 'waits', path })
    await shownRun(state, 'runs', { target: 'http://127.0.0.1:8474' })
    expect(await find(state)).toMatchObject({ run: 'runs' })
  })

  it('with a server of its own waits for nobody', async () => {
    const state = emptyFolder()
    await shownRun(state, 'run1', { holds: false, target: null })
    expect(await find(state)).toMatchObject({ run: 'run1' })
  })
})

it.each([
  ['ab12cd', 'ab12cd'],
  ['reports/2026-11-20-friday-failover-ab12cd', 'ab12cd'],
  ['2026-11-20-smoke-ab12cd/', 'ab12cd'],
  ['friday-failover', 'friday-failover'],
])('the id of the run %s is %s', (run, id) => {
  expect(runIdOf(run)).toBe(id)
})
