import { describe, expect, it } from 'vitest'
import { createEnding, type Stop } from '../../../src/run/ending.ts'

const person: Stop = { reason: 'abort', rule: 'person', detail: 'enough' }
const death: Stop = { reason: 'error', rule: 'part-died', detail: 'the gate ended by itself' }

describe('the ending of a run', () => {
  it('is open until somebody decides it', () => {
    const { stop, signal } = createEnding(() => undefined)
    expect({ stop, aborted: signal.aborted }).toEqual({ stop: null, aborted: false })
  })

  it('is decided once: the first reason wins, and is told once', () => {
    const told: Stop[] = []
    const ending = createEnding((stop) => told.push(stop))
    ending.decide(person)
    ending.decide(death)
    ending.decide(person)
    expect(ending.stop).toBe(person)
    expect(ending.signal.reason).toBe(person)
    expect(told).toEqual([person])
  })

  it('is told before anybody is woken, and is known by then', () => {
    const order: string[] = []
    const ending = createEnding(() => order.push(`told, with ${ending.stop?.rule}`))
    ending.signal.addEventListener('abort', () => order.push('woken'))
    ending.decide(person)
    expect(order).toEqual(['told, with person', 'woken'])
  })

  it('keeps its reason when telling it brings up another one', () => {
    const ending = createEnding(() => ending.decide(death))
    ending.decide(person)
    expect({ stop: ending.stop, reason: ending.signal.reason as Stop }).toEqual({
      stop: person,
      reason: person,
    })
  })
})
