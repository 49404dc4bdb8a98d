import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { readYaml } from '../../../src/base/index.ts'
import { apiFile, dataFile, differencesFile, type ApiCase, type DataCase, type Difference } from './schema.ts'

export interface Corpus {
  api: ApiCase[]
  data: DataCase[]
  differences: Difference[]
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Reads the whole corpus from its files. Throws when any of it is not as the schema wants it, with the place. */
export function readCorpus(): Corpus {
  const corpus = {
    api: readFolder('api', apiFile).flatMap(({ setups, cases }) =>
      cases.map((each) => spellOut(each, setups)),
    ),
    data: readFolder('data-plane', dataFile).flatMap(({ cases }) => cases),
    differences: readFile('differences.yaml', differencesFile).differences,
  }
  const wrong = contradictions(corpus)
  if (wrong.length > 0) throw new Error(`the corpus contradicts itself:\n${wrong.join('\n')}`)
  return corpus
}

/** The differences that a case declares. */
export function declaredBy(each: ApiCase | DataCase): string[] {
  const own = 'real' in each && each.real !== undefined ? [each.real.differs] : []
  const steps = each.steps.flatMap((step) =>
    'ask' in step && step.real !== undefined ? [step.real.differs] : [],
  )
  return [...own, ...steps]
}

/** What no schema can see: ids that are given twice, differences that nobody declared, and declared ones without a case. */
export function contradictions({ api, data, differences }: Corpus): string[] {
  const cases = [...api, ...data]
  const ids = [...cases.map((each) => each.case), ...differences.map(({ id }) => id)]
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at)
  const declared = new Set(differences.map(({ id }) => id))
  const shown = new Set(cases.flatMap(declaredBy))
  return [
    ...twice.map((id) => `${id} is there twice`),
    ...[...shown].filter((id) => !declared.has(id)).map((id) => `the difference ${id} is not declared`),
    ...[...declared].filter((id) => !shown.has(id)).map((id) => `no case shows the difference ${id}`),
  ]
}

function spellOut(each: ApiCase, setups: Readonly<Record<string, string>>): ApiCase {
  const given = each.given.map((name) => {
    const line = setups[name]
    if (line === undefined) throw new Error(`${each.case} begins with ${name}, which is no setup of its file`)
    return line
  })
  return { ...each, given }
}

const readFolder = <T>(folder: string, schema: z.ZodType<T>): T[] =>
  readdirSync(`${ROOT}/${folder}`).map((name) => readFile(`${folder}/${name}`, schema))

const readFile = <T>(file: string, schema: z.ZodType<T>): T =>
  readYaml(readFileSync(`${ROOT}/${file}`), {
    file,
    what: 'part of the corpus',
    code: 'CORPUS_INVALID',
    schema,
    mostBytes: 256 * 1024,
  })
