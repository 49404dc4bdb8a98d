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
