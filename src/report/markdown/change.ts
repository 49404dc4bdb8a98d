import { seconds } from '../format.ts'

/** How much faster or slower a clock was than the last time: `0.36 s faster`; nothing where there is nothing to compare. */
export function change(now: number | null, past: number | null): string {
  if (now === null || past === null) return ''
  const difference = seconds(Math.abs(now - past))
  if (difference === seconds(0)) return 'the same'
  return `${difference} ${now < past ? 'faster' : 'slower'}`
}
