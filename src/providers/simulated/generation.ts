import { seededRandom, type Random, type TokenUsage } from '../../base/index.ts'
import { tagText } from '../../wire/index.ts'
import { delays, wholeNumbers, type Spread } from './draw.ts'

/** How a simulated provider's answers are spread in time and length. */
export interface Pace {
  firstToken: Spread
  interToken: Spread
  outputTokens: { least: number; most: number }
}

/** One answer in the making: what it will say, and when. Decided in full when the request comes. */
export interface Generation extends Readonly<GenerationStart> {
  /** The tokens of the answer. The last one carries the tag. */
  readonly tokens: readonly string[]
  /** When each is made, in milliseconds from the start. */
  readonly dueMs: readonly number[]
}

export interface GenerationStart extends Omit<TokenUsage, 'outputTokens'> {
  tag: string
  model: string
  startMs: number
}

/** What a generation was asked, in tokens. */
export function usageOf({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  cacheWrite1hTokens,
}: Generation): Required<Omit<TokenUsage, 'outputTokens'>> {
  return {
    inputTokens,
    cacheReadTokens: cacheReadTokens ?? null,
    cacheWriteTokens: cacheWriteTokens ?? null,
    cacheWrite1hTokens: cacheWrite1hTokens ?? null,
  }
}

/** Begins a generation, `longer` times as long as it would be. */
export type Generate = (start: GenerationStart, longer?: number) => Generation

/** Makes generations one after another, all from one seed: the same seed answers the same requests alike. */
export function generator(pace: Pace, seed: number, name: string): Generate {
  const draw = (what: string): Random => seededRandom(seed, `${name}/${what}`)
  const firstToken = delays(pace.firstToken, draw('first-token'))
  const interToken = delays(pace.interToken, draw('inter-token'))
  const length = wholeNumbers(pace.outputTokens, draw('output-tokens'))
  const word = wholeNumbers({ least: 0, most: WORDS.length - 1 }, draw('words'))

  return (start, longer = 1) => {
    const count = Math.round(length() * longer)
    const tokens: string[] = []
    const dueMs: number[] = []
    for (let i = 0, at = firstToken(); i < count; i++) {
      tokens.push(i === 0 ? 'Understood:' : ` ${WORDS[word()]!}`)
      dueMs.push(at)
      at += interToken()
    }
    tokens[count - 1] += tagText(start.tag)
    return { ...start, tokens, dueMs }
  }
}

/** How many tokens are made by a time. */
export function madeBy({ startMs, dueMs }: Generation, nowMs: number): number {
  const after = dueMs.findIndex((due) => startMs + due > nowMs)
  return after === -1 ? dueMs.length : after
}

/** The words of every answer: none of them can have come from a prompt. */
const WORDS = [
  'the', 'order', 'is', 'on', 'its', 'way', 'and', 'will', 'arrive', 'soon',
  'a', 'short', 'summary', 'follows', 'with', 'three', 'clear', 'points', 'for', 'you',
] // prettier-ignore
