import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PROVIDER_ROLES } from '../../base/index.ts'
import { applyOverrides, parseConfig } from '../../config/index.ts'
import { estimateBill, parseDrill, scaleAgenda, type Bill } from '../../drill/index.ts'
import { pricePerMillion } from '../../providers/index.ts'
import type { Io } from '../io.ts'
import { proposedLimit } from '../money.ts'
import { drillFolders, OVERRIDES, promptTokens, readPrompts } from '../setup.ts'
import type { InitAnswers } from './answers.ts'
import { configFile } from './config-file.ts'
import { drillFile } from './drill-file.ts'
import { CONFIG_FILE, DRILL_FILE, WORKFLOW_FILE } from './names.ts'
import { workflowFile } from './workflow-file.ts'
import type { Files } from './write-files.ts'

/** What is about to be written, and what the drill in it will cost; nothing where both providers are simulated. */
export interface Draft {
  files: Files
  durationMs: number
  cost: { bill: Bill; maxCostUsd: number } | null
}

/** Makes the three files and reads them as a run will. Throws whatever is wrong with them. */
export async function draft(answers: InitAnswers, io: Io): Promise<Draft> {
  const [configText, drillText] = [configFile(answers), drillFile(answers)]
  const drill = parseDrill(drillText, { file: DRILL_FILE, overrides: OVERRIDES })
  const config = applyOverrides(parseConfig(configText, CONFIG_FILE), drill)
  const planned = scaleAgenda(drill)
  const cost = async () => {
    const prompts = drillFolders(io).map((folder) => join(folder, drill.load.prompts))
    const bill = estimateBill(drill, planned, {
      perSecond: drill.load.rate,
      promptTokens: promptTokens(await readPrompts({ promptsFile: prompts.find(existsSync) ?? '' })),
      prices: Object.fromEntries(
        PROVIDER_ROLES.map((role) => [role, pricePerMillion(config.providers[role]) ?? undefined]),
      ),
    })
    return { bill, maxCostUsd: proposedLimit(bill) }
  }
  const spent = answers.providers === null ? null : await cost()
  return {
    files: new Map([
      [CONFIG_FILE, configText],
      [DRILL_FILE, drillText],
      [WORKFLOW_FILE, workflowFile(answers, spent?.maxCostUsd ?? null)],
    ]),
    durationMs: planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0),
    cost: spent,
  }
}
