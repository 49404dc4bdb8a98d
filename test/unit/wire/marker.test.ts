import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findMarker,
  laneOf,
  markerText,
  tagInText,
  tagText,
  tenantMark,
  withMarker,
  withoutMarker,
} from '../../../src/wire/index.ts'

const marker = { runTag: 'r7f3a', requestId: 'm12' }

describe('marker', () => {
  it('stands on a line of its own after the prompt', () => {
    expect(withMarker('Tell me.', marker)).toBe('Tell me.\n[gd:r7f3a:m12]')
  })

  it('is found again in any prompt', () => {
    fc.assert(
      fc.property(fc.string(), (prompt) => {
        expect(findMarker(withMarker(prompt, marker))).toEqual(marker)
      }),
    )
  })

  it('carries whose request it is where it is told', () => {
    const theirs = { ...marker, tenant: tenantMark('r7f3a', 'acme') }
    expect(markerText(theirs)).toMatch(/^\[gd:r7f3a:m12:[0-9a-f]{8}\]$/)
    expect(findMarker(withMarker('a', theirs))).toEqual(theirs)
    expect(withoutMarker(withMarker('a', theirs))).toBe('a\n')
  })

  it.each([
    ['what a router appended after it', `${withMarker('a', marker)}\n\nBe brief.`, marker],
    ['an older marker quoted before it', withMarker('as in [gd:old:m1]', marker), marker],
    ['a broken marker after it', `${withMarker('a', marker)} [gd:half`, marker],
    ['a marker that stands alone, as in `user`', markerText(marker), marker],
    ['a text without one', 'hello', null],
    ['an empty text', '', null],
    ['a marker with a blank in it', '[gd:a b:m1]', null],
    ['a marker without a request id', '[gd:r7f3a]', null],
    ['a marker of a tenant that none wrote', '[gd:r7f3a:m12:acme]', null],
    ['a marker far too long', `[gd:${'x'.repeat(65)}:m1]`, null],
  ])('reads %s', (_, text, expected) => {
    expect(findMarker(text)).toEqual(expected)
  })
})

describe('laneOf', () => {
  it.each([
    ['m0', 'main'],
    ['m90000', 'main'],
    ['c3', 'control'],
    ['p1', null],
    ['m', null],
    ['mm1', null],
    ['x1', null],
    ['', null],
  ])('reads %j as %j', (requestId, lane) => {
    expect(laneOf(requestId)).toBe(lane)
  })
})

describe('tag', () => {
  it('ends the text of an answer and is found there', () => {
    expect(tagText('chatcmpl-1')).toBe(' [by:chatcmpl-1]')
    expect(tagInText(`Hello.${tagText('chatcmpl-1')}`)).toBe('chatcmpl-1')
  })

  it.each([
    ['the last of two', 'a [by:one] b [by:two]', 'two'],
    ['none', 'nothing here', null],
    ['an unfinished one', 'text [by:abc', null],
  ])('reads %s', (_, text, tag) => {
    expect(tagInText(text)).toBe(tag)
  })
})
