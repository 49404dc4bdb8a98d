import { describe, expect, test } from 'vitest'
import { HEAD, problemsOfDrill } from '../../support/drill-text.ts'

const BASELINE = '{ phase: baseline, length: 1m }'
const GO = '{ phase: go-no-go, length: 1m }'
const BREAK = '{ phase: break, length: 1m, cap: 2m, fault: { kind: refused } }'
const BOTH =
  '{ phase: break, length: 1m, cap: 2m, fault: { kind: refused }, secondary: { kind: revoke-key } }'
const RESTORE = '{ phase: restore, length: 1m }'
const BRIEF = '{ phase: brief, length: 1m }'

/** The agenda begins on line 6, its first phase stands on line 7. */
const drill = (...phases: string[]) => `${HEAD}agenda:\n${phases.map((phase) => `  - ${phase}\n`).join('')}`

describe('an agenda in order is accepted', () => {
  test.each([
    ['of one break', [BASELINE, GO, BREAK, RESTORE]],
    ['of two breaks', [BRIEF, BASELINE, GO, BREAK, RESTORE, BREAK, RESTORE, BRIEF]],
    ['with talk between restore and break', [BASELINE, GO, BREAK, RESTORE, BRIEF, BREAK, RESTORE]],
    ['with the go/no-go first', [GO, BASELINE, BREAK, RESTORE]],
    ['of a break of both providers', [BASELINE, GO, BOTH, RESTORE]],
  ])('%s', (_name, phases) => {
    expect(problemsOfDrill(drill(...phases))).toEqual([])
  })
})

describe('an agenda out of order is refused', () => {
  test.each([
    [
      'without a break',
      [BASELINE, GO],
      ['d.yaml:6:1: agenda: found no break phase; write at least one phase: break, with its fault'],
    ],
    [
      'without a baseline',
      [GO, BREAK, RESTORE],
      [
        'd.yaml:8:14: agenda[1].phase: found a break before any baseline; write a phase: baseline before it, to compare with',
      ],
    ],
    [
      'without a go/no-go',
      [BASELINE, BREAK, RESTORE],
      [
        'd.yaml:8:14: agenda[1].phase: found a break before any go-no-go; write a phase: go-no-go before it, where people may say no',
      ],
    ],
    [
      'without a restore',
      [BASELINE, GO, BREAK],
      [
        'd.yaml:9:14: agenda[2].phase: found a break that is never followed by a restore; write a phase: restore right after it',
      ],
    ],
    [
      'with two breaks in a row',
      [BASELINE, GO, BREAK, BREAK, RESTORE],
      [
        'd.yaml:9:14: agenda[2].phase: found a break without a restore before the next break; write a phase: restore right after it',
      ],
    ],
    [
      'with a restore of nothing',
      [BASELINE, GO, RESTORE, BREAK, RESTORE, RESTORE],
      [
        'd.yaml:9:14: agenda[2].phase: found a restore with nothing broken before it; remove it, or write a phase: break right before it',
        'd.yaml:12:14: agenda[5].phase: found a restore with nothing broken before it; remove it, or write a phase: break right before it',
      ],
    ],
    [
      'with a baseline of something broken',
      [GO, BREAK, BASELINE, RESTORE],
      [
        'd.yaml:8:14: agenda[1].phase: found a break before any baseline; write a phase: baseline before it, to compare with',
        'd.yaml:9:14: agenda[2].phase: found a baseline after something was broken; move it before the first break',
      ],
    ],
    [
      'with two baselines',
      [BASELINE, BASELINE, GO, BREAK, RESTORE],
      [
        'd.yaml:8:14: agenda[1].phase: found a second baseline; remove it: the whole drill is compared with the first',
      ],
    ],
    [
      'with a second baseline after a break, and a third',
      [BASELINE, GO, BREAK, BASELINE, RESTORE, BASELINE],
      [
        'd.yaml:10:14: agenda[3].phase: found a second baseline; remove it: the whole drill is compared with the first',
        'd.yaml:12:14: agenda[5].phase: found a second baseline; remove it: the whole drill is compared with the first',
      ],
    ],
    [
      'with phases between a break and its restore',
      [BASELINE, GO, BREAK, BRIEF, GO, RESTORE],
      [
        'd.yaml:10:14: agenda[3].phase: found a brief between a break and its restore, so that the fault could outlast its cap; move it before the break or after the restore',
        'd.yaml:11:14: agenda[4].phase: found a go-no-go between a break and its restore, so that the fault could outlast its cap; move it before the break or after the restore',
      ],
    ],
    [
      'with talk after a break and no restore',
      [BASELINE, GO, BREAK, BRIEF],
      [
        'd.yaml:9:14: agenda[2].phase: found a break that is never followed by a restore; write a phase: restore right after it',
      ],
    ],
  ])('%s', (_name, phases, problems) => {
    expect(problemsOfDrill(drill(...phases))).toEqual(problems)
  })
})

test('a fault of the secondary is refused, and one of the primary is not', () => {
  const aimed = (target: string) => drill(BASELINE, GO, BREAK.replace('{ ', `{ target: ${target}, `), RESTORE)
  expect(problemsOfDrill(aimed('secondary'))).toEqual([
    'd.yaml:9:15: agenda[2].target: found target: secondary; write primary: alone, a fault of the secondary meets no load that could prove it; beside one of the primary, write it as secondary:',
  ])
  expect(problemsOfDrill(aimed('primary'))).toEqual([])
})

describe('lengths that contradict each other are refused', () => {
  const broken = (phase: string) => problemsOfDrill(drill(BASELINE, GO, phase, RESTORE))
  test.each([
    [
      'a cap that ends the fault before its phase',
      '{ phase: break, length: 2m, cap: 90s, fault: { kind: refused } }',
      'd.yaml:9:38: agenda[2].cap: found 1m30s, shorter than the phase, so that the fault would end before it; write at least 2m',
    ],
    [
      'a least length over the length',
      '{ phase: break, length: 2m, atLeast: 3m, cap: 4m, fault: { kind: refused } }',
      "d.yaml:9:42: agenda[2].atLeast: found 3m, longer than the phase's length; write at most 2m",
    ],
    [
      'a revocation that never is whole',
      '{ phase: break, length: 2m, cap: 4m, fault: { kind: revoke-key, spreadOver: 3m } }',
      'd.yaml:9:81: agenda[2].fault.spreadOver: found 3m, longer than the phase, so that it would never be revoked whole; write at most 2m',
    ],
    [
      'a jitter over its latency',
      '{ phase: break, length: 2m, cap: 4m, fault: { kind: latency, latency: 1s, jitter: 2s } }',
      'd.yaml:9:87: agenda[2].fault.jitter: found 2s, longer than the latency itself; write at most 1s',
    ],
    [
      'turns that never turn',
      '{ phase: break, length: 1m, cap: 4m, fault: { kind: flapping, down: 2m, up: 1s } }',
      'd.yaml:9:73: agenda[2].fault.down: found 2m, longer than the phase, so that it would never be up again; write at most 1m',
    ],
    [
      'pieces that vary by more than their size',
      '{ phase: break, length: 1m, cap: 4m, fault: { kind: sliced, size: 64B, variation: 1kB, delay: 1ms } }',
      'd.yaml:9:87: agenda[2].fault.variation: found 1kB, more than the size itself; write at most 64B',
    ],
  ])('%s', (_name, phase, problem) => {
    expect(broken(phase)).toEqual([problem])
  })
})

describe('names', () => {
  const named = (phase: string, name: string) => phase.replace('{ ', `{ name: ${name}, `)
  test('that stand twice are refused', () => {
    expect(problemsOfDrill(drill(named(BASELINE, 'calm'), GO, named(BREAK, 'calm'), RESTORE))).toEqual([
      'd.yaml:9:13: agenda[2].name: found a second phase called "calm"; write another name',
    ])
  })
  test('that a nameless phase would be given are refused too', () => {
    expect(problemsOfDrill(drill(named(BASELINE, 'break 2'), GO, BREAK, RESTORE, BREAK, RESTORE))).toEqual([
      'd.yaml:11:14: agenda[4].phase: found a second phase called "break 2"; write another name',
    ])
  })
})

test('what does not fit together is reported together with what is wrong by itself', () => {
  expect(
    problemsOfDrill(
      drill(
        BASELINE,
        '{ phase: break, length: 1 minute, cap: 2m, fault: { kind: refused }, lenght: 1m }',
        RESTORE,
      ),
    ),
  ).toEqual([
    'd.yaml:8:14: agenda[1].phase: found a break before any go-no-go; write a phase: go-no-go before it, where people may say no',
    'd.yaml:8:29: agenda[1].length: found "1 minute"; write a length of time such as 250ms, 2.5s, 6m or 2m30s, between 1ms and 8h',
    'd.yaml:8:74: agenda[1].lenght: unknown key; did you mean "length"?',
  ])
})

test('the order of phases is not judged while one of them is unknown', () => {
  expect(problemsOfDrill(drill(BASELINE, BREAK, '{ phase: restroe, length: 1m }'))).toEqual([
    'd.yaml:9:14: agenda[2].phase: found "restroe"; did you mean "restore"? write one of brief, go-no-go, debrief, close, baseline, break, restore',
  ])
})

test.each([['nothing'], ['[]'], ['5'], ['[[]]'], ['[5, null, x]'], ['{ a: b }']])(
  'an agenda of %s is refused without a stack trace',
  (agenda) => {
    expect(problemsOfDrill(`${HEAD}agenda: ${agenda}\n`)).not.toEqual([])
  },
)

describe('a killed router', () => {
  const KILLED = '{ phase: break, length: 1m, cap: 2m, fault: { kind: router-killed } }'
  const aimed = (more: string) => KILLED.replace('length: 1m,', `length: 1m, ${more},`)
  test.each([
    ['by itself', KILLED, []],
    ['by name', aimed('target: router'), []],
    [
      'as the primary',
      aimed('target: primary'),
      [/found target: primary for a fault of the router; write router/],
    ],
    [
      'beside the secondary',
      aimed('secondary: { kind: refused }'),
      [/whose bypass leads to the primary alone; leave it out/],
    ],
    [
      'beside the primary',
      BREAK.replace('cap', 'secondary: { kind: router-killed }, cap'),
      [/strikes no provider/],
    ],
    [
      'bypassed after its phase',
      KILLED.replace('router-killed', 'router-killed, bypassAfter: 90s'),
      [/found 1m30s, longer than the phase, so that nobody would ever bypass it/],
    ],
    [
      'as a provider',
      BREAK.replace('cap', 'target: router, cap'),
      [/found target: router for a fault of the primary/],
    ],
  ])('%s', (_name, phase, problems) => {
    expect(problemsOfDrill(drill(BASELINE, GO, phase, RESTORE))).toEqual(
      problems.map((problem) => expect.stringMatching(problem)),
    )
  })
})

describe('a fault that is to be held to one tenant', () => {
  const held = (fault: string) =>
    drill(BASELINE, GO, `{ phase: break, length: 1m, cap: 2m, fault: { kind: ${fault} } }`, RESTORE)

  test.each(['rate-limited, tenant: acme', 'truncated-stream, tenant: acme, share: 50%'])(
    'is accepted where the gate makes it: %s',
    (fault) => {
      expect(problemsOfDrill(held(fault))).toEqual([])
    },
  )

  test.each([
    [
      'refused',
      'found a tenant for refused, which Toxiproxy makes: it sees connections, and not whose requests they carry',
    ],
    ['revoke-key', 'found a tenant for revoke-key, and the key is everybody’s'],
    ['router-killed', 'found a tenant for router-killed, and the router is everybody’s'],
  ])('is refused of %s, with its reason and once', (kind, found) => {
    expect(problemsOfDrill(held(`${kind}, tenant: acme`))).toEqual([
      `d.yaml:9:${59 + kind.length}: agenda[2].fault.tenant: ${found}; leave it out, or break what the provider’s gate breaks, such as rate-limited or request-refused`,
    ])
  })

  test('of a kind that nobody knows is an unknown kind and no more', () => {
    expect(problemsOfDrill(held('gremlins, tenant: acme'))).toHaveLength(1)
  })
})
