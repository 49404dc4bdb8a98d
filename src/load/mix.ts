import { seededRandom } from '../base/index.ts'
import type { Prompt } from './prompts.ts'

/** What one request will ask. */
export interface Question {
  prompt: Prompt
  stream: boolean
}

export interface Mix {
  prompts: readonly Prompt[]
  /** Share that asks for a stream, 0 to 1; a prompt's own `stream` beats it. */
  streams: number
  seed: number
  purpose: string
}

/** Share of the requests that is asked for as streams, where prompts may insist on either. Pure. */
export function streamShare(prompts: readonly Prompt[], streams: number): number {
  return prompts.reduce((sum, { stream }) => sum + Number(stream ?? streams), 0) / prompts.length
}

/** Draws questions without end. The same seed and purpose draw the same ones, whatever became of those before. */
export function* questions({ prompts, streams, seed, purpose }: Mix): Generator<Question, never> {
  // Two sources: a share of streams that is changed must not change which prompts are asked.
  const [pick, toss] = [seededRandom(seed, `prompts/${purpose}`), seededRandom(seed, `streams/${purpose}`)]
  for (;;) {
    const prompt = prompts[Math.floor(pick() * prompts.length)]!
    const drawn = toss() < streams
    yield { prompt, stream: prompt.stream ?? drawn }
  }
}

/**
 * Repeats prompts until about half of them are of the watched tenants, so that a lane with few requests asks for them
 * and for the others in turn; as they are where that makes no sense. Pure.
 */
export function halfWatched(prompts: readonly Prompt[], watched: readonly string[]): readonly Prompt[] {
  const theirs = prompts.filter(({ tenant }) => watched.includes(tenant))
  const others = prompts.filter(({ tenant }) => !watched.includes(tenant))
  if (theirs.length === 0 || others.length === 0) return prompts
  const repeated = (few: readonly Prompt[], many: readonly Prompt[]) =>
    Array.from({ length: Math.max(1, Math.round(many.length / few.length)) }, () => few).flat()
  return [...repeated(theirs, others), ...repeated(others, theirs)]
}
