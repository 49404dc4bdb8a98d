#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(main)) {
  const { main: run } = await import(main.href)
  process.exitCode = await run(process.argv.slice(2), process)
} else {
  process.stderr.write(
    'gameday: it has not been built here yet.\n  Run `npm run build` in its folder, then try again.\n',
  )
  process.exitCode = 2
}
