import { join } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { stateFolder } from '../rollback/index.ts'
import { runningRouters, type RunningRouter } from '../router/index.ts'
import type { Io } from './io.ts'

/** Where routers that serve show themselves. */
export const routersFolder = ({ env }: Pick<Io, 'env'>) => join(stateFolder(env), 'routers')

/**
 * Finds the routers that serve on this machine for this user: those on the named port or address, else all. Throws
 * `NO_ROUTER` if there are none.
 */
export async function findRouters(wanted: string | undefined, io: Pick<Io, 'env'>): Promise<RunningRouter[]> {
  const folder = routersFolder(io)
  const found = await runningRouters(
    folder,
    ({ url }) => wanted === undefined || wanted === new URL(url).port || wanted === url,
  )
  if (found.length > 0) return found
  const which = wanted === undefined ? 'no router serves' : `no router on ${wanted} serves`
  const running = wanted === undefined ? [] : await runningRouters(folder)
  const others = running.map(({ url }) => url).join(', ')
  throw new GamedayError(`${which} on this machine for this user`, {
    code: 'NO_ROUTER',
    exitCode: EXIT.usage,
    hint:
      others === ''
        ? 'Start one with gameday serve router, or with BYPASS_ROUTER=true to have it bypassed from the start. One of another user, or with another GAMEDAY_STATE, is not seen here.'
        : `There is ${others}: name it with --router <port>.`,
  })
}
