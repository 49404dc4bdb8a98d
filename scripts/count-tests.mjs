#!/usr/bin/env node
// Sums up the runner's own reports: every test that was skipped by its name, and all of them in one line. Fails when a
// report is missing, when a test failed, or when none ran.
import { readFileSync } from 'node:fs'

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')))
const sum = (key) => reports.reduce((total, report) => total + report[key], 0)
const passed = sum('numPassedTests')
const failed = sum('numFailedTests')
const skipped = sum('numPendingTests') + sum('numTodoTests')
// A file that could not even be loaded fails no test of its own.
const broken = reports.some(({ success }) => !success) && failed === 0 ? 1 : 0
const tests = reports.flatMap(({ testResults }) => testResults.flatMap((file) => file.assertionResults))
for (const { status, fullName } of tests)
  if (status !== 'passed' && status !== 'failed') console.log(`${status}: ${fullName.trim()}`)
console.log(`${passed} passed, ${failed + broken} failed, ${skipped} skipped`)
process.exitCode = passed > 0 && failed + broken === 0 ? 0 : 1
