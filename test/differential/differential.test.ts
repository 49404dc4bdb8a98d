import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findRealToxiproxy } from '../support/real-toxiproxy.ts'
import { declaredBy, readCorpus } from './runner/corpus.ts'
import { holdApi, holdData } from './runner/hold.ts'
import { embedded, real } from './runner/servers.ts'

const binary = findRealToxiproxy()
const servers = { embedded, real: binary === null ? null : real(binary) }
const { api, data, differences } = readCorpus()

if (binary === null)
  process.stderr.write(
    `NOT COMPARED: no real Toxiproxy (TOXIPROXY_BIN is not set, no toxiproxy-server on the PATH): ` +
      `${api.length + data.length} cases are held against the embedded server alone\n`,
  )

describe('the corpus', () => {
  it('is held against a real Toxiproxy in CI, and wherever one can be built', () => {
    const needed = process.env['CI'] === 'true' || spawnSync('go', ['version']).status === 0
    expect(
      needed && binary === null
        ? 'set TOXIPROXY_BIN: go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0'
        : '',
    ).toBe('')
  })

  it('has at least 150 cases of the API and 60 of the data plane', () => {
    expect(api.length).toBeGreaterThanOrEqual(150)
    expect(data.length).toBeGreaterThanOrEqual(60)
  })

  it('declares the differences that docs/toxiproxy.md tells, and no others', () => {
    const text = readFileSync(new URL('../../docs/toxiproxy.md', import.meta.url), 'utf8')
    const [, table = ''] = /\n## Declared differences\n(.*?)\n## /s.exec(text) ?? []
    const told = Array.from(table.matchAll(/^\| `([a-z0-9-]+)` \|/gm), ([, id]) => id)
    expect(told.toSorted()).toEqual(differences.map(({ id }) => id).toSorted())
  })
})

describe('both servers', () => {
  // Where the original differs it may stand still for 25 s, in which all others can be held.
  const slowestFirst = data.toSorted((a, b) => declaredBy(b).length - declaredBy(a).length)

  it.concurrent.each(slowestFirst.map((each) => [each.case, each.says, each] as const))(
    '%s: %s',
    async (_id, _says, each) => {
      expect((await holdData(each, servers)).join('\n')).toBe('')
    },
  )

  it.concurrent.each(api.map((each) => [each.case, each.says, each] as const))(
    '%s: %s',
    async (_id, _says, each) => {
      expect((await holdApi(each, servers)).join('\n')).toBe('')
    },
  )
})
