import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatDuration } from '../../base/index.ts'
import type { Io } from '../io.ts'
import type { InitAnswers } from './answers.ts'
import type { Draft } from './draft.ts'
import { secretsOf } from './workflow-file.ts'

type Step = readonly [why: string, command: string]

/** What to do now, as one could paste it into a shell. */
export function nextSteps(
  answers: InitAnswers,
  { durationMs, cost }: Draft,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): string[] {
  const gameday = existsSync(join(cwd, 'node_modules', '.bin', 'gameday')) ? 'npx gameday' : 'gameday'
  const keys = secretsOf(answers)
  const unset = keys.filter((key) => (env[key] ?? '') === '')
  const length = formatDuration(durationMs)
  const steps: Step[] = [
    ...unset.map((key): Step => ['paste the key; it is not shown', `read -rs ${key} && export ${key}`]),
    ...(answers.router === null
      ? []
      : [
          [
            'in a terminal of its own: what your router is pointed at; it says how',
            `${gameday} serve stage`,
          ] satisfies Step,
        ]),
    ...(unset.length === 0 && answers.router === null
      ? []
      : [['is everything there? It says what is not', `${gameday} doctor`] satisfies Step]),
    ['what the drill will do, and what it costs; runs nothing', `${gameday} explain smoke`],
    cost === null
      ? [`run it: ${length}, no key, no money`, `${gameday} smoke`]
      : [
          `run it: ${length}, about $${cost.bill.leastUsd.toFixed(2)} to $${cost.bill.mostUsd.toFixed(2)}`,
          `${gameday} smoke --max-cost ${cost.maxCostUsd}`,
        ],
    ['the Friday drill, with people: thirty minutes, or a rehearsal', `${gameday} run friday-failover`],
    ...(isInstalledHere(cwd)
      ? []
      : [
          [
            'CI runs npm ci, and no package.json here names gameday',
            'npm install --save-dev <its .tgz>',
          ] satisfies Step,
        ]),
    ...keys.map((key): Step => ['CI needs the key, as a secret', `gh secret set ${key}`]),
  ]
  return steps.flatMap(([why, command]) => [`  # ${why}`, `  ${command}`])
}

/** Whether `npm ci` would install gameday here. */
function isInstalledHere(cwd: string): boolean {
  try {
    return readFileSync(join(cwd, 'package.json'), 'utf8').includes('"gameday":')
  } catch {
    return false
  }
}
