import { z } from 'zod'
import { duration, money, percent } from './units.ts'

/** What a client is promised, as people write it in a drill file and in `gameday.yaml`. */

const MINUTES_10 = 600_000
const DAY = 86_400_000

export const objectiveFields = {
  success: percent({ least: 0, most: 1, exclusive: true }).describe(
    'Share of requests that succeed, such as 99.5%',
  ),
  p95: duration({ least: 1, most: MINUTES_10 }).describe(
    '95th percentile of the response time, failures counted as infinite',
  ),
  cost: money().describe('Average cost of a successful request'),
  window: duration({ least: DAY, most: 400 * DAY })
    .prefault('30d')
    .describe('Rolling window of the objectives'),
  requests: z.int().min(1).default(10_000).describe('Requests in the window'),
}
