import type { FormatId } from '../../src/base/index.ts'
import { translationBetween, type WireFormat } from '../../src/wire/index.ts'
import { split, type Body } from './fuzz-bodies.ts'
import { isWhole, saidBy, sameContent } from './said.ts'

const OTHER: Record<FormatId, FormatId> = { openai: 'anthropic', anthropic: 'openai' }
const CONTEXT = { created: 1, includeUsage: true }

/** Says what is wrong with how a reader reads a body; null if nothing is. */
export function complaintAboutReading(
  reader: Pick<WireFormat, 'id' | 'readAnswer' | 'streamReader'>,
  body: Body,
  cuts: readonly number[],
  between = translationBetween,
): string | null {
  const { format, stream, bytes, healthy } = body
  const said = saidBy(format, stream, bytes)
  let ok: boolean
  if (stream) {
    const read = (pieces: Buffer[]) => {
      const events: unknown[] = []
      const one = reader.streamReader((event) => events.push(event))
      for (const piece of pieces) one.push(piece)
      const verdict = one.end()
      return { verdict, facts: one.facts, events }
    }
    const [whole, pieces] = [read([bytes]), read(split(bytes, cuts))]
    if (JSON.stringify(whole) !== JSON.stringify(pieces))
      return `it is read otherwise in other pieces: ${JSON.stringify([whole, pieces])}`
    ok = whole.verdict.ok
  } else ok = reader.readAnswer(bytes.toString()).ok
  if (ok && !isWhole(said))
    return `it is taken for an answer, and is none: ${JSON.stringify(said).slice(0, 300)}`
  if (!ok && healthy) return 'it is a healthy answer, and is refused'
  return ok ? complaintAboutCarrying(body, cuts, between) : null
}

/** Says what is wrong with how a good answer is written anew for a caller of the other format. */
function complaintAboutCarrying(
  { format, stream, bytes }: Body,
  cuts: readonly number[],
  between: typeof translationBetween,
): string | null {
  const to = OTHER[format]
  const translation = between(to, format)
  if (translation === null) return `there is no way from ${format} to ${to}`
  let written: string | null
  if (stream) {
    const write = (pieces: Buffer[]) => {
      const translator = translation.stream(CONTEXT)
      return pieces.map((piece) => translator.push(piece)).join('') + translator.end()
    }
    written = write([bytes])
    if (written !== write(split(bytes, cuts))) return 'it is written otherwise in other pieces'
  } else written = translation.answer(bytes.toString(), CONTEXT)
  // A good one that cannot be carried is refused, which is no wrong answer.
  if (written === null) return null
  const [before, after] = [saidBy(format, stream, bytes), saidBy(to, stream, Buffer.from(written))]
  if (!isWhole(after)) return `written anew it is no answer: ${JSON.stringify(after).slice(0, 300)}`
  return sameContent(before, after)
    ? null
    : `written anew it says something else: ${JSON.stringify([before, after]).slice(0, 600)}`
}
