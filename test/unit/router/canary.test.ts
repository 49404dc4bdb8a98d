import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/index.ts'
import { movableClock, startPair, type Pair, type PairOptions } from '../../support/router-pair.ts'
import { answers, refuses, resets, sends } from '../../support/router-upstream.ts'

/** Asks one after another; who answered, as initials. */
async function ask(pair: Pair, times: number, headers: Record<string, string> = {}): Promise<string> {
  let served = ''
  for (let n = 0; n < times; n++) served += String((await pair.ask({ headers })).servedBy)[0]
  return served
}

/** A canary whose draws are these, and then the first again. */
const drawing = (...draws: number[]) => {
  let next = 0
  return () => draws[next++ % draws.length] ?? 0
}
const canary = (primary: number, secondary: number, more: object = {}): PairOptions => ({
  config: { canary: { primary, secondary }, ...more },
})
const PRIMARY = 0.1
const SECONDARY = 0.95

describe('a canary of 9 to 1', () => {
  it('draws the same requests for the same seed, and others for another', async () => {
    const runs = []
    for (const seed of [7, 7, 8]) {
      const pair = await startPair({ ...canary(9, 1), random: seededRandom(seed, 'canary') })
      runs.push(await ask(pair, 40))
    }
    expect(runs[0]).toMatch(/s/)
    expect(runs[1]).toBe(runs[0])
    expect(runs[2]).not.toBe(runs[0])
  })

  it('says which requests it drew, and nothing of the others', async () => {
    const pair = await startPair({ ...canary(9, 1), random: drawing(PRIMARY, SECONDARY) })
    const replies = [await pair.ask(), await pair.ask()]
    expect(replies.map(({ headers }) => headers['x-gameday-chosen'])).toEqual([undefined, 'canary'])
    expect(pair.records.map(({ role, chosen }) => [role, chosen])).toEqual([
      ['primary', null],
      ['secondary', 'canary'],
    ])
  })

  it('draws for each request of its own, whosever it is', async () => {
    const pair = await startPair({ ...canary(9, 1), random: drawing(PRIMARY, SECONDARY) })
    expect(await ask(pair, 4, { 'x-gameday-tenant': 'acme' })).toBe('psps')
  })

  it('has nothing to do with lists of models', async () => {
    const pair = await startPair({ ...canary(0, 1), primary: sends(200, '{"object":"list","data":[]}') })
    expect((await fetch(`${pair.router.url}/models`)).status).toBe(200)
    expect(pair.secondary.asked).toEqual([])
  })
})

describe('a canary is no way of failing over', () => {
  it.each([
    ['of the canary', SECONDARY, 'secondary'],
    ['of the other one', PRIMARY, 'primary'],
  ] as const)(
    'after a failure %s the other provider is asked, whatever else would be drawn',
    async (_who, draw, fails) => {
      const pair = await startPair({
        ...canary(9, 1, { circuit: { failures: 1000 }, attempts: 6, retrySameTarget: 0 }),
        [fails]: resets,
        random: () => draw,
      })
      for (let n = 1; n <= 20; n++) {
        const reply = await pair.ask()
        expect([reply.status, reply.attempts, reply.headers['x-gameday-chosen']]).toEqual([
          200,
          '2',
          'failover',
        ])
        expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([n, n])
      }
    },
  )

  it('and a canary that fails is not tried again, though retries are configured', async () => {
    const pair = await startPair({
      ...canary(9, 1, { attempts: 4, retrySameTarget: 2 }),
      secondary: refuses('server-error'),
      random: () => SECONDARY,
    })
    expect((await pair.ask()).servedBy).toBe('primary')
    expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([1, 1])
  })

  it('and both are asked once where both fail', async () => {
    const pair = await startPair({ ...canary(1, 1, { attempts: 6 }), primary: resets, secondary: resets })
    expect((await pair.ask()).status).toBe(502)
    expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([1, 1])
  })
})

describe('a canary with an open circuit', () => {
  it('gets no share but a probe when one is due, and its share again when that was good', async () => {
    const clock = movableClock()
    const pair = await startPair({
      ...canary(9, 1),
      secondary: refuses('invalid-api-key'),
      random: () => SECONDARY,
      clock,
    })
    expect(await ask(pair, 5)).toBe('ppppp')
    expect(pair.secondary.asked.length).toBe(1)
    expect(pair.records.map(({ chosen }) => chosen)).toEqual([
      'failover',
      ...Array<string>(4).fill('circuit'),
    ])

    clock.forward(5001)
    expect(await ask(pair, 3)).toBe('ppp')
    expect(pair.secondary.asked.length).toBe(2)

    pair.secondary.script = answers('secondary')
    clock.forward(5001)
    expect(await ask(pair, 3)).toBe('sss')
  })
})

describe('a pin beats the canary', () => {
  it('at either provider', async () => {
    const pin = (tenant: string, provider: string) => ({ tenant, provider, failover: true })
    const pair = await startPair({
      ...canary(1, 1, { pins: [pin('acme', 'primary'), pin('birch', 'secondary')] }),
      random: drawing(PRIMARY, SECONDARY),
    })
    expect(await ask(pair, 6, { 'x-gameday-tenant': 'acme' })).toBe('pppppp')
    expect(await ask(pair, 6, { 'x-gameday-tenant': 'birch' })).toBe('ssssss')
  })
})
