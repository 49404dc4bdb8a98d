#!/usr/bin/env node
// Fails when the lock lacks an entry for a platform binding that some package names as optional. Such a lock installs
// where it was written and then fails `npm ci` on another platform or with another npm.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
const locked = new Set(Object.keys(packages).map(nameOf))
let missing = 0
for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
  for (const name of Object.keys(optionalDependencies)) {
    if (locked.has(name)) continue
    missing++
    console.error(`${path || 'the project'} names ${name}, which the lock does not hold`)
  }
}
console.log(`${locked.size} packages in the lock, ${missing} bindings missing`)
process.exitCode = missing === 0 ? 0 : 1
