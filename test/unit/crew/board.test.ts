import { describe, expect, it } from 'vitest'
import { createBoard } from '../../../src/crew/board.ts'
import type { JournalEntry, JournalEvent } from '../../../src/record/index.ts'
import { begun } from '../../support/crew-scenes.ts'

const entry = (event: JournalEvent): JournalEntry => ({
  id: 'j',
  atMs: 0,
  at: '2026-11-20T12:00:00.000Z',
  ...event,
})

describe('the board', () => {
  it('names who speaks for a role now, and who did before when they leave', () => {
    const board = createBoard({ roles: ['lead'], name: 'Chi' })
    board.entry(begun(false))
    const { people } = board.get()
    expect(people).not.toBeNull()
    board.entry(entry({ type: 'seat.joined', role: 'operator', by: 'Dan' }))
    expect(board.get().people).toEqual({ ...people, operator: 'Dan' })
    board.entry(entry({ type: 'seat.joined', role: 'observer', by: 'Eve' }))
    expect(board.get().people).toEqual({ ...people, operator: 'Dan' })
    board.entry(entry({ type: 'seat.left', role: 'operator', by: 'Dan' }))
    expect(board.get().people).toEqual(people)
  })

  it('holds what is said in the running phase alone', () => {
    const board = createBoard({ roles: ['lead'], name: 'Chi' })
    const phase = (index: number): JournalEvent => ({
      type: 'phase.started',
      index,
      name: `p${index}`,
      kind: 'brief',
      plannedMs: 1,
    })
    board.entry(entry(phase(0)))
    board.entry(entry({ type: 'said', role: 'lead', text: 'one' }))
    board.entry(entry({ type: 'said', role: 'lead', text: 'two' }))
    expect(board.get().said.lead).toEqual(['one', 'two'])
    board.entry(entry(phase(1)))
    expect(board.get().said.lead).toEqual([])
  })

  it('tells when it changed, until nobody wants to know', () => {
    const board = createBoard({ roles: [], name: '' })
    let changes = 0
    const stop = board.subscribe(() => changes++)
    board.draft(['HELD'])
    stop()
    board.draft([])
    expect(changes).toBe(1)
  })
})
