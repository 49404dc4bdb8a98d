import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

const env = { NO_COLOR: '1' }

/** Makes much work and measures nothing: beside a drill it would make that late. */
const BUSY = [
  'test/full/router-fuzz.test.ts',
  'test/full/toxiproxy-fuzz.test.ts',
  'test/full/toxiproxy-toggling.test.ts',
]

/** Five routers at once, three of them in Python: nothing else would be in time beside them. */
const ROUTERS = 'test/full/routers.test.ts'

/**
 * What `npm run test:full` runs: whole drills, real servers, planted routers, and the whole kill matrix.
 *
 * A drill of 20 requests a second takes a quarter of a processor: five of them, three files at a time and two drills of
 * most, leave a third of two, and still measure. What makes more work comes after them, by itself; of the matrix as many
 * rows at a time as two cores bear, because they mostly wait. So do drills at a terminal, which prove what is on the
 * screen.
 */
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'full',
          include: ['test/full/**/*.test.ts'],
          exclude: [...BUSY, ROUTERS],
          testTimeout: 400_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          maxConcurrency: 2,
          env,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'routers',
          include: [ROUTERS],
          testTimeout: 400_000,
          hookTimeout: 60_000,
          env,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // Cases of the corpus are a server each and mostly wait.
          name: 'differential',
          include: ['test/differential/**/*.test.ts', ...BUSY],
          testTimeout: 60_000,
          maxWorkers: 1,
          maxConcurrency: 16,
          env,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'terminals',
          include: ['test/terminals/**/*.test.ts'],
          testTimeout: 200_000,
          maxWorkers: 1,
          maxConcurrency: 6,
          env,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'whole-matrix',
          include: ['test/matrix/whole.test.ts'],
          testTimeout: 400_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          maxConcurrency: 8,
          env,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
