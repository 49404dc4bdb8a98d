import { describe, expect, it } from 'vitest'
import { openaiCompletion, openaiFormat, tagText } from '../../../src/wire/index.ts'

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'gpt-4o-mini' }

function answer(message: object | null, more: object = {}, finish: string | null = 'stop') {
  return JSON.stringify({
    id: 'x1',
    model: 'm',
    choices: [{ index: 0, message, finish_reason: finish }],
    ...more,
  })
}

describe('readAnswer', () => {
  it('reads what the builder wrote', () => {
    const body = openaiCompletion(head, `Hello.${tagText('chatcmpl-1')}`, { inputTokens: 7, outputTokens: 3 })
    expect(openaiFormat.readAnswer(body)).toEqual({
      ok: true,
      facts: {
        id: 'chatcmpl-1',
        tag: 'chatcmpl-1',
        model: 'gpt-4o-mini',
        finishReason: 'stop',
        inputTokens: 7,
        outputTokens: 3,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        cacheWrite1hTokens: null,
      },
    })
  })

  it('believes the tag in the text before the id, which a router may have replaced', () => {
    const body = openaiCompletion({ ...head, id: 'router-9' }, `Hello.${tagText('real')}`, {
      inputTokens: 1,
      outputTokens: 1,
    })
    expect(openaiFormat.readAnswer(body)).toMatchObject({ ok: true, facts: { id: 'router-9', tag: 'real' } })
  })

  it.each<[string, string, object]>([
    ['content', answer({ content: 'hi' }), { tag: 'x1', inputTokens: null, outputTokens: null }],
    ['content in parts', answer({ content: [{ type: 'text', text: 'hi' }] }), { tag: 'x1' }],
    ['a tool call without text', answer({ content: null, tool_calls: [{ id: 't' }] }), {}],
    ['an older function call', answer({ content: null, function_call: { name: 'f' } }), {}],
    ['a refusal by the model', answer({ content: null, refusal: 'I cannot.' }), {}],
    ['an error field of null', answer({ content: 'hi' }, { error: null }), {}],
    ['no id', answer({ content: 'hi' }, { id: undefined }), { id: null, tag: null }],
    [
      'usage of a wrong type',
      answer({ content: 'hi' }, { usage: { prompt_tokens: 'x' } }),
      { inputTokens: null },
    ],
  ])('takes %s as an answer', (_, body, facts) => {
    expect(openaiFormat.readAnswer(body)).toMatchObject({ ok: true, facts })
  })

  it.each([
    ['empty content', answer({ content: '' }), 'empty'],
    ['null content', answer({ content: null }), 'empty'],
    ['no message', answer(null), 'empty'],
    ['no choice', JSON.stringify({ id: 'x', choices: [] }), 'empty'],
    ['an empty list of tool calls', answer({ content: null, tool_calls: [] }), 'empty'],
    ['content that a filter removed', answer({ content: '' }, {}, 'content_filter'), 'refused'],
    ['content without a finish reason', answer({ content: 'hi' }, {}, null), 'malformed'],
    ['no JSON', 'upstream says hi', 'malformed'],
    ['cut JSON', answer({ content: 'hi' }).slice(0, -9), 'malformed'],
    ['an empty body', '', 'malformed'],
    ['a list', '[]', 'malformed'],
    ['no choices at all', '{}', 'malformed'],
    ['an error with a 200', JSON.stringify({ error: { code: 'invalid_api_key' } }), 'credential'],
    ['an unknown error with a 200', JSON.stringify({ error: { message: 'hm' } }), 'server-error'],
    ['a bare error with a 200', JSON.stringify({ error: 'overloaded' }), 'overloaded'],
  ])('fails %s', (_, body, expected) => {
    const verdict = openaiFormat.readAnswer(body)
    expect(verdict.ok ? 'ok' : verdict.error.class).toBe(expected)
  })
})
