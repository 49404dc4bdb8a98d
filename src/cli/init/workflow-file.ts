import { PROVIDER_ROLES } from '../../base/index.ts'
import type { InitAnswers } from './answers.ts'
import { written, type Line } from './lines.ts'
import { DRILL_FILE } from './names.ts'

/** Of the runner: gameday runs on 20, 22 and 24. */
const NODE = 24

/** The workflow of GitHub Actions, every line explained. `maxCostUsd` is null where nothing costs money. */
export function workflowFile(
  { providers, router }: Pick<InitAnswers, 'providers' | 'router'>,
  maxCostUsd: number | null,
): string {
  const keys = secretsOf({ providers, router })
  return written([
    '# The smoke drill on GitHub’s machines, every Friday and at the press of a button. `gameday init` wrote it.',
    '# gameday’s exit code decides the job: 0 held, 1 weak, 3 not ready, 4 aborted, 5 unproven, 6 something may still be',
    '# broken. It writes the summary that the run’s page shows.',
    'name: gameday smoke drill',
    '',
    'on:',
    '  schedule:',
    ['    - cron: "0 9 * * 5"', 'Fridays at 09:00 UTC, while people are there to look at it'],
    ['  workflow_dispatch:', 'the button “Run workflow”'],
    '',
    'permissions:',
    ['  contents: read', 'the job reads this repository and may do nothing else'],
    '',
    'concurrency:',
    ['  group: gameday-smoke', 'one at a time: two drills would blame each other'],
    '',
    'jobs:',
    '  drill:',
    '    runs-on: ubuntu-latest',
    ['    timeout-minutes: 15', 'ends a job that hangs; the drill has limits of its own'],
    ...environment(keys),
    '    steps:',
    '      - uses: actions/checkout@v6',
    '      - uses: actions/setup-node@v6',
    '        with:',
    [`          node-version: ${NODE}`, 'gameday runs on 20, 22 and 24'],
    ['      - run: npm ci', 'installs gameday, which is among the devDependencies'],
    '      - name: Check the files',
    // Never what npx would fetch from a registry by that name.
    [`        run: npx --no gameday validate ./${DRILL_FILE}`, '--no: only what npm ci installed'],
    ...(router === null ? [] : stageAndRouter()),
    '      - name: Run the drill',
    maxCostUsd === null
      ? ['        run: npx --no gameday smoke', 'costs nothing: both providers are simulated']
      : [
          `        run: npx --no gameday smoke --max-cost ${maxCostUsd}`,
          'US dollars; it stops and restores when they are spent',
        ],
    [
      '      - name: Keep the report',
      'report.md, its picture, the raw records, and junit.xml for what reads JUnit',
    ],
    ['        if: always()', 'above all when the drill did not hold'],
    '        uses: actions/upload-artifact@v7',
    '        with:',
    '          name: gameday-report-${{ github.run_id }}-${{ github.run_attempt }}',
    '          path: reports/',
    '          retention-days: 90',
  ])
}

/** Names of the variables that hold keys, or what a header says, each once. */
export function secretsOf({ providers, router }: Pick<InitAnswers, 'providers' | 'router'>): string[] {
  const headers = router?.headers.map(({ value }) => (value.startsWith('$') ? value.slice(1) : null)) ?? []
  const keys = providers === null ? [] : PROVIDER_ROLES.map((role) => providers[role].key)
  return [...new Set([...keys, router?.key ?? null, ...headers].filter((name) => name !== null))]
}

function stageAndRouter(): Line[] {
  return [
    ['      - name: Start the stage', 'it stays up for the steps below, with the providers’ keys'],
    '        run: npx --no gameday serve stage &',
    [
      '      - name: Start the router',
      'yours, on this machine: write here how, and leave it running with an &',
    ],
    '        run: echo "Say in .github/workflows/gameday-smoke.yml how your router is started." && exit 1',
  ]
}

function environment(keys: readonly string[]): Line[] {
  if (keys.length === 0) return []
  return [
    ['    env:', 'set these under Settings, Secrets and variables, Actions'],
    ...keys.map((key) => `      ${key}: \${{ secrets.${key} }}`),
  ]
}
