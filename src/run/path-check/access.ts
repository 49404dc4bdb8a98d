import type { Config, RouterAccess } from '../../config/index.ts'
import type { StagedRouter } from '../../stage/index.ts'

/** How the router of a stage is asked: as its owner says, or as the embedded one takes it. */
export function accessTo(
  { url, key, access }: Pick<StagedRouter, 'url' | 'key' | 'access'>,
  { primary }: Config['providers'],
): RouterAccess {
  return { url, key, model: primary.model, format: 'openai', headers: {}, ...access }
}
