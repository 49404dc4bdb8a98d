import { expect, test } from 'vitest'
import { samplePlan, scaleAgenda } from '../../../src/drill/index.ts'
import { HEAD, readDrillText } from '../../support/drill-text.ts'

const drill = readDrillText(`${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: refused } }
  - { phase: restore, length: 10s }
  - { phase: debrief, length: 5s }
  - { phase: break, name: again, length: 100s, cap: 100s, fault: { kind: revoke-key } }
  - { phase: restore, length: 10s }
`)
const plan = (perSecond: number, people = false) =>
  samplePlan(scaleAgenda(drill), {
    perSecond,
    success: 0.995,
    leastSample: (success) => (success === 0.995 ? 736 : 0),
    people,
  })

test('counts the requests of every outage from its break on, and says which rate would be enough', () => {
  expect(plan(10)).toEqual([
    {
      fault: 0,
      name: 'break 1',
      kind: 'refused',
      target: 'primary',
      leastMs: 20_000,
      mostMs: 30_000,
      restoreMs: 10_000,
      requests: 200,
      needed: 736,
      enough: false,
      tenants: [],
      leastShare: 1,
      rateNeeded: 36.8,
    },
    {
      fault: 1,
      name: 'again',
      kind: 'revoke-key',
      target: 'primary',
      leastMs: 100_000,
      mostMs: 110_000,
      restoreMs: 10_000,
      requests: 1000,
      needed: 736,
      enough: true,
      tenants: [],
      leastShare: 1,
      rateNeeded: 7.36,
    },
  ])
})

test('the rate that it names is enough', () => {
  const [first] = plan(plan(1)[0]?.rateNeeded ?? 0)
  expect(first).toMatchObject({ requests: 736, enough: true })
})

test('what people may arm a break late is not sure to be measured', () => {
  expect(plan(10, true)).toMatchObject([
    { leastMs: 18_000, mostMs: 30_000, requests: 180, enough: false, rateNeeded: 736 / 18 },
    { leastMs: 90_000, mostMs: 110_000, requests: 900, enough: true },
  ])
})

test('a fault that is held to one tenant needs enough requests of every tenant, and others do not', () => {
  const oneTenant = readDrillText(`${HEAD}agenda:
  - { phase: baseline, length: 10s }
  - { phase: go-no-go, length: 1s }
  - { phase: break, length: 20s, cap: 30s, fault: { kind: server-error, tenant: acme } }
  - { phase: restore, length: 10s }
  - { phase: break, name: all, length: 20s, cap: 30s, fault: { kind: server-error } }
  - { phase: restore, length: 10s }
`)
  const tenants = [
    { tenant: 'globex', share: 0.8 },
    { tenant: 'acme', share: 0.2 },
  ]
  const at = (perSecond: number) =>
    samplePlan(scaleAgenda(oneTenant), { perSecond, success: 0.995, leastSample: () => 736, tenants })
  const [held, all] = at(40)
  expect(held).toMatchObject({
    requests: 800,
    enough: false,
    leastShare: 0.2,
    tenants: [
      { tenant: 'globex', requests: 640, enough: false },
      { tenant: 'acme', requests: 160, enough: false },
    ],
  })
  expect(held?.rateNeeded).toBeCloseTo(184, 6)
  expect(all).toMatchObject({ requests: 800, enough: true, tenants: [], rateNeeded: 36.8 })
  expect(at(184)[0]).toMatchObject({ enough: true })
})
