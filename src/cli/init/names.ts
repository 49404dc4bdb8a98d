/** The files that `gameday init` writes, relative to the folder it is run in. */
export const CONFIG_FILE = 'gameday.yaml'
export const DRILL_FILE = 'drills/smoke.yaml'
export const WORKFLOW_FILE = '.github/workflows/gameday-smoke.yml'
