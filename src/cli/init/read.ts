import {
  FORMAT_IDS,
  parseDuration,
  parseMoney,
  parsePercent,
  parseRate,
  type FormatId,
} from '../../base/index.ts'
import { baseUrl, envName } from '../../config/index.ts'
import type { PriceAnswer } from './answers.ts'

/** Makes of what was typed what stands in a file, or says what to write instead. */
export type Read<T> = (typed: string) => { value: T } | { problem: string }

const NAME_MOST = 60

export const readProviderName: Read<string> = (typed) =>
  typed.length >= 1 && typed.length <= NAME_MOST
    ? { value: typed }
    : { problem: `write a name of 1 to ${NAME_MOST} characters` }

export const readFormat: Read<FormatId> = (typed) => {
  const format = FORMAT_IDS.find((id) => id === typed)
  return format === undefined ? { problem: `write ${FORMAT_IDS.join(' or ')}` } : { value: format }
}

export const readModel: Read<string> = (typed) =>
  typed === '' ? { problem: 'write the name of a model, as the provider calls it' } : { value: typed }

/** Without the slash at its end, which `/chat/completions` brings along. */
export const readBaseUrl: Read<string> = (typed) =>
  bySchema(baseUrl, typed.replace(/\/+$/, ''), 'write an address such as https://api.example.com/v1')

export const readKeyName: Read<string> = (typed) =>
  bySchema(envName, typed, 'write the name of an environment variable such as OPENAI_API_KEY')

/** `none`, or nothing, where a router asks its clients for no key. */
export const readRouterKey: Read<string | null> = (typed) =>
  typed === '' || typed === 'none' ? { value: null } : readKeyName(typed)

/** `x-team: a; x-config: $MY_CONFIG`; what begins with a $ is looked up in the environment by each run. */
export const readHeaders: Read<{ name: string; value: string }[]> = (typed) => {
  const headers = typed
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'none')
    .map((part) => /^([^\s:]+)\s*:\s*(\S.*)$/.exec(part))
  return headers.every((header) => header !== null)
    ? { value: headers.map(([, name = '', value = '']) => ({ name, value })) }
    : { problem: 'write name: value, with a ; between two of them' }
}

export const readSuccess: Read<string> = (typed) => {
  const ratio = parsePercent(unit(typed, '%'))
  return ratio !== null && ratio > 0 && ratio < 1
    ? { value: unit(typed, '%') }
    : { problem: 'write a percentage over 0 and under 100, such as 99.5%' }
}

const P95_MOST_MS = 600_000
export const readP95: Read<string> = (typed) => {
  const ms = parseDuration(typed)
  return ms !== null && ms >= 1 && ms <= P95_MOST_MS
    ? { value: typed }
    : { problem: 'write a time of at most 10 minutes, such as 2.5s or 800ms' }
}

export const readCost: Read<string> = (typed) =>
  parseMoney(dollars(typed)) === null
    ? { problem: 'write an amount in US dollars, such as 0.015' }
    : { value: dollars(typed) }

export const readTraffic: Read<string> = (typed) => {
  const perSecond = parseRate(typed)
  return perSecond !== null && perSecond > 0
    ? { value: typed }
    : { problem: 'write a rate such as 600/h, 20/min or 5/s' }
}

/** `0.15,0.6`: of a million tokens in, and of a million out. */
export const readPrice: Read<PriceAnswer> = (typed) => {
  const [input, output, ...more] = typed.split(',').map((part) => dollars(part.trim()))
  return input !== undefined &&
    output !== undefined &&
    more.length === 0 &&
    parseMoney(input) !== null &&
    parseMoney(output) !== null
    ? { value: { input, output, isListed: false } }
    : { problem: 'write two amounts in US dollars, such as 0.15,0.6' }
}

interface Schema {
  safeParse(text: string): { success: boolean; error?: { issues: { message: string }[] } }
}

function bySchema(schema: Schema, text: string, otherwise: string): ReturnType<Read<string>> {
  const read = schema.safeParse(text)
  return read.success ? { value: text } : { problem: read.error?.issues[0]?.message ?? otherwise }
}

const unit = (typed: string, sign: string) => (typed.endsWith(sign) ? typed : `${typed}${sign}`)
const dollars = (typed: string) => (typed.startsWith('$') ? typed : `$${typed}`)
