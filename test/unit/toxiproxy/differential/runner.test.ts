import { describe, expect, it } from 'vitest'
import { ZodError } from 'zod'
import { playApi } from '../../../differential/runner/api.ts'
import { ask } from '../../../differential/runner/ask.ts'
import { contradictions, readCorpus } from '../../../differential/runner/corpus.ts'
import { playData } from '../../../differential/runner/data-plane.ts'
import { holdApi, holdData } from '../../../differential/runner/hold.ts'
import { Places } from '../../../differential/runner/places.ts'
import { apiFile, dataFile } from '../../../differential/runner/schema.ts'
import { embedded, type Starter } from '../../../differential/runner/servers.ts'
import { findRealToxiproxy } from '../../../support/real-toxiproxy.ts'

const [api, data] = [apiCase({}), dataCase({})]

function apiCase(step: object) {
  const whole = { ask: 'GET /proxies/x', gives: 404, error: 'proxy not found', ...step }
  const cases = [{ case: 'planted', says: 'finds what was planted', steps: [whole] }]
  return first(apiFile.parse({ cases }).cases)
}

function dataCase(changes: object) {
  const steps = [
    { open: 'client' },
    { send: 10, from: 'client' },
    { see: 'client got 10', within: [100, 4000] },
  ]
  const whole = {
    case: 'planted',
    says: 'finds what was planted',
    echo: true,
    toxics: ['{"type":"latency","attributes":{"latency":100}}'],
    steps,
    leaves: { client: ['open', 'got 10'], server: ['open', 'got 10'] },
    ...changes,
  }
  return first(dataFile.parse({ cases: [whole] }).cases)
}

function first<T>(items: readonly T[]): T {
  const [item] = items
  if (item === undefined) throw new Error('there is none')
  return item
}

/** A server that stands in for an original, and has died by the time that somebody asks. */
const dead: Starter = async () => ({ ...(await embedded()), alive: () => false })

/** One that has a proxy already, which the corpus does not expect. */
const inhabited: Starter = async () => {
  const server = await embedded()
  await ask(server, 'POST /proxies {"name":"x","upstream":"u","enabled":false}')
  return server
}

describe('an API case', () => {
  it('that both servers pass has no problems', async () => {
    expect(await holdApi(api, { embedded, real: embedded })).toEqual([])
  })

  it.each([
    ['status', { gives: 405 }],
    ['error text', { error: 'proxy not fount' }],
    ['kind of body', { error: undefined, text: '{"error":"proxy not found","status":404}\n' + 'x' }],
    ['type of content', { error: undefined, json: '{"error":"proxy not found","status":404}\n' }],
    ['request id', { unrouted: true }],
    ['location', { location: '/elsewhere' }],
  ])('fails when the %s differs from what is written', async (_what, step) => {
    const problems = await holdApi(apiCase(step), { embedded, real: null })
    expect(problems.join()).toContain('embedded, step 1: ')
  })

  it('fails when only the original differs from what is written', async () => {
    const problems = await holdApi(api, { embedded, real: inhabited })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('real, step 1: {"status":200')
  })

  it('fails when the server has died of it', async () => {
    expect(await holdApi(api, { embedded, real: dead })).toEqual(['real, step 2: "dead", not undefined'])
  })

  it('fails when a declared difference is none any more', async () => {
    const real = { differs: 'worded-otherwise', gives: 404, error: 'no such proxy' }
    const problems = await holdApi(apiCase({ real }), { embedded, real: embedded })
    expect(problems).toHaveLength(2)
    expect(problems[1]).toBe('real, step 1: worded-otherwise is declared, but there is no difference')
  })

  it('fails when a port is open that should be closed', async () => {
    const steps = [
      { ask: 'POST /proxies {"name":"p","listen":"127.0.0.1:{a}","upstream":"u"}', gives: 201 },
      { dial: '127.0.0.1:{a}', finds: 'refused' },
    ]
    const cases = [{ case: 'planted', says: 'finds what was planted', steps }]
    expect((await playApi(first(apiFile.parse({ cases }).cases), embedded))[1]).toBe('connected')
  })
})

// Most of them wait for what never comes.
describe('a data-plane case', () => {
  it.concurrent('that both servers pass has no problems', async () => {
    expect(await holdData(data, { embedded, real: embedded })).toEqual([])
  })

  it.concurrent.each([
    ['comes too early', { steps: seeing('client got 10', [1000, 4000]) }, 'not within 1000 to 4000'],
    ['comes too late', { steps: seeing('client got 10', [0, 20]) }, 'not within 0 to 20'],
    ['never comes', { steps: seeing('client fin', [0, 1]) }, 'client fin never came'],
    [
      'is more than was written',
      { leaves: { client: ['open', 'got 10'] } },
      'server saw [open, got 10], not nothing',
    ],
    ['is of another kind', { leaves: ended('rst') }, 'client saw [open, got 10], not [open, got 10, rst]'],
    [
      'happens when all should be quiet',
      { steps: [...seeing('client open', [0, 4000]), { quiet: 400 }] },
      'should have been quiet',
    ],
    [
      'comes in another number of reads',
      { steps: [...seeing('client got 10', [0, 4000]), { reads: [5, 9], at: 'client' }] },
      '1 reads, not 5 to 9',
    ],
    ['is asked of who is not there', { steps: [{ send: 1, from: 'server' }] }, 'server is not there'],
    ['is another answer', { steps: [{ api: 'GET /proxies/p', gives: 404 }] }, 'gave 200'],
  ])('fails when something %s', async (_what, changes, problem) => {
    const { problems } = await playData(dataCase(changes), embedded)
    expect(problems.map(({ text }) => text).join('\n')).toContain(problem)
  })

  it.concurrent('fails when a byte is not the one that was sent', async () => {
    // The server sends its own bytes where the client looks for an echo of its.
    const steps = [
      { open: 'client' },
      { see: 'server open', within: [0, 4000] },
      { send: 10, from: 'server' },
      { wait: 200 },
    ]
    const { problems } = await playData(
      dataCase({ steps, leaves: { client: ['open', 'got 10'], server: ['open'] } }),
      embedded,
    )
    expect(problems.map(({ text }) => text)).toEqual(['client saw [open, wrong bytes], not [open, got 10]'])
  })

  it.concurrent.each([
    ['dies', { dies: true }, ['real: planted-difference is declared, but it did not die']],
    [
      'goes a way that nobody can foretell',
      { foretold: false },
      ['real: planted-difference is declared, but there is no difference'],
    ],
  ])('fails when the original is said to differ but does not: it %s', async (_how, real, problems) => {
    const planted = dataCase({ real: { differs: 'planted-difference', ...real } })
    expect(await holdData(planted, { embedded, real: embedded, deathMs: 50 })).toEqual(problems)
  })

  it.concurrent('passes when the original dies as is said of it', async () => {
    const planted = dataCase({ real: { differs: 'planted-difference', dies: true } })
    expect(await holdData(planted, { embedded, real: dead })).toEqual([])
  })

  it.concurrent('fails when the server has died of it', async () => {
    expect(await holdData(data, { embedded, real: dead })).toEqual(['real: died'])
  })
})

describe('the corpus', () => {
  it('is refused when ids are doubled, or differences undeclared or not shown', () => {
    const real = { differs: 'undeclared', gives: 500 }
    const difference = { id: 'never-shown', original: '', embedded: '', why: '' }
    expect(contradictions({ api: [api, apiCase({ real })], data: [], differences: [difference] })).toEqual([
      'planted is there twice',
      'the difference undeclared is not declared',
      'no case shows the difference never-shown',
    ])
  })

  it.each([
    ['an expectation misspelt', { giving: 200 }],
    ['two bodies', { json: '{}' }],
    ['no status', { gives: undefined }],
    ['a request that is none', { ask: 'proxies' }],
  ])('is refused with %s', (_what, step) => {
    expect(() => apiCase(step)).toThrow(ZodError)
  })

  it.each([
    ['a sight that can never be', { steps: seeing('client gone', [0, 1]) }],
    ['an empty band', { steps: seeing('client open', [5, 5]) }],
    ['an end that there is not', { leaves: { proxy: ['open'] } }],
  ])('is refused with %s', (_what, changes) => {
    expect(() => dataCase(changes)).toThrow(ZodError)
  })

  it('declares nothing that is not there, and names no case twice', () => {
    expect(contradictions(readCorpus())).toEqual([])
  })
})

describe('ports', () => {
  it('get the same name whenever they show, and those that a server chose one of their own', async () => {
    const places = await Places.take({ upstream: 54_321 })
    expect(places.blank('127.0.0.1:54321 [::]:40001 0.0.0.0:40002 127.0.0.1:40001 127.0.0.1:0')).toBe(
      '127.0.0.1:{upstream} [::]:{any1} [::]:{any2} 127.0.0.1:{any1} 127.0.0.1:0',
    )
    expect(places.fill('{any2}')).toBe('40002')
    expect(() => places.fill('{any3}')).toThrow('no port {any3}')
    places.release()
  })
})

describe('the original', () => {
  it.each([
    [{ TOXIPROXY_BIN: '/x/server', PATH: '' }, '/x/server'],
    [{ TOXIPROXY_BIN: '', PATH: '/nowhere' }, null],
    [{}, null],
  ])('is looked for in %j', (env, found) => {
    expect(findRealToxiproxy(env)).toBe(found)
  })
})

function seeing(see: string, within: [number, number]) {
  return [{ open: 'client' }, { send: 10, from: 'client' }, { see, within }]
}

function ended(how: string) {
  return { client: ['open', 'got 10', how], server: ['open', 'got 10'] }
}
