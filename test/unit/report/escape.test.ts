import { describe, expect, it } from 'vitest'
import { codeBlock, codeSpan, escapeDeep, escapeMarkdown } from '../../../src/report/markdown/escape.ts'
import { writeTable } from '../../../src/report/markdown/table.ts'
import { escapeXml } from '../../../src/report/xml.ts'

describe('escaping for Markdown', () => {
  it.each([
    ['a table’s borders', 'a | b', 'a \\| b'],
    ['line breaks', 'one\r\n\n# two', 'one \\# two'],
    ['HTML', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['comments', '<!-- gone -->', '&lt;!-- gone --&gt;'],
    ['entities', '&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    [
      'links and pictures',
      '![x](http://e.example/p.png) [y](javascript:1)',
      '!\\[x\\](http://e.example/p.png) \\[y\\](javascript:1)',
    ],
    ['emphasis and strikethrough', '**a** _b_ ~~c~~', '\\*\\*a\\*\\* \\_b\\_ \\~\\~c\\~\\~'],
    ['code', '`rm -rf`', '\\`rm -rf\\`'],
    ['mathematics', '$x$', '\\$x\\$'],
    ['backslashes', 'a\\|b', 'a\\\\\\|b'],
    ['mentions', 'ask @octocat', 'ask @\u2060octocat'],
    ['control characters and overrides', 'a\u0000b\u001b[31mc\u202egpj', 'a b \\[31mc gpj'],
  ])('disarms %s', (_what, text, escaped) => expect(escapeMarkdown(text)).toBe(escaped))

  it('leaves plain words, underscores inside them and addresses readable', () => {
    for (const text of [
      'invalid_api_key',
      'the primary’s key, 100 % (5 of 5)',
      'https://status.example/incident',
    ])
      expect(escapeMarkdown(text)).toBe(text)
  })

  it('reaches every string of a value, and only strings', () => {
    expect(escapeDeep({ a: ['<b>', 1, null, { c: 'x|y' }], d: true })).toEqual({
      a: ['&lt;b&gt;', 1, null, { c: 'x\\|y' }],
      d: true,
    })
  })

  it('fences code longer than any fence in it', () => {
    expect(codeBlock('a\n```\nb', 'sh')).toBe('````sh\na\n```\nb\n````')
    expect(codeSpan('a `b` | c')).toBe('``a `b` | c``')
    expect(codeSpan('`')).toBe('`` ` ``')
  })
})

describe('a table', () => {
  it('aligns its columns in the source, counting characters as seen', () => {
    const written = writeTable({
      header: ['wer', 'n'],
      align: 'lr',
      rows: [
        ['😀é', '1'],
        ['ab', '1,000'],
      ],
    })
    expect(written.split('\n')).toEqual([
      '| wer |     n |',
      '| --- | ----: |',
      '| 😀é  |     1 |',
      '| ab  | 1,000 |',
    ])
  })
})

describe('escaping for XML', () => {
  it('escapes markup and drops what XML cannot carry', () => {
    expect(escapeXml('<a b="c">&\'\u0000\u0008\ufffe\ud800x\n😀')).toBe(
      '&lt;a b=&quot;c&quot;&gt;&amp;&#39;x&#10;😀',
    )
  })
})
