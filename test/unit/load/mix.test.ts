import { describe, expect, it } from 'vitest'
import { halfWatched, questions, streamShare, type Mix } from '../../../src/load/mix.ts'
import type { Prompt } from '../../../src/load/prompts.ts'

const prompt = (feature: string, rest: Partial<Prompt> = {}): Prompt => ({
  tenant: 'acme',
  feature,
  context: 'short',
  text: 'Hello',
  ...rest,
})

function take(count: number, mix: Partial<Mix> = {}) {
  const prompts = [prompt('a'), prompt('b'), prompt('c')]
  const drawn = questions({ prompts, streams: 0.6, seed: 1, purpose: 'main', ...mix })
  return Array.from({ length: count }, () => drawn.next().value)
}

describe('questions', () => {
  it('ask for streams in the share wanted', () => {
    const streams = take(5000).filter((question) => question.stream).length
    expect(streams / 5000).toBeGreaterThan(0.57)
    expect(streams / 5000).toBeLessThan(0.63)
  })

  it.each([
    [0, false],
    [1, true],
  ])('are all alike at a share of %d', (streams, expected) => {
    expect(take(200, { streams }).every((question) => question.stream === expected)).toBe(true)
  })

  it('follow a prompt that always or never streams', () => {
    const prompts = [prompt('never', { stream: false }), prompt('always', { stream: true })]
    for (const { prompt: asked, stream } of take(200, { prompts }))
      expect(stream).toBe(asked.feature === 'always')
  })

  it('ask every prompt about equally often', () => {
    const count = take(6000).filter((question) => question.prompt.feature === 'b').length
    expect(count / 6000).toBeGreaterThan(0.3)
    expect(count / 6000).toBeLessThan(0.37)
  })

  it('repeat with the same seed and differ with another', () => {
    expect(take(100)).toEqual(take(100))
    expect(take(100, { seed: 2 })).not.toEqual(take(100))
  })

  it('ask the same prompts when only the share of streams changes', () => {
    const features = (streams: number) => take(100, { streams }).map((question) => question.prompt.feature)
    expect(features(0.1)).toEqual(features(0.9))
  })
})

describe('the share of streams', () => {
  it.each([
    [[undefined, undefined], 0.1],
    [[true, undefined], 0.55],
    [[true, false, undefined, undefined], 0.3],
    [[true, true], 1],
    [[false], 0],
  ])('of prompts that insist on %j, at a share of a tenth', (insisting, share) => {
    const prompts = insisting.map((stream) => prompt('any', stream === undefined ? {} : { stream }))
    expect(streamShare(prompts, 0.1)).toBeCloseTo(share)
  })
})

describe('the prompts of a lane that watches tenants', () => {
  const of = (tenant: string, count: number) =>
    Array.from({ length: count }, (_, index) => prompt(`${tenant}${index}`, { tenant }))

  it.each([
    { theirs: 6, others: 6 },
    { theirs: 1, others: 9 },
    { theirs: 9, others: 1 },
    { theirs: 2, others: 7 },
  ])('are about half theirs where $theirs of them and $others of others are there', ({ theirs, others }) => {
    const prompts = halfWatched([...of('acme', theirs), ...of('globex', others)], ['acme'])
    const share = prompts.filter(({ tenant }) => tenant === 'acme').length / prompts.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
    expect(new Set(prompts).size).toBe(theirs + others)
  })

  it.each([
    { name: 'none is watched', watched: [] },
    { name: 'all are', watched: ['acme'] },
  ])('stay as they are where $name', ({ watched }) => {
    const prompts = of('acme', 3)
    expect(halfWatched(prompts, watched)).toBe(prompts)
  })
})
