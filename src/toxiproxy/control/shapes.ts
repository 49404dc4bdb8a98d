import { z } from 'zod'
import type { ProxyState, ToxicState } from './types.ts'

/**
 * What a server's answers are read with. Unknown keys are dropped and not refused: a real server sends `"Logger":{}`,
 * an accident of an exported field, and later versions may add more.
 */
export const toxicState: z.ZodType<ToxicState> = z.object({
  name: z.string(),
  type: z.string(),
  stream: z.string(),
  toxicity: z.number(),
  attributes: z.record(z.string(), z.number()),
})

/** A proxy without its toxics, which is all that the npm client keeps of one. */
export const bareProxyState = z.object({
  name: z.string(),
  listen: z.string(),
  upstream: z.string(),
  enabled: z.boolean(),
})

export const proxyState: z.ZodType<ProxyState> = bareProxyState.extend({ toxics: z.array(toxicState) })

export const proxyMap = z.record(z.string(), proxyState)

const versionAnswer = z.object({ version: z.string() })

/**
 * Reads the version out of the text of `GET /version`; null when it is no Toxiproxy's.
 * Up to 2.4 it was bare text, `2.1.4`; since then it is `{"version": "2.12.0"}` and a newline.
 */
export function readVersion(text: string): string | null {
  const bare = text.trim()
  if (/^(git|v?\d+\.\d+\.\d+\S{0,40})$/.test(bare)) return bare
  try {
    return versionAnswer.safeParse(JSON.parse(bare)).data?.version ?? null
  } catch {
    return null
  }
}
