import { join, resolve } from 'node:path'
import type { Config } from '../config/index.ts'
import { stateFolder } from '../rollback/index.ts'
import type { Io } from './io.ts'

/** Where the request log lies: as configured, else in the state folder. */
export function logPath({ log }: Pick<Config, 'log'>, { cwd, env }: Pick<Io, 'cwd' | 'env'>): string {
  return log.path === undefined ? join(stateFolder(env), 'requests.db') : resolve(cwd, log.path)
}
