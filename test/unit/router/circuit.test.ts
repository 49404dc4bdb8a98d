import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../src/base/index.ts'
import { Circuit, type CircuitChange, type CircuitFailure, type Pass } from '../../../src/router/circuit.ts'

const LIMITS = { failures: 3, probeEvery: 5000, retryAfterMost: 60_000 }

function setup() {
  const changes: (CircuitChange & { atMs: number })[] = []
  const circuit = new Circuit(LIMITS, (change, atMs) => changes.push({ ...change, atMs }))
  return { circuit, changes, states: () => changes.map(({ state }) => state) }
}

function failure(of: FailureClass, more: Partial<CircuitFailure> = {}): CircuitFailure {
  return {
    class: of,
    brief: of,
    retryAfterMs: null,
    slowToken: false,
    inStream: false,
    midway: false,
    ...more,
  }
}

function admit(circuit: Circuit, nowMs: number, stream = true): Pass {
  const pass = circuit.admit(nowMs, stream)
  if (pass === null) throw new Error(`not admitted at ${nowMs}`)
  return pass
}

/** A circuit that one failure has opened at 0. */
function opened(of: CircuitFailure = failure('credential')) {
  const all = setup()
  all.circuit.failed(admit(all.circuit, 0), 0, of)
  return all
}

describe('a closed circuit', () => {
  it.each<[FailureClass, number]>([
    ['credential', 1],
    ['quota', 1],
    ['rate-limit', 3],
    ['overloaded', 3],
    ['server-error', 3],
    ['connection', 3],
    ['timeout', 3],
    ['stream-error', 3],
    ['truncated', 3],
    ['empty', 3],
    ['malformed', 3],
  ])('opens after as many failures of class %s as it takes: %i', (of, needed) => {
    const { circuit, changes } = setup()
    for (let n = 1; n <= needed; n++) {
      expect(circuit.state).toBe('closed')
      circuit.failed(admit(circuit, n), n, failure(of))
    }
    expect(circuit.state).toBe('open')
    expect(changes).toMatchObject([{ state: 'open', class: of, atMs: needed }])
  })

  it('counts failures in a row: one success and the count begins anew', () => {
    const { circuit } = setup()
    for (const of of ['timeout', 'connection'] as const) circuit.failed(admit(circuit, 1), 1, failure(of))
    circuit.succeeded(admit(circuit, 2), 2, 'stream')
    for (const of of ['timeout', 'connection'] as const) circuit.failed(admit(circuit, 3), 3, failure(of))
    expect(circuit.state).toBe('closed')
  })

  it('counts nothing where there was no verdict', () => {
    const { circuit, changes } = setup()
    for (let n = 0; n < 10; n++) circuit.released(admit(circuit, n), n)
    expect(changes).toEqual([])
  })

  it('counts a stream that fails after its first content, although the first content had come', () => {
    const { circuit } = setup()
    for (let n = 0; n < 3; n++) {
      const pass = admit(circuit, n)
      circuit.firstContent(pass, n)
      circuit.failed(pass, n, failure('truncated'))
    }
    expect(circuit.state).toBe('open')
  })

  it('takes a tardy plain answer for no proof against slow first tokens, but for proof against all else', () => {
    const slow = setup()
    const down = setup()
    for (const [{ circuit }, slowToken] of [
      [slow, true],
      [down, false],
    ] as const) {
      for (let n = 0; n < 3; n++) {
        circuit.failed(admit(circuit, n), n, failure('timeout', { slowToken }))
        if (circuit.state === 'closed') circuit.succeeded(admit(circuit, n), n, 'plain', true)
      }
    }
    expect(slow.circuit.state).toBe('open')
    expect(down.circuit.state).toBe('closed')
  })
})

describe('a target whose streams break while its plain answers are good', () => {
  const broken = (more: Partial<CircuitFailure> = {}) => failure('truncated', { inStream: true, ...more })
  /** A stream that breaks, and a plain answer after it, so many times. */
  const mixed = (circuit: Circuit, times: number, of = broken()) => {
    for (let n = 0; n < times; n++) {
      circuit.failed(admit(circuit, n), n, of)
      if (circuit.state === 'closed') circuit.succeeded(admit(circuit, n, false), n, 'plain')
    }
  }

  it('opens after as many streams in a row, whatever came between them, and says so', () => {
    const { circuit, changes } = setup()
    mixed(circuit, 3)
    expect(changes).toMatchObject([
      { state: 'open', reason: '3 failures in a row of streams, the last: truncated', atMs: 2 },
    ])
  })

  it('stays closed where a good stream came between, or where it was refused before it began', () => {
    for (const of of [broken(), failure('server-error')]) {
      const { circuit } = setup()
      mixed(circuit, 2, of)
      circuit.succeeded(admit(circuit, 2), 2, of.inStream ? 'stream' : 'plain')
      mixed(circuit, 2, of)
      expect(circuit.state).toBe('closed')
    }
  })

  it('is probed by a stream first, and by a plain answer one interval later', () => {
    const { circuit } = setup()
    mixed(circuit, 3)
    expect(circuit.admit(9999, false)).toBeNull()
    expect(admit(circuit, 5002).kind).toBe('probe')
  })

  it.each([
    { midway: true, whole: true, as: 'kept back until it is whole' },
    { midway: false, whole: false, as: 'passed on from its first content' },
  ])('is probed by a stream that is $as, if content had gone out: $midway', ({ midway, whole }) => {
    const { circuit } = setup()
    mixed(circuit, 3, broken({ midway }))
    const probe = admit(circuit, 5002)
    expect(probe.whole).toBe(whole)
    // It breaks again, this time before its caller has seen any of it: the next is kept back as well.
    circuit.failed(probe, 5100, broken())
    expect(admit(circuit, 10_100).whole).toBe(whole)
  })

  it('keeps nothing back once it is well again', () => {
    const { circuit } = setup()
    mixed(circuit, 3, broken({ midway: true }))
    circuit.succeeded(admit(circuit, 5002), 5100, 'stream')
    expect(circuit.state).toBe('closed')
    expect(admit(circuit, 5200).whole).toBe(false)
  })
})

describe('an open circuit', () => {
  it('lets nobody through until a probe is due, then exactly one', () => {
    const { circuit, states } = opened()
    for (const nowMs of [0, 1, 2500, 4999]) expect(circuit.admit(nowMs, true)).toBeNull()
    expect(admit(circuit, 5000).kind).toBe('probe')
    for (const nowMs of [5000, 6000, 60_000]) expect(circuit.admit(nowMs, true)).toBeNull()
    expect(states()).toEqual(['open', 'half-open'])
  })

  it('closes at the first content of the probe, and counts the rest of that stream as any other', () => {
    const { circuit, states, changes } = opened()
    const probe = admit(circuit, 5000)
    circuit.firstContent(probe, 5100)
    expect(states()).toEqual(['open', 'half-open', 'closed'])
    expect(changes.at(-1)).toMatchObject({ class: null, atMs: 5100 })
    circuit.failed(probe, 5200, failure('truncated'))
    circuit.failed(admit(circuit, 5300), 5300, failure('truncated'))
    expect(circuit.state).toBe('closed')
    circuit.failed(admit(circuit, 5400), 5400, failure('truncated'))
    expect(circuit.state).toBe('open')
  })

  it('closes at a plain probe’s answer', () => {
    const { circuit } = opened()
    circuit.succeeded(admit(circuit, 5000, false), 5300, 'plain', true)
    expect(circuit.state).toBe('closed')
  })

  it('stays open when the probe fails, and probes again one interval after that probe’s start', () => {
    const { circuit, states } = opened()
    circuit.failed(admit(circuit, 5000), 7000, failure('timeout'))
    expect(states()).toEqual(['open', 'half-open', 'open'])
    expect(circuit.admit(9999, true)).toBeNull()
    expect(admit(circuit, 10_000).kind).toBe('probe')
  })

  it('frees the probe’s place when its caller hangs up, and the next live request may probe at once', () => {
    const { circuit, states } = opened()
    circuit.released(admit(circuit, 5000), 5500)
    expect(states()).toEqual(['open', 'half-open', 'open'])
    expect(admit(circuit, 5501).kind).toBe('probe')
  })

  it('is not closed by a success that was under way before it opened', () => {
    const { circuit } = setup()
    const early = admit(circuit, 0)
    circuit.failed(admit(circuit, 1), 1, failure('credential'))
    circuit.firstContent(early, 2)
    circuit.succeeded(early, 3, 'stream')
    expect(circuit.state).toBe('open')
  })

  it('is not opened again by a failure that was under way before it closed', () => {
    const { circuit } = setup()
    const early = admit(circuit, 0)
    circuit.failed(admit(circuit, 1), 1, failure('credential'))
    circuit.succeeded(admit(circuit, 5001), 5002, 'stream')
    circuit.failed(early, 5003, failure('credential'))
    expect(circuit.state).toBe('closed')
  })

  it('closes when a last resort succeeds, and takes no harm when one fails', () => {
    const { circuit, states } = opened()
    circuit.failed(circuit.force(), 10, failure('credential'))
    expect(states()).toEqual(['open'])
    circuit.firstContent(circuit.force(), 20)
    expect(circuit.state).toBe('closed')
  })

  it('a last resort that succeeds during a probe makes the probe’s failure old news', () => {
    const { circuit } = opened()
    const probe = admit(circuit, 5000)
    circuit.succeeded(circuit.force(), 5100, 'stream')
    circuit.failed(probe, 5200, failure('timeout'))
    expect(circuit.state).toBe('closed')
  })

  it('prefers a stream as the probe where first tokens were slow, but comes home with plain traffic alone', () => {
    const { circuit } = setup()
    for (let n = 0; n < 3; n++) circuit.failed(admit(circuit, 0), 0, failure('timeout', { slowToken: true }))
    expect(circuit.admit(5000, false)).toBeNull()
    expect(circuit.admit(9999, false)).toBeNull()
    circuit.succeeded(admit(circuit, 10_000, false), 13_000, 'plain', true)
    expect(circuit.state).toBe('closed')
  })
})

/** A circuit that was closed by a probe at 5010 and has failed again at `atMs`. */
function reopened(atMs: number) {
  const all = opened()
  all.circuit.succeeded(admit(all.circuit, 5000), 5010, 'stream')
  all.circuit.failed(admit(all.circuit, atMs), atMs, failure('credential'))
  return all
}

describe('a circuit that opens again', () => {
  it.each([
    { atMs: 10_009, needed: 3 },
    { atMs: 10_010, needed: 1 },
  ])(
    'at $atMs, sooner than a probe would have been due or not, closes after $needed good probes',
    ({ atMs, needed }) => {
      const { circuit } = reopened(atMs)
      for (let n = 1; n <= needed; n++) {
        expect(circuit.state).toBe('open')
        const dueMs = atMs + n * 5000
        expect(circuit.admit(dueMs - 1, true)).toBeNull()
        circuit.succeeded(admit(circuit, dueMs), dueMs + 10, 'stream')
      }
      expect(circuit.state).toBe('closed')
    },
  )

  it('counts a probe once: a stream has its first content and its end', () => {
    const { circuit, changes } = reopened(6000)
    const probe = admit(circuit, 11_000)
    circuit.firstContent(probe, 11_100)
    circuit.succeeded(probe, 11_900, 'stream')
    expect(changes.at(-1)).toMatchObject({ state: 'open', reason: 'good 1 of 3 times in a row' })
  })

  it.each([
    {
      what: 'a probe that fails',
      bad: (circuit: Circuit) => circuit.failed(admit(circuit, 16_000), 16_000, failure('connection')),
      fromMs: 21_000,
    },
    {
      what: 'a stream that breaks off after its first content',
      bad: (circuit: Circuit) => {
        const probe = admit(circuit, 16_000)
        circuit.firstContent(probe, 16_010)
        circuit.failed(probe, 16_020, failure('connection'))
      },
      fromMs: 21_000,
    },
  ])('begins to count anew at $what', ({ bad, fromMs }) => {
    const { circuit } = reopened(6000)
    circuit.succeeded(admit(circuit, 11_000), 11_010, 'stream')
    bad(circuit)
    for (const atMs of [fromMs, fromMs + 5000]) {
      circuit.succeeded(admit(circuit, atMs), atMs + 10, 'stream')
      expect(circuit.state).toBe('open')
    }
    circuit.succeeded(admit(circuit, fromMs + 10_000), fromMs + 10_010, 'stream')
    expect(circuit.state).toBe('closed')
  })

  it('asks for more each time, at most for fifteen, and for one again after it has been well', () => {
    const { circuit } = opened()
    const needed: number[] = []
    let nowMs = 0
    const close = () => {
      let probes = 0
      while (circuit.state !== 'closed') {
        nowMs += 5000
        circuit.succeeded(admit(circuit, nowMs), nowMs, 'stream')
        probes++
      }
      needed.push(probes)
    }
    for (let turn = 0; turn < 6; turn++) {
      close()
      nowMs += 1000
      circuit.failed(admit(circuit, nowMs), nowMs, failure('credential'))
    }
    close()
    nowMs += 60_000
    circuit.failed(admit(circuit, nowMs), nowMs, failure('credential'))
    close()
    expect(needed).toEqual([1, 3, 7, 15, 15, 15, 15, 1])
  })

  it('lets one probe through at a time, although a last resort succeeds meanwhile', () => {
    const { circuit } = reopened(6000)
    const probe = admit(circuit, 11_000)
    circuit.succeeded(circuit.force(), 11_001, 'stream')
    expect(circuit.state).toBe('half-open')
    expect(circuit.admit(20_000, true)).toBeNull()
    circuit.succeeded(probe, 20_001, 'stream')
    expect(circuit.state).toBe('open')
  })
})

describe('Retry-After', () => {
  it.each([
    [
      'opens at once and for as long as asked, when asked for less than a probe’s interval',
      'rate-limit',
      700,
      700,
    ],
    ['opens at once and for as long as asked, when asked for more', 'rate-limit', 12_000, 12_000],
    ['is believed for a minute at most', 'overloaded', 3_600_000, 60_000],
    ['does not shorten what a refused key costs', 'credential', 100, 5000],
    ['prolongs what a used-up quota costs', 'quota', 20_000, 20_000],
  ] as const)('%s', (_name, of, retryAfterMs, dueMs) => {
    const { circuit } = opened(failure(of, { retryAfterMs }))
    expect(circuit.state).toBe('open')
    expect(circuit.admit(dueMs - 1, true)).toBeNull()
    expect(admit(circuit, dueMs).kind).toBe('probe')
  })

  it('of nothing at all opens nothing', () => {
    expect(opened(failure('rate-limit', { retryAfterMs: 0 })).circuit.state).toBe('closed')
  })

  it('of a later failure prolongs, and never shortens', () => {
    const { circuit } = setup()
    const [first, second, third] = [admit(circuit, 0), admit(circuit, 0), admit(circuit, 0)]
    circuit.failed(first, 0, failure('rate-limit', { retryAfterMs: 1000 }))
    circuit.failed(second, 100, failure('rate-limit', { retryAfterMs: 8000 }))
    circuit.failed(third, 200, failure('rate-limit', { retryAfterMs: 500 }))
    expect(circuit.admit(8099, true)).toBeNull()
    expect(admit(circuit, 8100).kind).toBe('probe')
  })

  it('of a failed probe counts from its failure', () => {
    const { circuit } = opened()
    circuit.failed(admit(circuit, 5000), 6000, failure('overloaded', { retryAfterMs: 30_000 }))
    expect(circuit.admit(35_999, true)).toBeNull()
    expect(admit(circuit, 36_000).kind).toBe('probe')
  })
})
