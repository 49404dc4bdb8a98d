import type { Config } from '../../config/index.ts'
import { wrapped } from '../../crew/index.ts'
import { pricePerMillion } from '../../providers/index.ts'
import type { Addition, Finding, Part } from '../../run/index.ts'
import type { Output } from '../io.ts'
import { linesFor } from './lines.ts'

/** Where the sentences begin: beside the state and the name of the check. */
const STATE = 6
const CHECK = 24
const TEXT = 2 + STATE + CHECK
/** Of lines that are there to be copied, below the name of the check. */
const UNDER = ' '.repeat(2 + STATE)
const INDENT = `${UNDER}  `

const TITLES: Record<Part, string> = {
  configuration: 'Configuration',
  providers: 'Providers',
  toxiproxy: 'Toxiproxy',
  stage: 'Stage',
  router: 'Router',
  failover: 'Failing over',
}

const PLACES: Record<Addition['to'], string> = {
  'gameday.yaml': 'Into gameday.yaml:',
  environment: 'In this shell:',
  drill: 'Into the drill:',
  router: 'Into your router’s configuration:',
}

/** What `doctor` says to people: the way first, then what was found along it, as soon as it is known. */
export function doctorPage(out: Output, config: Config) {
  let part: Part | null = null
  const shown = new Set<string>()
  const write = (text: string) => void out.write(`${text}\n`)
  const columns = out.isTTY === true ? (out.columns ?? 80) : Infinity
  const sentence = (head: string, text: string) =>
    write(columns === Infinity ? head + text : wrapped(head + text, TEXT, columns))
  const beside = ' '.repeat(TEXT)
  return {
    begin: () => {
      write(wayOf(config))
      const bill = billOf(config)
      if (bill !== null) write(bill)
    },
    tell: ({ part: its, check, state, detail, hint, add }: Finding) => {
      if (its !== part) write(`\n${TITLES[its]}`)
      part = its
      const word = state === 'lack' ? 'LACK' : state
      sentence(`  ${word.padEnd(STATE)}${check.padEnd(CHECK)}`, detail)
      if (hint !== undefined) sentence(beside, hint)
      if (add === undefined) return
      const lines = linesFor(add, config).map((line) => (line === '' ? '' : `${INDENT}${line}`))
      const text = lines.join('\n')
      write(`${UNDER}${PLACES[add.to]}${shown.has(text) ? ' the lines above.' : ''}`)
      // As they are, whatever their length: they are there to be copied.
      if (!shown.has(text)) write(text)
      shown.add(text)
    },
    end: (findings: readonly Finding[]) => write(`\n${verdictOn(findings)}`),
  }
}

/** What each provider is asked at most where nothing is wrong, and what a question and its answer come to. */
const QUESTIONS = 10
const TOKENS = { input: 50, output: 100 }

/** Says beforehand what real providers will bill; null where there is none. */
function billOf({ providers }: Config): string | null {
  const real = Object.values(providers).filter(({ kind }) => kind === 'real')
  if (real.length === 0) return null
  const usd = real.map((provider) => {
    const price = pricePerMillion(provider)
    return price === null ? NaN : (price.input * TOKENS.input + price.output * TOKENS.output) / 1_000_000
  })
  const most = QUESTIONS * usd.reduce((sum, one) => sum + one, 0)
  const cost = Number.isNaN(most)
    ? 'whose price is not known'
    : `for less than $${(Math.floor(most * 100) / 100 + 0.01).toFixed(2)}`
  return `Asks ${real.map(({ name }) => name).join(' and ')} up to ${QUESTIONS} short questions each, ${cost}.`
}

function wayOf({ router, toxiproxy, stage, providers }: Config): string {
  const hops = [
    'client',
    `router (${router.kind === 'embedded' ? 'embedded' : router.url})`,
    `Toxiproxy (${stage.url !== undefined ? `of the stage at ${stage.url}` : (toxiproxy.url ?? 'embedded')})`,
    'gate',
    Object.values(providers)
      .map(({ name, kind }) => `${name} (${kind})`)
      .join(', '),
  ]
  return hops.join(' -> ')
}

function verdictOn(findings: readonly Finding[]): string {
  const lacks = findings.filter(({ state }) => state === 'lack').length
  if (lacks > 0) {
    return `${lacks === 1 ? 'One thing is' : `${lacks} things are`} lacking. Mend from the top, for what stands below may follow from it, and look again: gameday doctor`
  }
  const open = findings.filter(({ state }) => state === 'open').map(({ check }) => check)
  return open.length === 0
    ? 'All there.'
    : `Nothing is lacking in what was looked at; not looked at: ${open.join(', ')}.`
}
