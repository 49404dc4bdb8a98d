import { describe, expect, it } from 'vitest'
import type { AlertId } from '../../../src/base/index.ts'
import { describeAlert, nextPage, readAlert, type Slice } from '../../../src/slo/index.ts'

const objectives = { success: 0.995, p95Ms: 2500, costUsd: 0.015 }
const good: Slice = { requests: 100, ok: 100, fast: 100, costUsd: 1, priced: 100 }
const none: Slice = { requests: 0, ok: 0, fast: 0, costUsd: 0, priced: 0 }
const failing: Slice = { ...good, ok: 90, fast: 90, priced: 90 }
const slow: Slice = { ...good, fast: 80 }
const dear: Slice = { ...good, costUsd: 2 }
const read = (id: AlertId, slices: Slice[]) => readAlert(id, slices, objectives).sight

describe('an alert', () => {
  it.each<[AlertId, Slice]>([
    ['success', failing],
    ['p95', slow],
    ['cost', dear],
  ])('for %s is bad when it was so from the beginning of its window to the end', (id, bad) => {
    expect(read(id, [bad, bad, bad, bad, bad])).toBe('bad')
    expect(read(id, [good, bad, bad, bad, bad])).toBe('between')
    expect(read(id, [bad, bad, bad, bad, good])).toBe('between')
    expect(read(id, [bad, good, good, good, bad])).toBe(id === 'cost' ? 'between' : 'bad')
    expect(read(id, [bad, bad, bad, good, good])).toBe('good')
    expect(read(id, [good, good, good, good, good])).toBe('good')
  })

  it.each<[AlertId, Slice]>([
    ['p95', failing],
    ['cost', failing],
    ['success', slow],
    ['success', dear],
    ['p95', dear],
    ['cost', slow],
  ])('for %s is not moved by what another one watches', (id, bad) => {
    expect(read(id, [bad, bad, bad, bad, bad])).toBe('good')
  })

  it('reads the p95 by nearest rank, and under the promise means under', () => {
    const slice = (fast: number): Slice => ({ ...none, requests: 20, ok: 20, fast })
    expect(read('p95', [slice(19), slice(19), slice(19), slice(19), slice(19)])).toBe('good')
    expect(read('p95', [slice(18), slice(18), slice(18), slice(18), slice(18)])).toBe('bad')
  })

  it('says that there is too little to say anything', () => {
    const few: Slice = { ...failing, requests: 3, ok: 0, fast: 0, priced: 0 }
    expect(readAlert('success', [few, few, few, few, few], objectives)).toEqual({
      sight: 'too-little',
      detail: 'only 15 of the 20 requests that it takes to say anything',
    })
    expect(read('cost', [none, none, none, none, none])).toBe('too-little')
  })

  it('knows nothing new from silence', () => {
    expect(read('success', [failing, failing, failing, none, none])).toBe('between')
  })

  it('pages once and resolves once', () => {
    const reading = (sight: 'bad' | 'good' | 'between' | 'too-little') => ({ sight, detail: '' })
    expect(nextPage(false, reading('bad'))).toBe('fired')
    expect(nextPage(true, reading('bad'))).toBeNull()
    expect(nextPage(true, reading('between'))).toBeNull()
    expect(nextPage(true, reading('too-little'))).toBeNull()
    expect(nextPage(true, reading('good'))).toBe('resolved')
    expect(nextPage(false, reading('good'))).toBeNull()
  })

  it('is described in words', () => {
    expect(describeAlert('p95', objectives, 900_000)).toBe('p95 over 2.5s for 15m')
    expect(describeAlert('success', objectives, 300_000)).toBe('success below 99.5% for 5m')
    expect(describeAlert('cost', objectives, 900_000)).toBe('average cost over $0.015 for 15m')
    // Scaled by a drill.
    expect(describeAlert('cost', objectives, 41_667)).toBe('average cost over $0.015 for 41.7s')
  })
})
