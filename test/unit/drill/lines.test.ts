import { describe, expect, it } from 'vitest'
import { PHASE_KINDS } from '../../../src/base/index.ts'
import { linesOf, parseDrill } from '../../../src/drill/index.ts'
import { providerOverridesSchema, routerOverridesSchema } from '../../../src/config/index.ts'

const OVERRIDES = { router: routerOverridesSchema, providers: providerOverridesSchema }
const drill = (agenda: string) =>
  parseDrill(
    `version: 1
title: A drill
hypothesis: It holds.
objectives: { success: 90%, p95: 5s, cost: $1 }
traffic: { rate: 1/h }
agenda:
${agenda}`,
    { file: 'drill.yaml', overrides: OVERRIDES },
  ).agenda

const SILENT = `
  - { phase: brief, length: 1m }
  - { phase: baseline, length: 1m }
  - { phase: go-no-go, length: 1m }
  - { phase: break, length: 1m, cap: 2m, fault: { kind: refused } }
  - { phase: restore, length: 1m }
  - { phase: debrief, length: 1m }
  - { phase: close, length: 1m }`

describe('what people do in a phase', () => {
  it('is the usual where the drill says nothing, for every kind of phase', () => {
    const phases = drill(SILENT)
    expect(phases.map(({ phase }) => phase)).toEqual(
      [...PHASE_KINDS].filter((kind) => phases.some(({ phase }) => phase === kind)),
    )
    for (const phase of phases) {
      expect(linesOf(phase).lead?.length).toBeGreaterThan(0)
      expect(linesOf(phase).scribe?.length).toBeGreaterThan(0)
    }
  })

  it('is what the drill says, and no more, as soon as it says something', () => {
    const [brief] = drill(
      SILENT.replace('phase: brief, length: 1m', 'phase: brief, length: 1m, lead: Hello.'),
    )
    expect(linesOf(brief!)).toEqual({ lead: ['Hello.'] })
  })
})
