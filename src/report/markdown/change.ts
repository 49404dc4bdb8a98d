import { seconds } from '../format.ts'

/** Less is chance: no request and no note is that exact. */
const SAME_MS = 50

/** How much faster or slower a clock was than the last time: `0.36 s faster`; nothing where there is nothing to compare. */
export function change(now: number | null, past: number | null): string {
  if (now === null || past === null) return ''
  const difference = Math.abs(now - past)
  if (difference < SAME_MS) return 'the same'
  return `${seconds(difference)} ${now < past ? 'faster' : 'slower'}`
}
