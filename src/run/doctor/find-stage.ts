import { attachStage, stageToken, type AttachedStage } from '../../stage/index.ts'
import { lackOf } from './lack.ts'
import type { ExamineInput, Finding } from './types.ts'

/** The stage that drills would be held on. */
export type Found =
  { at: 'own' } | { at: 'standing'; standing: AttachedStage } | { at: 'none'; lack: Finding }

const ABOUT = { part: 'stage', check: 'stage' } as const

/** Finds the stage that stands already, where the configuration names one. */
export async function findStage({ config, env, stateFolder, clock }: ExamineInput): Promise<Found> {
  const { url } = config.stage
  if (url === undefined && config.router.kind === 'embedded') return { at: 'own' }
  if (url === undefined) {
    return {
      at: 'none',
      lack: {
        ...ABOUT,
        state: 'lack',
        detail: `none is named, and the router at ${config.router.kind === 'external' ? config.router.url : ''} can only be drilled on one that stands`,
        hint: 'Start one (gameday serve stage), point the router at it, and name it.',
        add: { to: 'gameday.yaml', lines: ['stage:', '  url: http://127.0.0.1:8470'] },
      },
    }
  }
  try {
    const token = stageToken(stateFolder, env)
    return { at: 'standing', standing: await attachStage({ url, token }, { ...config, clock }) }
  } catch (error) {
    return { at: 'none', lack: lackOf(error, ABOUT.part, ABOUT.check) }
  }
}
