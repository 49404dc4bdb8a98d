import { expect, test } from 'vitest'
import { float32 } from '../../../../../src/toxiproxy/server/json/float32.ts'

test.each([
  [0.2, 0.2],
  [1, 1],
  [-3, -3],
  [0.123456789, 0.12345679],
  [123456789, 123456790],
  [1e-7, 1e-7],
  [1e22, 1e22],
  [1e40, undefined],
])('%f becomes %f', (given, kept) => {
  expect(float32(given)).toBe(kept)
})
