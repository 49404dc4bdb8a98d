import { defineConfig } from 'vitest/config'

const env = { NO_COLOR: '1' }

/**
 * What `npm run test:full` runs: whole drills, real servers, planted routers, and the whole kill matrix. One file at a
 * time. A drill of 20 requests a second takes a quarter of a processor: four of them leave half of two, and still measure.
 * The shipped drills, whose rates are higher, run two at a time; of the matrix as many as two cores bear, because its
 * rows mostly wait. So do drills at a terminal, which prove what is on the screen.
 */
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    maxWorkers: 1,
    fileParallelism: false,
    projects: [
      {
        test: {
          name: 'full',
          include: ['test/full/**/*.test.ts'],
          exclude: ['test/full/drills.test.ts'],
          testTimeout: 400_000,
          hookTimeout: 60_000,
          maxConcurrency: 4,
          env,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'drills',
          include: ['test/full/drills.test.ts'],
          testTimeout: 400_000,
          maxConcurrency: 2,
          env,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          // Its cases are a server each and mostly wait.
          name: 'differential',
          include: ['test/differential/**/*.test.ts'],
          testTimeout: 60_000,
          maxConcurrency: 16,
          env,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'terminals',
          include: ['test/terminals/**/*.test.ts'],
          testTimeout: 200_000,
          maxConcurrency: 6,
          env,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'whole-matrix',
          include: ['test/matrix/whole.test.ts'],
          testTimeout: 400_000,
          hookTimeout: 60_000,
          maxConcurrency: 8,
          env,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
