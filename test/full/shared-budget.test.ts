import { expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.ts'
import { newFolder, serve } from '../support/serve-router.ts'

/** What one request may cost, by its 40 tokens at most and what goes in; it is reckoned at $0.00061. */
const MOST_USD = 0.000026
/** Of the budget, before the next request is reckoned to be over it. */
const ROOM_USD = 0.00029
const YAML = 'router: { guardrails: { tenants: { acme: { day: $0.0009 } }, degrade: [refuse] } }\n'

it('two routers on one log share a tenant’s budget for the day, some seconds late', async () => {
  const cwd = newFolder()
  const [one, other] = await Promise.all([serve(YAML, { cwd }), serve(YAML, { cwd })])
  const statusAt = async ({ ask }: typeof one, tenant = 'acme') =>
    (await ask({ 'x-gameday-tenant': tenant })).status

  let spent = 0
  let last = 200
  while (last === 200) {
    last = await statusAt(one)
    expect((spent += 1)).toBeLessThan(100)
  }
  expect(last, `of request ${spent}`).toBe(402)
  // What one has written the other reads every five seconds.
  let asked = 0
  let status = 200
  while (status === 200 && asked < 8) {
    await systemClock.sleep(2500)
    status = await statusAt(other)
    asked += 1
  }
  expect(status).toBe(402)
  // By itself it had not spent enough for that.
  expect(asked * MOST_USD).toBeLessThan(ROOM_USD)
  expect(await statusAt(other, 'bolt')).toBe(200)
})
