import { describe, expect, it } from 'vitest'
import { Poison } from '../../../src/router/poison.ts'
import { startPair } from '../../support/router-pair.ts'
import { refuses } from '../../support/router-upstream.ts'

const body = (text: string) => Buffer.from(text)
const known = (poison: Poison, text: string) => poison.has(() => body(text))

describe('a request that failed everywhere', () => {
  it('is remembered by what it says, until somebody answers it', () => {
    const poison = new Poison()
    poison.add(body('one'))
    expect([known(poison, 'one'), known(poison, 'other')]).toEqual([true, false])
    poison.forget(() => body('one'))
    expect(known(poison, 'one')).toBe(false)
  })

  it('is forgotten for the 257th', () => {
    const poison = new Poison()
    for (let n = 0; n < 257; n++) poison.add(body(`request ${n}`))
    expect([known(poison, 'request 0'), known(poison, 'request 1')]).toEqual([false, true])
  })

  it('counts once with the first provider and not at all with the second', async () => {
    const pair = await startPair({
      primary: refuses('server-error'),
      secondary: refuses('server-error'),
      config: { circuit: { failures: 2 } },
    })
    for (let n = 0; n < 4; n++) expect((await pair.ask()).status).toBe(500)
    expect(pair.events).toEqual([])
    // Another one does count with the first.
    await pair.ask({ body: '{"messages":[]}' })
    expect(pair.events).toMatchObject([{ provider: 'primary', state: 'open' }])
  })

  it('is nothing special where only one provider fails: its circuit opens as ever', async () => {
    const pair = await startPair({ primary: refuses('server-error') })
    for (let n = 0; n < 3; n++) expect((await pair.ask()).servedBy).toBe('secondary')
    expect(pair.states()).toEqual(['open'])
  })
})
