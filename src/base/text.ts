/** Hides a key so that it can be told apart but not used: `sk-g…4f2a`. Short keys are hidden whole. */
export function maskKey(key: string): string {
  return key.length < 12 ? '…' : `${key.slice(0, 4)}…${key.slice(-4)}`
}

/** Writes milliseconds since the drill's start as people say it on a call: `T+07:02`, `T+1:02:03` past an hour. */
export function tPlus(ms: number): string {
  const sign = ms < 0 ? '-' : '+'
  const total = Math.floor(Math.abs(ms) / 1000)
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return hours > 0
    ? `T${sign}${hours}:${two(minutes)}:${two(seconds)}`
    : `T${sign}${two(minutes)}:${two(seconds)}`
}
