import { describe, expect, it } from 'vitest'
import { translationBetween } from '../../../../src/wire/index.ts'

type Body = Record<string, unknown>
const toAnthropic = (body: Body) => translationBetween('openai', 'anthropic')!.request(body)
const toOpenai = (body: Body) => translationBetween('anthropic', 'openai')!.request(body)

const hi = { role: 'user', content: 'hi' }
const HI = { role: 'user', content: [{ type: 'text', text: 'hi' }] }
const PNG = 'iVBORw0KGgo='
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const openaiTool = { type: 'function', function: { name: 'weather', description: 'd', parameters: schema } }
const anthropicTool = { name: 'weather', description: 'd', input_schema: schema }
const openaiCall = {
  role: 'assistant',
  content: 'Let me look.',
  tool_calls: [
    { id: 't1', type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
    { id: 't2', type: 'function', function: { name: 'weather', arguments: '{}' } },
  ],
}
const openaiResults = [
  { role: 'tool', tool_call_id: 't1', content: 'sunny' },
  { role: 'tool', tool_call_id: 't2', content: 'rain' },
]
const anthropicCall = {
  role: 'assistant',
  content: [
    { type: 'text', text: 'Let me look.' },
    { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Zürich' } },
    { type: 'tool_use', id: 't2', name: 'weather', input: {} },
  ],
}
const anthropicResults = [
  { type: 'tool_result', tool_use_id: 't1', content: 'sunny' },
  { type: 'tool_result', tool_use_id: 't2', content: 'rain' },
]

describe('what both formats can say is carried over', () => {
  // Each row says the same in both, and is read in both directions.
  it.each<[string, Body, Body]>([
    ['a model', { model: 'm' }, { model: 'm' }],
    ['a stream', { stream: true, stream_options: { include_usage: true } }, { stream: true }],
    ['a temperature', { temperature: 0.7 }, { temperature: 0.7 }],
    ['top_p', { top_p: 0.9 }, { top_p: 0.9 }],
    ['stop sequences', { stop: ['END', '\nQ:'] }, { stop_sequences: ['END', '\nQ:'] }],
    ['a user', { user: 'u1' }, { metadata: { user_id: 'u1' } }],
    ['tools', { tools: [openaiTool] }, { tools: [anthropicTool] }],
    [
      'a strict tool',
      { tools: [{ ...openaiTool, function: { ...openaiTool.function, strict: true } }] },
      { tools: [{ ...anthropicTool, strict: true }] },
    ],
    ['tools as they like', { tool_choice: 'auto' }, { tool_choice: { type: 'auto' } }],
    ['no tool', { tool_choice: 'none' }, { tool_choice: { type: 'none' } }],
    ['some tool', { tool_choice: 'required' }, { tool_choice: { type: 'any' } }],
    [
      'this tool, and no two at once',
      {
        tools: [openaiTool],
        tool_choice: { type: 'function', function: { name: 'weather' } },
        parallel_tool_calls: false,
      },
      {
        tools: [anthropicTool],
        tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
      },
    ],
    [
      'structured output',
      { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } },
      { output_config: { format: { type: 'json_schema', schema } } },
    ],
    ['an effort', { reasoning_effort: 'low' }, { output_config: { effort: 'low' } }],
    [
      'what the system says',
      { messages: [{ role: 'system', content: 'Be brief.' }, hi] },
      { system: 'Be brief.', messages: [HI] },
    ],
    [
      'what the system says in two texts',
      {
        messages: [{ role: 'system', content: 'Be brief.' }, { role: 'system', content: 'Be kind.' }, hi],
      },
      {
        system: [
          { type: 'text', text: 'Be brief.' },
          { type: 'text', text: 'Be kind.' },
        ],
        messages: [HI],
      },
    ],
    [
      'turns',
      { messages: [hi, { role: 'assistant', content: 'ho' }, hi] },
      { messages: [HI, { role: 'assistant', content: [{ type: 'text', text: 'ho' }] }, HI] },
    ],
    [
      'images, inline and by address',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
              { type: 'image_url', image_url: { url: 'https://example.com/a.webp' } },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
              { type: 'image', source: { type: 'url', url: 'https://example.com/a.webp' } },
            ],
          },
        ],
      },
    ],
    [
      'calls of tools, their results, and what the user says then',
      { messages: [hi, openaiCall, ...openaiResults, hi] },
      {
        messages: [HI, anthropicCall, { role: 'user', content: [...anthropicResults, ...HI.content] }],
      },
    ],
    [
      'a call without a word',
      { messages: [hi, { ...openaiCall, content: null }, ...openaiResults] },
      {
        messages: [
          HI,
          { role: 'assistant', content: anthropicCall.content.slice(1) },
          { role: 'user', content: anthropicResults },
        ],
      },
    ],
  ])('%s', (_, openai, anthropic) => {
    const [left, right] = [
      { messages: [hi], ...openai },
      { messages: [HI], max_tokens: 8192, ...anthropic },
    ]
    expect(toAnthropic(left)).toEqual({ body: right, losses: [] })
    expect(toOpenai(right)).toEqual({ body: { max_completion_tokens: 8192, ...left }, losses: [] })
    // There and back again, nothing has changed.
    expect(toAnthropic(toOpenai(right).body).body).toEqual(right)
  })

  it.each<[string, Body, Body]>([
    ['a limit', { max_completion_tokens: 50 }, { max_tokens: 50 }],
    ['a limit by its old name', { max_tokens: 50 }, { max_tokens: 50 }],
    ['no limit, where there must be one', {}, { max_tokens: 8192 }],
    ['one stop sequence', { stop: 'END' }, { stop_sequences: ['END'] }],
    ['a developer', { messages: [{ role: 'developer', content: 'a' }, hi] }, { system: 'a' }],
    ['the system amid the turns', { messages: [hi, { role: 'system', content: 'a' }] }, { system: 'a' }],
    ['an end user by the new name', { safety_identifier: 'u' }, { metadata: { user_id: 'u' } }],
    [
      'two messages of the user',
      { messages: [hi, hi] },
      { messages: [{ role: 'user', content: [...HI.content, ...HI.content] }] },
    ],
    ['an empty message', { messages: [{ role: 'assistant', content: '' }, hi] }, { messages: [HI] }],
    [
      'a tool without parameters',
      { tools: [{ type: 'function', function: { name: 'now' } }] },
      { tools: [{ name: 'now', input_schema: { type: 'object', properties: {} } }] },
    ],
    ['plain text asked for', { response_format: { type: 'text' } }, {}],
    [
      'what the model would not say',
      { messages: [hi, { role: 'assistant', refusal: 'No.' }, hi] },
      { messages: [HI, { role: 'assistant', content: [{ type: 'text', text: 'No.' }] }, HI] },
    ],
    ['no two tools at once, without tools', { parallel_tool_calls: false }, {}],
  ])('to Anthropic: %s', (_, openai, anthropic) => {
    const expected = { messages: [HI], max_tokens: 8192, ...anthropic }
    expect(toAnthropic({ messages: [hi], ...openai })).toEqual({ body: expected, losses: [] })
  })

  it.each<[string, Body, Body]>([
    ['a message as a string', { messages: [hi] }, { messages: [hi] }],
    [
      'the system amid the turns',
      { messages: [hi, { role: 'system', content: 'a' }] },
      { messages: [hi, { role: 'system', content: 'a' }] },
    ],
    ['thinking that is off', { thinking: { type: 'disabled' } }, {}],
    [
      'a tool that failed',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 't', content: 'no route', is_error: true }],
          },
        ],
      },
      {
        messages: [
          {
            role: 'tool',
            tool_call_id: 't',
            content: [
              { type: 'text', text: 'Error: the tool failed.' },
              { type: 'text', text: 'no route' },
            ],
          },
        ],
      },
    ],
    [
      'a result of several texts',
      {
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 't',
                content: [
                  { type: 'text', text: 'a' },
                  { type: 'text', text: 'b' },
                ],
              },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'tool',
            tool_call_id: 't',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      },
    ],
    [
      'a result without a word',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't' }] }] },
      { messages: [{ role: 'tool', tool_call_id: 't', content: '' }] },
    ],
  ])('to OpenAI: %s', (_, anthropic, openai) => {
    expect(toOpenai({ messages: [hi], ...anthropic })).toEqual({
      body: { messages: [hi], ...openai },
      losses: [],
    })
  })
})

describe('what concerns price, speed or bookkeeping alone is left behind', () => {
  it.each<[string, unknown]>([
    ['store', true],
    ['metadata', { a: 'b' }],
    ['service_tier', 'flex'],
    ['prediction', { type: 'content', content: 'x' }],
    ['prompt_cache_key', 'k'],
    ['prompt_cache_retention', '24h'],
  ])('of OpenAI: %s', (name, value) => {
    const { body, losses } = toAnthropic({ messages: [hi], [name]: value })
    expect({ body, losses }).toEqual({ body: { messages: [HI], max_tokens: 8192 }, losses: [] })
  })

  it.each<[string, Body]>([
    ['cache_control of the request', { cache_control: { type: 'ephemeral' } }],
    [
      'cache_control of a block',
      {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] },
        ],
      },
    ],
    ['service_tier', { service_tier: 'auto' }],
    ['speed', { speed: 'fast' }],
  ])('of Anthropic: %s', (_, more) => {
    expect(toOpenai({ messages: [hi], ...more })).toEqual({ body: { messages: [hi] }, losses: [] })
  })
})

describe('what cannot be carried over is named', () => {
  const content = (part: object) => ({ messages: [{ role: 'user', content: [part] }] })

  it.each<[Body, string]>([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ logit_bias: { 50256: -100 } }, 'logit_bias'],
    [{ seed: 7 }, 'seed'],
    [{ presence_penalty: 0.5 }, 'presence_penalty'],
    [{ frequency_penalty: 0.5 }, 'frequency_penalty'],
    [{ temperature: 1.5 }, 'temperature (over 1)'],
    [{ stop: ['\n'] }, 'stop (only white space)'],
    [{ response_format: { type: 'json_object' } }, 'response_format (json_object)'],
    [{ reasoning_effort: 'minimal' }, 'reasoning_effort (minimal)'],
    [{ verbosity: 'low' }, 'verbosity'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ audio: { voice: 'alloy' } }, 'audio'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ web_search_options: { x: 1 } }, 'web_search_options'],
    [{ a_field_of_next_year: 1 }, 'a_field_of_next_year'],
    [{ tools: [{ type: 'custom', custom: { name: 'c' } }] }, 'tools[0] (custom)'],
    [{ tool_choice: { type: 'allowed_tools' } }, 'tool_choice (allowed_tools)'],
    [content({ type: 'input_audio', input_audio: {} }), 'messages[0].content[0] (input_audio)'],
    [content({ type: 'file', file: {} }), 'messages[0].content[0] (file)'],
    [
      content({ type: 'image_url', image_url: { url: 'data:image/tiff;base64,AA' } }),
      'messages[0].content[0] (an image that is no JPEG, PNG, GIF or WebP)',
    ],
    [{ messages: [{ ...hi, name: 'Bob' }] }, 'messages[0].name'],
    [{ messages: [{ role: 'function', name: 'f', content: 'x' }, hi] }, 'messages[0] (role function)'],
    [{ messages: [hi, { role: 'assistant', content: 'Sure, ' }] }, 'messages (the last is the assistant’s)'],
    [
      {
        messages: [
          hi,
          {
            ...openaiCall,
            tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '[oops' } }],
          },
          ...openaiResults,
        ],
      },
      'messages[1].tool_calls[0].function.arguments (not a JSON object)',
    ],
    [{ messages: 'none' }, 'messages (none of a user)'],
    [{ messages: [7, hi] }, 'messages[0]'],
  ])('of OpenAI: %j', (more, name) => {
    expect(toAnthropic({ messages: [hi], ...more }).losses).toEqual([name])
  })

  it.each<[Body, string]>([
    [{ top_k: 5 }, 'top_k'],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, 'thinking'],
    [{ thinking: { type: 'adaptive' } }, 'thinking'],
    [{ stop_sequences: ['a', 'b', 'c', 'd', 'e'] }, 'stop_sequences (more than 4)'],
    [{ output_config: { effort: 'max' } }, 'output_config.effort (max)'],
    [{ output_config: { format: { type: 'grammar' } } }, 'output_config.format'],
    [{ metadata: { user_id: 'u', org: 'x' } }, 'metadata.org'],
    [{ inference_geo: 'us' }, 'inference_geo'],
    [{ container: 'c' }, 'container'],
    [{ mcp_servers: [{ url: 'x' }] }, 'mcp_servers'],
    [{ a_field_of_next_year: 1 }, 'a_field_of_next_year'],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0] (web_search_20250305)'],
    [{ tools: [{ ...anthropicTool, defer_loading: true }] }, 'tools[0].defer_loading'],
    [content({ type: 'document', source: {} }), 'messages[0].content[0] (document)'],
    [
      content({ type: 'image', source: { type: 'file', file_id: 'f' } }),
      'messages[0].content[0] (an image from a file)',
    ],
    [
      content({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: {} }] }),
      'messages[0].content[0].content[0] (image)',
    ],
    [
      {
        messages: [
          hi,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 's' },
              { type: 'text', text: 'a' },
            ],
          },
          hi,
        ],
      },
      'messages[1].content[0] (thinking)',
    ],
    [{ messages: [hi, { role: 'assistant', content: 'Sure, ' }] }, 'messages (the last is the assistant’s)'],
    [{ messages: [] }, 'messages (none of a user)'],
  ])('of Anthropic: %j', (more, name) => {
    expect(toOpenai({ messages: [hi], ...more }).losses).toEqual([name])
  })

  it('holds no word of the request', () => {
    const secret = 'CANARY of the prompt'
    const { losses } = toAnthropic({
      messages: [
        { role: secret, content: secret },
        { role: 'user', content: [{ type: secret }] },
      ],
      reasoning_effort: secret,
      tools: [{ type: secret }],
    })
    expect(losses.length).toBeGreaterThan(2)
    expect(losses.join()).not.toContain('CANARY')
  })

  it('is not endless', () => {
    const messages = Array.from({ length: 500 }, () => ({ role: 'function', content: 'x' }))
    expect(toAnthropic({ messages }).losses).toHaveLength(20)
  })
})
