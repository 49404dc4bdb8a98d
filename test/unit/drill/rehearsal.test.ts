import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { leastDuration, loadDrill, rehearsal, samplePlan, scaleAgenda } from '../../../src/drill/index.ts'
import { leastSample } from '../../../src/slo/index.ts'
import { HEAD, OVERRIDES, readDrillText } from '../../support/drill-text.ts'

const AGENDA = `agenda:
  - { phase: brief, length: 3m }
  - { phase: baseline, length: 60s, atLeast: 10s }
  - { phase: go-no-go, length: 10s }
  - { phase: break, length: 6m, atLeast: 40s, cap: 8m, fault: { kind: refused } }
  - { phase: restore, length: 60s, atLeast: 15s }
  - { phase: break, length: 6m, atLeast: 80s, cap: 8m, fault: { kind: revoke-key } }
  - { phase: restore, length: 60s, atLeast: 15s }
  - { phase: debrief, length: 5m, atLeast: 90s }
  - { phase: close, length: 2m }
`
const question = (perSecond: number) => ({ perSecond, success: 0.995, leastSample })
const uniform = readDrillText(`${HEAD}load: { arrivals: uniform }\n${AGENDA}`)

describe('with people', () => {
  test('talking phases keep the time that talking takes, or what little the file gives them', () => {
    const leastMs = 20_000 + 10_000 + 10_000 + 40_000 + 15_000 + 80_000 + 15_000 + 90_000 + 15_000
    expect(leastDuration(uniform, { people: true })).toBe(leastMs)
    expect(scaleAgenda(uniform, leastMs, { people: true }).map(({ plannedMs }) => plannedMs / 1000)).toEqual([
      20, 10, 10, 40, 15, 80, 15, 90, 15,
    ])
  })

  test('a drill that is longer than that is scaled as without them', () => {
    expect(scaleAgenda(uniform, null, { people: true })).toEqual(scaleAgenda(uniform))
    expect(scaleAgenda(uniform, 3_000_000, { people: true })).toEqual(scaleAgenda(uniform, 3_000_000))
  })

  test('a drill that leaves them no time to talk is refused, though a script could follow it', () => {
    expect(scaleAgenda(uniform, 294_999)).toHaveLength(9)
    expect(() => scaleAgenda(uniform, 294_999, { people: true })).toThrow(
      expect.objectContaining({
        code: 'DURATION_TOO_SHORT',
        message:
          '4m54.999s is too short for this drill: its phases need at least 4m55s, so that people can follow it',
        hint: 'Run it with --duration 4m55s or more, or give its phases a lower length.',
      }),
    )
  })
})

describe('a rehearsal', () => {
  test('is as short as people can follow, at the least rate by which the shortest outage proves its promise', () => {
    // 736 requests in 36 s are 20.4 a second: of the 40 s a tenth may be lost to arming it late.
    expect(rehearsal(uniform, question(10))).toEqual({ durationMs: 295_000, perSecond: 21 })
  })

  test('plans for more where arrivals are random and may stay behind', () => {
    const drill = readDrillText(HEAD + AGENDA)
    const { perSecond } = rehearsal(drill, question(10))
    const planned = perSecond * 36
    expect(planned - 3 * Math.sqrt(planned)).toBeGreaterThanOrEqual(736)
    expect(perSecond).toBe(23)
  })

  test('is never slower than the drill', () => {
    expect(rehearsal(uniform, question(50)).perSecond).toBe(50)
  })

  test('leaves the rate alone where nothing is claimed', () => {
    const drill = readDrillText(`${HEAD}claim: behaviour\n${AGENDA}`)
    expect(rehearsal(drill, question(2))).toEqual({ durationMs: 295_000, perSecond: 2 })
  })

  test('asks for no rate that a drill may not have', () => {
    expect(rehearsal(uniform, { ...question(10), success: 0.999999 }).perSecond).toBe(2000)
  })

  test('of the Friday drill takes under five minutes and proves every outage', async () => {
    const folder = fileURLToPath(new URL('../../../drills', import.meta.url))
    const drill = await loadDrill('friday-failover', { folders: [folder], overrides: OVERRIDES })
    const { durationMs, perSecond } = rehearsal(drill, question(drill.load.rate))
    expect(durationMs).toBeLessThan(300_000)
    expect(perSecond).toBeLessThanOrEqual(40)
    const planned = scaleAgenda(drill, durationMs, { people: true })
    const outages = samplePlan(planned, { ...question(perSecond), people: true })
    expect(outages.map(({ enough }) => enough)).toEqual([true, true])
  })
})
