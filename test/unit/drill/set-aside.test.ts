import { expect, test } from 'vitest'
import { setAsideInWords } from '../../../src/drill/index.ts'

test.each([
  [[], ''],
  [['a'], "the drill's setting a is set aside, as this router keeps its own"],
  [['a', 'b'], "the drill's settings a and b are set aside, as this router keeps its own"],
  [['a', 'b', 'c'], "the drill's settings a, b and c are set aside, as this router keeps its own"],
])('what of a drill does not count with its router is said in one sentence: %j', (settings, said) => {
  expect(setAsideInWords(settings)).toBe(said)
})
