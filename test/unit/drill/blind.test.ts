import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { drawBlind, loadDrill, scaleAgenda, type Drill } from '../../../src/drill/index.ts'
import { HEAD, OVERRIDES, readDrillText } from '../../support/drill-text.ts'

const TEXT = `${HEAD}agenda:
  - { phase: brief, length: 1m, lead: First the key dies., scribe: Who is here? }
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s, lead: Go? }
  - { phase: break, name: dead key, length: 20s, atLeast: 10s, cap: 70s, fault: { kind: revoke-key }, lead: The key is dead. }
  - { phase: restore, name: key back, length: 10s, lead: The key is good. }
  - { phase: break, name: slow, length: 50s, cap: 60s, fault: { kind: latency, latency: 4s }, skipIfNotRecovered: false }
  - { phase: restore, name: quick, length: 30s, atLeast: 5s }
  - { phase: break, name: dead key again, length: 20s, cap: 60s, fault: { kind: revoke-key } }
  - { phase: restore, length: 10s }
  - { phase: close, length: 1s, lead: Over. }
answers:
  gates: { go / no-go: go, arm dead key: confirm, did the alert fire? slow: no, clear? restore 3: never }
  notes: [{ phase: slow, text: a }, { phase: close, text: b }]
  abort: { phase: quick }
`
const drill: Drill = { ...readDrillText(TEXT), name: 'd', file: 'd.yaml', sha256: '0', promptsFile: 'p' }
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed)
const faultsOf = ({ agenda }: Drill) =>
  agenda.flatMap((phase) => (phase.phase === 'break' ? [phase.fault.kind] : []))
const drawn = SEEDS.map((seed) => drawBlind(drill, seed))

describe('a blind drill', () => {
  test('draws both faults of a phase together, or neither', () => {
    const text = TEXT.replace(
      'kind: latency, latency: 4s }',
      'kind: latency, latency: 4s }, secondary: { kind: refused }',
    )
    const both = { ...drill, ...readDrillText(text) }
    const pairs = SEEDS.flatMap((seed) => drawBlind(both, seed).agenda).flatMap((phase) =>
      phase.phase === 'break' ? [`${phase.fault.kind} ${phase.secondary?.kind ?? 'alone'}`] : [],
    )
    expect([...new Set(pairs)].toSorted()).toEqual(['latency refused', 'revoke-key alone'])
  })

  test('draws every fault by itself, and all that there are', () => {
    const draws = new Set(drawn.map((one) => faultsOf(one).join()))
    expect(draws.size).toBe(2 ** 3)
  })

  test('draws each as often, however often the file has it', () => {
    const kinds = Array.from({ length: 1000 }, (_, seed) => faultsOf(drawBlind(drill, seed))).flat()
    const share = kinds.filter((kind) => kind === 'latency').length / kinds.length
    // Four standard deviations of 3000 fair draws.
    expect(Math.abs(share - 0.5)).toBeLessThan(0.037)
  })

  test('is the same again with the same seed, and leaves the drill as it was', () => {
    const before = structuredClone(drill)
    expect(drawBlind(drill, 7)).toEqual(drawBlind(drill, 7))
    expect(drill).toEqual(before)
  })

  test('tells nothing of what was drawn but the fault itself', () => {
    const told = drawn.map((one) => ({
      ...one,
      agenda: one.agenda.map((phase) => (phase.phase === 'break' ? { ...phase, fault: null } : phase)),
    }))
    for (const one of told) expect(one).toEqual(told[0])
    const { agenda, title, hypothesis } = told[0] ?? drill
    const words = JSON.stringify([agenda, title, hypothesis])
    expect(words).toContain('Something is broken')
    expect(words).not.toMatch(/dead|key|slow|quick/i)
  })

  test('numbers its breaks and restores, and gives all of them the longest lengths and caps', () => {
    const planned = scaleAgenda(drawBlind(drill, 1))
    expect(
      planned.flatMap(({ name, kind, plannedMs, phase }) =>
        kind === 'break' || kind === 'restore'
          ? [[name, plannedMs, phase.atLeast, ...(phase.phase === 'break' ? [phase.cap] : [])]]
          : [],
      ),
    ).toEqual([
      ['break 1', 50_000, 50_000, 70_000],
      ['restore 1', 30_000, 10_000],
      ['break 2', 50_000, 50_000, 70_000],
      ['restore 2', 30_000, 10_000],
      ['break 3', 50_000, 50_000, 70_000],
      ['restore 3', 30_000, 10_000],
    ])
  })

  test('keeps the other phases, and what the lead briefs no longer names a fault', () => {
    const { agenda } = drawBlind(drill, 1)
    expect(agenda[0]).toMatchObject({ length: 60_000, scribe: ['Who is here?'] })
    expect(agenda[0]?.lead?.join(' ')).toMatch(/drawn by chance/)
    expect([agenda[1], agenda[2], agenda[9]]).toEqual([drill.agenda[1], drill.agenda[2], drill.agenda[9]])
  })

  test('still skips a break only where the file would', () => {
    const skips = drawBlind(drill, 1).agenda.flatMap((phase) =>
      phase.phase === 'break' ? [phase.skipIfNotRecovered] : [],
    )
    expect(skips).toEqual([true, false, true])
  })

  test('says what it draws from, each fault once', () => {
    expect(drawBlind(drill, 1).blind?.map(({ fault, target }) => [fault.kind, target])).toEqual([
      ['revoke-key', 'primary'],
      ['latency', 'primary'],
    ])
  })

  test('takes the answers along to the new names', () => {
    expect(drawBlind(drill, 1).answers).toMatchObject({
      gates: {
        'go / no-go': { say: 'go' },
        'arm break 1': { say: 'confirm' },
        'did the alert fire? break 2': { say: 'no' },
        'clear? restore 3': { say: 'never' },
      },
      notes: [
        { phase: 'break 2', text: 'a' },
        { phase: 'close', text: 'b' },
      ],
      abort: { phase: 'restore 2' },
    })
  })
})

test('the Friday drill can be run blind in its thirty minutes, and its lines give nothing away', async () => {
  const folder = fileURLToPath(new URL('../../../drills', import.meta.url))
  const friday = drawBlind(await loadDrill('friday-failover', { folders: [folder], overrides: OVERRIDES }), 3)
  const planned = scaleAgenda(friday)
  expect(planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0)).toBe(1_800_000)
  const said = friday.agenda.flatMap(({ lead = [], operator = [], scribe = [] }) => [
    ...lead,
    ...operator,
    ...scribe,
  ])
  expect(said.join('\n')).not.toMatch(/\bkey (?!!)|slow|late\b|quick/i)
})
