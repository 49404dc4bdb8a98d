import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

const env = { NO_COLOR: '1' }

/**
 * What `npm test` runs: everything but the long drills. The whole drills come after the rest and few at a time, because
 * they measure, and share what the machine has. The rows of the kill matrix come last and many at a time: they measure
 * nothing, and mostly wait. So do the tests at a pseudo-terminal, which need less.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: ['test/support/build.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          // One set of modules a worker: no test here changes one, and loading them anew for each file took a third of the time.
          isolate: false,
          // Many of them wait for children and sockets.
          maxWorkers: 3,
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          env,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'pty',
          include: ['test/pty/**/*.test.ts'],
          testTimeout: 40_000,
          maxConcurrency: 2,
          env,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'drill',
          include: ['test/drill/**/*.test.ts'],
          testTimeout: 150_000,
          hookTimeout: 250_000,
          maxConcurrency: 2,
          env,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'matrix',
          include: ['test/matrix/*.test.ts'],
          exclude: ['test/matrix/whole.test.ts'],
          testTimeout: 200_000,
          hookTimeout: 60_000,
          // Of the eighteen rows, half at a time: with eight the last two would be waited for alone.
          maxConcurrency: 9,
          env,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
