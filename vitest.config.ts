import { defineConfig } from 'vitest/config'

const env = { NO_COLOR: '1' }

/**
 * What `npm test` runs: everything but the long drills. The whole drills come after the rest and few at a time, because
 * they measure, and share what the machine has.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: ['test/support/build.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          env,
          sequence: { groupOrder: 0 },
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
    ],
  },
})
