import { describe, expect, it } from 'vitest'
import { differences, parseConfig } from '../../../src/config/index.ts'

const config = (yaml: string) => parseConfig(`version: 1\n${yaml}`, 'gameday.yaml')
const BASE = 'router: { port: 4000 }\n'

describe('what a changed file means to a running router', () => {
  it.each([
    ['nothing', BASE, [], []],
    ['a comment', `${BASE}# said\n`, [], []],
    ['a clock', 'router: { port: 4000, timeouts: { total: 40s } }\n', ['router.timeouts.total'], []],
    [
      'a limit that was not there',
      'router: { port: 4000, guardrails: { tenants: { acme: { day: $5 } } } }\n',
      ['router.guardrails.tenants.acme'],
      [],
    ],
    [
      'a list',
      'router: { port: 4000, guardrails: { degrade: [refuse] } }\n',
      ['router.guardrails.degrade'],
      [],
    ],
    ['where it listens', 'router: { port: 4001, listen: 0.0.0.0 }\n', [], ['router.listen', 'router.port']],
    [
      'the log, the promise, the pager and the exporters',
      `${BASE}log: { path: x.db, retention: 100d, text: true }\nobjectives: { p95: 3s }\nalerts: { webhook: HOOK }\nexport: { otlp: {} }\n`,
      ['log.text'],
      ['objectives.p95', 'log.path', 'log.retention', 'alerts.webhook', 'export.otlp'],
    ],
    [
      'what only a drill reads',
      `${BASE}toxiproxy: { timeout: 9s }\nstage: { ports: { control: 7 } }\nerrorBudget: { spent: 3 }\n`,
      [],
      [],
    ],
  ])('%s', (_name, yaml, atOnce, afterRestart) => {
    const [started, now] = [config(BASE), config(yaml)]
    const found = differences({ started, inForce: started, now })
    expect(found.atOnce.toSorted()).toEqual(atOnce.toSorted())
    expect(found.afterRestart.toSorted()).toEqual(afterRestart.toSorted())
  })

  it('goes on waiting for a restart after a further change, and no longer when it is taken back', () => {
    const [started, moved] = [config(BASE), config('router: { port: 4001 }\n')]
    const further = config('router: { port: 4001, attempts: 3 }\n')
    expect(differences({ started, inForce: moved, now: further })).toEqual({
      atOnce: ['router.attempts'],
      afterRestart: ['router.port'],
    })
    expect(differences({ started, inForce: further, now: config(BASE) })).toEqual({
      atOnce: ['router.attempts'],
      afterRestart: [],
    })
  })
})
