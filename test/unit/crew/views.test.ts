import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { plainState } from '../../../src/crew/frame/index.ts'
import { jsonView, lineView, unattendedCrew, quietView } from '../../../src/crew/index.ts'
import type { JournalEntry } from '../../../src/record/index.ts'
import { goNoGo, statusAt } from '../../support/crew-scenes.ts'

const entry: JournalEntry = {
  id: 'j9',
  atMs: 422_000,
  at: '2026-11-20T12:07:02.000Z',
  type: 'fault.proven',
  fault: 0,
  proof: '14 marked requests answered 401\n',
  evidence: [],
}

function collect(show: (out: NodeJS.WritableStream) => void): string {
  const out = new PassThrough()
  show(out)
  return String(out.read() ?? '')
}

describe('plain lines', () => {
  it('come once a second, whatever the status does', () => {
    const text = collect((out) => {
      const view = lineView(out)
      for (const atMs of [1000, 1250, 1500, 1999, 2000]) view.status({ ...statusAt(4), atMs })
    })
    expect(text.trim().split('\n')).toHaveLength(2)
  })

  it('say what the frame would show', () => {
    expect(collect((out) => lineView(out).status(statusAt(8)))).toBe(`${plainState(statusAt(8))}\n`)
  })

  it('carry no control characters and keep an entry on one line', () => {
    const text = collect((out) => lineView(out).entry(entry))
    expect(text).toBe(stripVTControlCharacters(text))
    expect(text).toBe('T+07:02  fault     proven: 14 marked requests answered 401 \n')
  })

  it('pass over entries that only carry data', () => {
    expect(
      collect((out) =>
        lineView(out).entry({
          ...entry,
          type: 'phase.ended',
          index: 0,
          name: 'brief',
          kind: 'brief',
        } as JournalEntry),
      ),
    ).toBe('')
  })
})

describe('JSON', () => {
  it('is one journal entry a line, and no status', () => {
    const text = collect((out) => {
      const view = jsonView(out)
      view.entry(entry)
      view.status(statusAt(4))
    })
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([entry])
  })
})

describe('the unattended crew', () => {
  it('is nobody, and is asked nothing', async () => {
    const crew = unattendedCrew(quietView)
    expect(crew.there).toBe(false)
    const question = { ...goNoGo, read: (value: string) => ({ value }) }
    expect(await crew.ask(question, new AbortController().signal)).toBeNull()
  })
})
