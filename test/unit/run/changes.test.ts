import { describe, expect, it, onTestFinished } from 'vitest'
import { rollbackRecords } from '../../../src/rollback/index.ts'
import { createChanges } from '../../../src/run/changes.ts'
import { freezingToxiproxy } from '../../support/rollback-frozen.ts'
import { emptyFolder, RUN, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'
import { testClock } from '../../support/test-clock.ts'

const REMOVAL = `DELETE /proxies/p/toxics/${TOXIC}`

async function recorded(version: string, expect = [204, 404]) {
  const server = await freezingToxiproxy({ version, toxic: TOXIC }, onTestFinished)
  const records = rollbackRecords(emptyFolder())
  const changes = createChanges({
    run: RUN,
    dir: '/nowhere/at/all',
    clock: testClock(),
    records,
    permit: () => undefined,
  })
  const { what, change, undo } = toxicAdded({ url: server.url, proxy: 'p' })
  changes.record({ what, change, undo: undo.map((call) => ({ ...call, expect })) }, TOXIC, 60_000)
  const calls = () => server.asked.filter((call) => !call.startsWith('GET'))
  return { server, records, changes, calls }
}

describe('a change that a run undoes by its plan on record', () => {
  it.each([
    { version: '2.12.0', calls: ['POST /proxies/p', REMOVAL, 'POST /proxies/p'] },
    { version: '2.13.0', calls: [REMOVAL] },
  ])('cannot freeze a server of version $version', async ({ version, calls }) => {
    const scene = await recorded(version)
    const plans = scene.records.all().plans
    await scene.changes.undo(TOXIC)
    expect(scene.server.state()).toEqual({ there: true, enabled: true, toxics: [], frozen: false })
    expect(scene.calls()).toEqual(calls)
    // Its record stays until it is proven gone, deadline and all.
    expect(scene.records.all().plans).toEqual(plans)
  })

  it('may be undone twice', async () => {
    const { changes, server } = await recorded('2.12.0')
    await changes.undo(TOXIC)
    await changes.undo(TOXIC)
    expect(server.state()).toMatchObject({ enabled: true, toxics: [], frozen: false })
  })

  it('is not taken for gone where a server refuses', async () => {
    const { changes } = await recorded('2.13.0', [200])
    await expect(changes.undo(TOXIC)).rejects.toThrow(/removes the toxic .* answered 204/)
  })

  it('must be on record', async () => {
    const { changes } = await recorded('2.13.0')
    await expect(changes.undo('another')).rejects.toThrow('there is no rollback record another')
  })
})
