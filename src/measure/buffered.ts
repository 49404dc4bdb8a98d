/** A provider that took less than this from its first byte to its last says nothing about who waited for whom. */
const TELLING_MS = 50

/**
 * Says whether a stream was held back until it was whole: its first content came to its client only when the provider
 * had sent the last of it. Null where that cannot be told. All times are of one clock.
 */
export function heldBack(
  firstTokenMs: number | null,
  { firstByteMs, endMs }: { firstByteMs: number | null; endMs: number | null },
): boolean | null {
  if (firstTokenMs === null || firstByteMs === null || endMs === null) return null
  return endMs - firstByteMs < TELLING_MS ? null : firstTokenMs >= endMs
}
