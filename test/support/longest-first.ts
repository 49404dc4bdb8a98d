import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than ten seconds each, most of it waiting. What begins last is waited for alone. */
const LONG = [
  'full/drills',
  'full/planted-routers',
  // One drill, with twice the load: beside it not three times two.
  'full/rehearsal',
  'full/seeds',
  'full/guardrails-and-cache',
  'full/engine',
  'full/packed',
  'full/real-toxiproxy',
  'full/your-router',
  'drill/smoke',
  'drill/endings',
  'rollback/model',
  'rollback/watchdog',
  'load/start',
  'cli/commands',
]

/** Lets the long files begin first, since on a clean clone nothing is known of how long a file takes. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex(
        (name) => moduleId.includes(`/test/${name}`) || moduleId.includes(`/unit/${name}`),
      )
      return at === -1 ? LONG.length : at
    }
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}
