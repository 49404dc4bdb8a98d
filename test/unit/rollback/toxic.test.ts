import { describe, expect, it, onTestFinished } from 'vitest'
import type { UndoPlan } from '../../../src/record/index.ts'
import { rollbackRecords, sweep, undoChange } from '../../../src/rollback/index.ts'
import type { Undone } from '../../../src/rollback/undo/undone.ts'
import { hurryingClock } from '../../support/rollback-clock.ts'
import { freezingToxiproxy } from '../../support/rollback-frozen.ts'
import { emptyFolder, proxyCreated, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'
import { relayTo } from '../../support/rollback-servers.ts'

const SOON = { timeoutMs: 700, runnerGone: true, fresh: false, rewrite: () => undefined }

const at = (url: string, cut: { cut?: true } = {}): UndoPlan => {
  const plan = toxicAdded({ url, proxy: 'p' })
  return plan.change.type === 'toxic-added' ? { ...plan, change: { ...plan.change, ...cut } } : plan
}
const cutIn = ({ change }: UndoPlan) => (change.type === 'toxic-added' ? (change.cut ?? false) : false)
const changesIn = (asked: string[]) => asked.filter((call) => !call.startsWith('GET'))

const freezing = (options: Partial<Parameters<typeof freezingToxiproxy>[0]> = {}) =>
  freezingToxiproxy({ version: '2.12.0', toxic: TOXIC, ...options }, onTestFinished)

const REMOVAL = `DELETE /proxies/p/toxics/${TOXIC}`

describe('a toxic whose removal would freeze the server', () => {
  it.each([
    { version: '2.12.0' },
    { version: '2.1.4' },
    { version: '1.9.0' },
    { version: 'git' },
    { version: null },
  ])(
    'is removed from a disabled proxy, which is then enabled again: version $version',
    async ({ version }) => {
      const server = await freezing({ version })
      expect(await undoChange(at(server.url), SOON)).toMatchObject({ state: 'gone', theirs: [] })
      expect(server.state()).toEqual({ there: true, enabled: true, toxics: [], frozen: false })
      expect(changesIn(server.asked)).toEqual(['POST /proxies/p', REMOVAL, 'POST /proxies/p'])
    },
  )

  it.each([{ version: '2.13.0' }, { version: '2.20.1' }, { version: '3.0.0' }])(
    'is removed at once where it does not, and nobody’s connection is cut: version $version',
    async ({ version }) => {
      const server = await freezing({ version })
      expect(await undoChange(at(server.url), SOON)).toMatchObject({ state: 'gone', theirs: [] })
      expect(changesIn(server.asked)).toEqual([REMOVAL])
    },
  )

  it('has frozen it already, by a call of the dead run: a proxy of its own is deleted all the same', async () => {
    const server = await freezing({ frozen: true })
    const plan = proxyCreated(
      { url: server.url, proxy: 'p' },
      { upstream: '127.0.0.1:2', address: '127.0.0.1:1' },
    )
    expect(await undoChange(plan, SOON)).toMatchObject({ state: 'gone' })
    expect(server.state()).toMatchObject({ there: false })
  })

  it('has frozen it already: a path that outlives the run is unreachable, and nothing is made worse', async () => {
    const server = await freezing({ frozen: true })
    expect(await undoChange(at(server.url), SOON)).toMatchObject({ state: 'unreachable' })
    expect(changesIn(server.asked)).toEqual([])
  })
})

describe('a proxy that is cut to remove a toxic', () => {
  it('is so on record before it is, and no more once it is enabled again', async () => {
    const server = await freezing()
    const records = rollbackRecords(emptyFolder())
    const onRecord: string[] = []
    const relay = await relayTo(server.url, onTestFinished, (call) => {
      if (!call.startsWith('GET')) onRecord.push(`${call.split(' ')[0]} ${cutIn(records.all().plans[0]!)}`)
    })
    const plan = at(relay.url)
    records.write(plan)
    const rewrite = (changed: UndoPlan): void => void records.write(changed)
    expect(await undoChange(plan, { ...SOON, rewrite })).toMatchObject({ state: 'gone' })
    expect(onRecord).toEqual(['POST true', 'DELETE true', 'POST true'])
    expect(records.all().plans).toEqual([plan])
  })

  it.each([
    { what: 'before the removal', toxics: [TOXIC] },
    { what: 'after it', toxics: [] },
  ])('is enabled again by whoever comes after one that was killed meanwhile: $what', async ({ toxics }) => {
    const server = await freezing()
    Object.assign(server.state(), { enabled: false, toxics })
    const rewritten: boolean[] = []
    const rewrite = (plan: UndoPlan): void => void rewritten.push(cutIn(plan))
    expect(await undoChange(at(server.url, { cut: true }), { ...SOON, rewrite })).toMatchObject({
      state: 'gone',
      theirs: [],
    })
    expect(server.state()).toEqual({ there: true, enabled: true, toxics: [], frozen: false })
    expect(rewritten).toEqual([false])
  })

  it.each(
    [
      { lost: 'POST /proxies/p', what: 'the answer to the disabling never came' },
      { lost: REMOVAL, what: 'the answer to the removal never came' },
    ].flatMap((loss) => [
      { ...loss, disk: 'is writable', rewrite: (): void => undefined },
      {
        ...loss,
        disk: 'is full',
        rewrite: (): void => {
          throw new Error('ENOSPC')
        },
      },
    ]),
  )('is enabled again although $what, and the disk $disk', async ({ lost, rewrite }) => {
    const server = await freezing()
    server.swallowNext(lost)
    const said: Undone[] = []
    await sweep([at(server.url)], {
      ...SOON,
      rewrite,
      clock: hurryingClock(),
      patienceMs: 5000,
      onUndone: (_plan, undone) => void said.push(undone),
    })
    expect(said).toMatchObject([{ state: 'gone', theirs: [] }])
    expect(server.state()).toEqual({ there: true, enabled: true, toxics: [], frozen: false })
  })

  it('is not enabled where somebody else has disabled it', async () => {
    const server = await freezing()
    Object.assign(server.state(), { enabled: false })
    expect(await undoChange(at(server.url), SOON)).toMatchObject({
      state: 'gone',
      theirs: ['somebody else disabled p; left as it is'],
    })
    expect(server.state()).toMatchObject({ enabled: false, toxics: [] })
  })
})
