import { InvalidFileError, formatProblem } from '../../src/base/index.ts'
import { providerOverridesSchema, routerOverridesSchema } from '../../src/config/index.ts'
import { parseDrill } from '../../src/drill/index.ts'

/** The overrides' schemas as the program hands them to the drill's. */
export const OVERRIDES = { router: routerOverridesSchema, providers: providerOverridesSchema }

/** Everything a drill needs but its agenda. */
export const HEAD = `version: 1
title: A drill
hypothesis: It holds
objectives: { success: 99.5%, p95: 2.5s, cost: $0.015 }
traffic: { rate: 14/h }
`

/** Reads a drill's text as the program does. */
export const readDrillText = (text: string) => parseDrill(text, { file: 'd.yaml', overrides: OVERRIDES })

/** The problems of a drill's text, one a line; none if it is good. */
export function problemsOfDrill(text: string): string[] {
  try {
    readDrillText(text)
    return []
  } catch (error) {
    if (error instanceof InvalidFileError) return error.problems.map(formatProblem)
    throw error
  }
}
