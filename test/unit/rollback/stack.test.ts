import { describe, expect, it } from 'vitest'
import { RollbackStack } from '../../../src/rollback/index.ts'
import { testClock } from '../../support/test-clock.ts'

const never = () => new Promise<void>(() => undefined)

describe('the rollback stack', () => {
  it('undoes in reverse order, and only once', async () => {
    const done: string[] = []
    const stack = new RollbackStack(testClock(), 1000)
    for (const name of ['first', 'second', 'third'])
      stack.push({ name, undo: async () => void done.push(name) })
    expect(await stack.undoAll()).toEqual([])
    expect(await stack.undoAll()).toEqual([])
    expect(done).toEqual(['third', 'second', 'first'])
  })

  it('tries every step, and reports those that failed', async () => {
    const done: string[] = []
    const stack = new RollbackStack(testClock(), 1000)
    stack.push({ name: 'first', undo: async () => void done.push('first') })
    stack.push({ name: 'second', undo: () => Promise.reject(new Error('no answer')) })
    expect(await stack.undoAll()).toEqual([{ name: 'second', reason: 'no answer' }])
    expect(done).toEqual(['first'])
  })

  it('gives up a step at its deadline, tells it so, and goes on', async () => {
    const clock = testClock()
    const stack = new RollbackStack(clock, 1000)
    let told = false
    stack.push({ name: 'first', undo: async () => undefined })
    stack.push({
      name: 'stuck',
      undo: (signal) => {
        signal.addEventListener('abort', () => (told = true))
        return never()
      },
    })
    const undoing = stack.undoAll()
    await clock.advance(1000)
    expect(await undoing).toEqual([{ name: 'stuck', reason: 'not undone within 1000 ms' }])
    expect(told).toBe(true)
  })

  it('leaves no alarm behind', async () => {
    const clock = testClock()
    const stack = new RollbackStack(clock, 1000)
    stack.push({ name: 'quick', undo: async () => undefined })
    await stack.undoAll()
    expect(clock.sleepers).toBe(0)
  })
})
