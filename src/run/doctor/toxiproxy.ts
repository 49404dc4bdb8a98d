import { toxiproxyControl } from '../../toxiproxy/index.ts'
import { lackOf } from './lack.ts'
import type { ExamineInput, Finding } from './types.ts'

/** `2.12.0`; `git` is one that was built from source. */
const KNOWN = /^(git$|2\.)/

/** Looks whether a Toxiproxy of somebody's own answers, by the calls that a drill makes. Changes nothing. */
export async function lookAtToxiproxy(
  url: string,
  { config }: Pick<ExamineInput, 'config'>,
): Promise<Finding> {
  const about = { part: 'toxiproxy', check: 'Toxiproxy answers' } as const
  try {
    const control = toxiproxyControl({ url, timeoutMs: config.toxiproxy.timeout })
    const version = await control.version()
    // One that is frozen still tells its version (Shopify/toxiproxy#558).
    const { length } = await control.listProxies()
    const detail = `${version} at ${url}, with ${length} ${length === 1 ? 'proxy' : 'proxies'}`
    return KNOWN.test(version)
      ? { ...about, state: 'ok', detail }
      : {
          ...about,
          state: 'lack',
          detail: `${detail}: not a version that gameday knows`,
          hint: 'Take 2.12 or 2.13, or leave toxiproxy.url out: gameday brings one along.',
        }
  } catch (error) {
    return lackOf(error, about.part, about.check)
  }
}
