import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GamedayError } from '../../../src/base/index.ts'
import { parsePrompts } from '../../../src/load/index.ts'

const shipped = readFileSync(new URL('../../../drills/prompts.yaml', import.meta.url), 'utf8')

function refusal(text: string): GamedayError {
  try {
    parsePrompts(text, 'mine.yaml')
  } catch (error) {
    if (error instanceof GamedayError) return error
    throw error
  }
  throw new Error('the file was not refused')
}

describe('the shipped prompts', () => {
  const prompts = parsePrompts(shipped, 'drills/prompts.yaml')
  const sizes = (context: string) => prompts.filter((p) => p.context === context).map((p) => p.text.length)

  it('are a dozen, for two tenants and three features', () => {
    expect(prompts.length).toBeGreaterThanOrEqual(12)
    expect(new Set(prompts.map((p) => p.tenant)).size).toBeGreaterThanOrEqual(2)
    expect(new Set(prompts.map((p) => p.feature)).size).toBeGreaterThanOrEqual(3)
  })

  it('are short and long as they say', () => {
    expect(Math.max(...sizes('short'))).toBeLessThan(600)
    expect(Math.min(...sizes('long'))).toBeGreaterThan(1800)
  })

  it('leave most of the choice between stream and plain to the drill', () => {
    const left = prompts.filter((p) => p.stream === undefined)
    expect(left.length).toBeGreaterThanOrEqual(prompts.length / 2)
  })
})

describe('a prompts file', () => {
  it('is refused with every mistake at once, each with file, line and column', () => {
    const text = `version: 1
prompts:
  - tenant: acme
    feature: search
    context: medium
    text: Hello
  - tenant: acme
    context: short
    text: ''
    strem: true
`
    const { message, code, exitCode } = refusal(text)
    expect({ code, exitCode }).toEqual({ code: 'PROMPTS_INVALID', exitCode: 2 })
    expect(message).toMatch(/mine\.yaml:5:14: prompts\[0\]\.context: .*medium.*short, long/)
    expect(message).toMatch(/mine\.yaml:7:5: prompts\[1\]\.feature: missing/)
    expect(message).toMatch(/mine\.yaml:9:11: prompts\[1\]\.text: /)
    expect(message).toMatch(/mine\.yaml:10:5: .*strem.*did you mean "stream"/)
  })

  it.each([
    ['nothing at all', ''],
    ['another version', 'version: 2\nprompts: []'],
    ['no prompts', 'version: 1\nprompts: []'],
    ['broken YAML', 'version: 1\nprompts: [{'],
    ['a bare text', 'just words'],
  ])('with %s is refused', (_, text) => {
    expect(refusal(text).message).toMatch(/^mine\.yaml:\d+:\d+: /m)
  })

  it.each([
    ['broken YAML', 'version: 1\nprompts:\n  - text: "CANARY-7 is \\q secret\n  x: ['],
    ['a wrong type', 'version: 1\nprompts:\n  - { tenant: a, feature: b, context: short, text: [CANARY-7] }'],
    ['a prompt that is no map', 'version: 1\nprompts:\n  - CANARY-7 is secret'],
    ['prompts that are no list', 'version: 1\nprompts: CANARY-7 is secret'],
    ['a file that is one text', 'CANARY-7 is secret'],
  ])('is never quoted by the refusal of %s', (_, text) => {
    expect(refusal(text).message).not.toContain('CANARY-7')
  })
})
