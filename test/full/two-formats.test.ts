import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/index.ts'
import { runInProcess } from '../support/run-drill.ts'

const OPENAI = 'kind: simulated, format: openai, model: gpt-4o-mini'
const ANTHROPIC = 'kind: simulated, format: anthropic, model: claude-haiku-4-5'
const providers = (primary: string, secondary: string) =>
  parseConfig(
    `version: 1\nproviders:\n  primary: { name: first, ${primary} }\n  secondary: { name: second, ${secondary} }\n`,
    'gameday.yaml',
  )

describe('a drill with providers of two formats', () => {
  it.each([
    ['from OpenAI to Anthropic', providers(OPENAI, ANTHROPIC), 'invalid_api_key', 'msg_'],
    ['from Anthropic to OpenAI', providers(ANTHROPIC, OPENAI), 'authentication_error', 'chatcmpl-'],
  ])('fails over %s and comes home', async (_, config, code, tag) => {
    const { result, records } = await runInProcess({ drill: 'quick', config })
    expect(result.verdict, result.decidedBy).toBe('held')
    const [fault] = result.faults
    expect(fault).toMatchObject({ notReached: {} })
    expect(fault?.switchMs).toBeTypeOf('number')
    expect(fault?.failbackMs).toBeTypeOf('number')
    // Every answer is known by its tag, though half of them were written anew on the way.
    expect(result.load.unmatched).toBe(0)
    const served = records.samples.filter(({ servedBy }) => servedBy === 'secondary')
    expect(served.length).toBeGreaterThan(20)
    expect(served.some(({ stream }) => stream)).toBe(true)
    expect(served.some(({ stream }) => !stream)).toBe(true)
    expect(served.every((sample) => sample.tag?.startsWith(tag) && sample.costUsd! > 0)).toBe(true)
    const refused = records.attempts.filter(({ failure }) => failure === 'credential')
    expect(new Set(refused.map((attempt) => attempt.code))).toEqual(new Set([code]))
  })
})
