import { expect, test } from 'vitest'
import { nearestWord } from '../../../src/base/index.ts'

const KNOWN = ['title', 'hypothesis', 'atLeast', 'cap', 'firstToken', 'interToken']

test.each([
  ['titel', 'title'],
  ['tittle', 'title'],
  ['atleast', 'atLeast'],
  ['at_least', 'atLeast'],
  ['firstTokn', 'firstToken'],
  ['cpa', 'cap'],
  ['CAP', 'cap'],
])('%s was probably meant to be %s', (word, meant) => {
  expect(nearestWord(word, KNOWN)).toBe(meant)
})

test.each(['x', 'colour', 'cop­out', ''])('%j is near none of them', (word) => {
  expect(nearestWord(word, KNOWN)).toBeNull()
})
