import { defineConfig } from 'vitest/config'

/**
 * What `npm run test:full` runs: whole drills, real servers, planted routers. One file at a time and two drills at a
 * time, because they measure, and share what the machine has.
 */
export default defineConfig({
  test: {
    include: ['test/full/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 400_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    fileParallelism: false,
    maxConcurrency: 2,
    env: { NO_COLOR: '1' },
  },
})
