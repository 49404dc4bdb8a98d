/** The files that `gameday init` writes, relative to the folder it is run in. */
export const CONFIG_FILE = 'gameday.yaml'
/** By this name it is found before the drill of that name that is shipped, and `gameday smoke` runs it. */
export const DRILL_NAME = 'smoke'
export const DRILL_FILE = `drills/${DRILL_NAME}.yaml`
export const WORKFLOW_FILE = '.github/workflows/gameday-smoke.yml'
