import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { seededRandom } from '../../../src/base/index.ts'
import { withMarker } from '../../../src/wire/index.ts'
import { ROOT } from '../../support/program.ts'
import { startPair, until } from '../../support/router-pair.ts'

/** What travel mode promises of a day of repetitive questions. */
const PROMISED = 0.6

interface Asked {
  tenant: string
  text: string
}

/** The stated set, each question as often as it is asked, in a drawn order. */
function day(random: () => number): Asked[] {
  const { prompts } = parse(readFileSync(join(ROOT, 'test/fixtures/cache/travel.yaml'), 'utf8')) as {
    prompts: (Asked & { times: number })[]
  }
  return prompts
    .flatMap(({ times, ...asked }) => Array.from({ length: times }, () => asked))
    .map((asked) => ({ asked, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ asked }) => asked)
}

it('answers at least 60 % of a day of repetitive questions from the cache', async () => {
  const random = seededRandom(1, 'travel')
  const pair = await startPair({ config: { cache: { mode: 'on-hit' } } })
  const questions = day(random)
  for (const [index, { tenant, text }] of questions.entries()) {
    const spaced = withMarker(random() < 0.3 ? `${text}  \r\n` : text, {
      runTag: 'r1',
      requestId: `m${index}`,
    })
    const body = {
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: random() < 0.3 ? [{ type: 'text', text: spaced }] : spaced }],
      user: `u${index}`,
      ...(random() < 0.5 ? { stream: true } : {}),
    }
    const reply = await pair.ask({ body: JSON.stringify(body), headers: { 'x-gameday-tenant': tenant } })
    expect(reply.status).toBe(200)
    if (reply.servedBy !== 'cache')
      await until(() => pair.router.cache()!.stored === pair.primary.asked.length)
  }
  const { hits, misses, hitRate, savedUsd, savedUnknown } = pair.router.cache()!
  const distinct = new Set(questions.map(({ tenant, text }) => `${tenant} ${text}`)).size
  process.stdout.write(
    `cache on the stated set: ${hits} of ${hits + misses} questions (${(100 * hitRate!).toFixed(1)} %), $${savedUsd.toFixed(3)} saved\n`,
  )
  expect(hitRate).toBeGreaterThanOrEqual(PROMISED)
  // Every repetition is found, and nothing else.
  expect([hits + misses, misses, savedUnknown]).toEqual([questions.length, distinct, 0])
  expect(savedUsd).toBeCloseTo(hits * 0.002, 9)
})
