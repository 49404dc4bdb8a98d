import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Names the folder of what is installed to be drilled: kept from one run to the next, and never a part of gameday. */
export const installedIn = (name: string) => join(ROOT, 'node_modules', '.cache', 'gameday-routers', name)
