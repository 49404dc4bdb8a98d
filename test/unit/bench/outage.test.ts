import { describe, expect, it } from 'vitest'
import type { Call, Pair } from '../../../bench/router/callers.ts'
import { judgeOutage } from '../../../bench/router/outage.ts'

const [ASKED, REVERTED] = [1000, 11_000]
const TOOK = 20

/** A caller every 100 ms for 15 s. The first two pay, one in five seconds is a probe of 2 s, and home is reached 3 s after restoring. */
function pairs(change: (call: Call, startMs: number) => Partial<Call> = () => ({})): Pair[] {
  return Array.from({ length: 150 }, (_, n): Pair => {
    const startMs = n * 100
    const call: Call = { startMs, endMs: startMs + TOOK, ok: true, attempts: 1, servedBy: 'primary' }
    const away = startMs >= ASKED && startMs < REVERTED + 3000
    const pays = startMs === ASKED || startMs === ASKED + 100
    const isProbe = startMs === 5000 || startMs === 10_000
    const broken: Call = {
      ...call,
      ...(away ? { servedBy: 'secondary' } : {}),
      ...(pays ? { attempts: 2, endMs: startMs + TOOK + 500 } : {}),
      ...(isProbe ? { attempts: 2, endMs: startMs + TOOK + 2000 } : {}),
    }
    return {
      kind: n % 2 === 0 ? 'streamed' : 'plain',
      broken: { ...broken, ...change(broken, startMs) },
      whole: call,
    }
  })
}

const judge = (of: Pair[]) =>
  judgeOutage({ fault: 'x', pairs: of, askedMs: ASKED, revertedMs: REVERTED }).map((row) => ({
    ...row,
    what: row.what.slice('x, '.length),
  }))
const valueOf = (of: Pair[], what: string) => judge(of).find((row) => row.what === what)?.value
const missed = (of: Pair[]) =>
  judge(of)
    .filter(({ passed }) => !passed)
    .map(({ what }) => what)

describe('the judge of an outage', () => {
  it('reads the costs off the callers’ answers', () => {
    const good = pairs()
    expect(missed(good)).toEqual([])
    expect(judge(good).map(({ what, value }) => [what, value])).toEqual([
      ['client-visible failures', 0],
      ['the same without the fault: failures', 0],
      ['cut as it struck, in flight by then', 0],
      ['paid for until the circuit opened', 2],
      ['first plain request that met it: extra', 500],
      ['first streamed request that met it: extra', 500],
      ['tax once it is open', 0],
      ['probes while it is open', 2],
      ['probes at once, most', 1],
      ['longest probe, for its own caller', 2020],
      ['called during a probe', 29],
      ['waited for it', 0],
      ['home after restoring', 3000],
    ])
  })

  it('takes the callers in the order in which they came, whenever they were over', () => {
    expect(judge(pairs().toReversed())).toEqual(judge(pairs()))
  })

  it.each<[string, (call: Call, startMs: number) => Partial<Call>, string[]]>([
    [
      'a failure while it is open',
      (_, at) => (at === 7000 ? { ok: false } : {}),
      ['client-visible failures'],
    ],
    [
      'a failure on the way home',
      (_, at) => (at === 12_000 ? { ok: false } : {}),
      ['client-visible failures'],
    ],
    [
      'a tax of a millisecond',
      ({ attempts, servedBy, endMs }) =>
        attempts === 1 && servedBy === 'secondary' ? { endMs: endMs + 1 } : {},
      ['tax once it is open'],
    ],
    [
      'a second probe beside the first',
      (_, at) => (at === 6000 ? { attempts: 2, endMs: at + 2020 } : {}),
      ['probes at once, most'],
    ],
    ['a caller that waits for the probe', (_, at) => (at === 6000 ? { endMs: 7020 } : {}), ['waited for it']],
    ['no way home', (_, at) => (at >= REVERTED ? { servedBy: 'secondary' } : {}), ['home after restoring']],
    [
      'no probe at all',
      (_, at) => (at === 5000 || at === 10_000 ? { attempts: 1, endMs: at + TOOK } : {}),
      ['probes while it is open', 'probes at once, most'],
    ],
    [
      'a fault that nobody met',
      () => ({ attempts: 1, servedBy: 'primary' }),
      [
        'paid for until the circuit opened',
        'tax once it is open',
        'probes while it is open',
        'probes at once, most',
      ],
    ],
  ])('misses %s', (_, change, expected) => {
    expect(missed(pairs(change))).toEqual(expected)
  })

  it('does not count as failed what was in flight when the fault struck', () => {
    const cut = pairs((_, at) => (at === ASKED - 100 ? { ok: false, endMs: ASKED + 50 } : {}))
    expect(missed(cut)).toEqual([])
    expect(valueOf(cut, 'cut as it struck, in flight by then')).toBe(1)
  })

  it('misses when the same requests fail without the fault', () => {
    const [first, ...rest] = pairs().toReversed()
    const strays = [{ ...first!, whole: { ...first!.whole, ok: false } }, ...rest]
    expect(missed(strays)).toEqual(['the same without the fault: failures'])
  })
})
