import { plantedRouter, type Flaw } from './planted-router.ts'

/** A planted router in a process of its own: its flaw and the way to its providers come by argument and environment. */
const {
  PRIMARY_URL = '',
  SECONDARY_URL = '',
  GAMEDAY_PRIMARY_KEY = '',
  GAMEDAY_SECONDARY_KEY = '',
} = process.env
const target = { format: 'openai', name: 'planted' } as const
// The flaw is what the test that started this file wrote.
const { url } = await plantedRouter(process.argv[2] as Flaw)([
  { ...target, role: 'primary', baseUrl: PRIMARY_URL, key: GAMEDAY_PRIMARY_KEY },
  { ...target, role: 'secondary', baseUrl: SECONDARY_URL, key: GAMEDAY_SECONDARY_KEY },
])
process.stdout.write(`planted at ${url}\n`)
