import { defineConfig } from 'vitest/config'

const env = { NO_COLOR: '1' }

/** What `npm test` runs: everything but the long drills. Whole drills share the clock, so few of them run at a time. */
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
        },
      },
      {
        test: {
          name: 'drill',
          include: ['test/drill/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 150_000,
          maxConcurrency: 3,
          env,
        },
      },
    ],
  },
})
