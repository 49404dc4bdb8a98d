import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { startPair, until, type Pair } from '../../support/router-pair.ts'
import {
  answers,
  hangs,
  refuses,
  startStream,
  startUpstream,
  streamBody,
  streamEvents,
  type Script,
} from '../../support/router-upstream.ts'

/** A stream that begins, and goes on when it is told to. */
function halted(who: string): { script: Script; goOn: () => void } {
  let goOn: () => void = () => undefined
  const going = new Promise<void>((resolve) => (goOn = resolve))
  const { role, content, finish, usage, done } = streamEvents(who)
  return {
    goOn: () => goOn(),
    script: async (response) => {
      startStream(response)
      response.write(role + content[0]!)
      await going
      response.end([...content.slice(1), finish, usage, done].join(''))
    },
  }
}

const state = (pair: Pair) => pair.router.state()
const circuits = (pair: Pair) => state(pair).targets.map(({ circuit }) => circuit.state)
/** Whether a promise has resolved by now. */
const isDone = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), systemClock.sleep(20).then(() => false)])

async function another(who: string) {
  const upstream = await startUpstream(answers(who))
  onTestFinished(upstream.stop)
  return upstream
}

describe('a change of the settings', () => {
  it('is for new requests; one under way ends as it began, and then the connections it used are closed', async () => {
    const { script, goOn } = halted('primary')
    const pair = await startPair({ primary: script })
    const third = await another('third')
    const underWay = pair.ask({ stream: true })
    await until(() => state(pair).inFlight === 1 && pair.primary.asked.length === 1)

    const { replaced } = await pair.router.reload({
      ...pair.settings({ attempts: 1 }, { primary: { baseUrl: third.url, name: 'third' } }),
      source: { sha256: 'abc', awaitsRestart: ['router.port'] },
    })
    expect(await pair.ask()).toMatchObject({ status: 200, servedBy: 'primary' })
    expect(third.asked).toHaveLength(1)
    expect(state(pair)).toMatchObject({
      inFlight: 1,
      settings: { sha256: 'abc', awaitsRestart: ['router.port'] },
      targets: [{ provider: 'third', inFlight: 0 }, {}],
    })
    expect(await isDone(replaced)).toBe(false)
    goOn()
    expect(await underWay).toMatchObject({ text: streamBody('primary'), clean: true })
    await replaced
    expect(state(pair).inFlight).toBe(0)
  })

  it('keeps the circuit of a provider that stays, with its new limits, and counts what is in flight there on', async () => {
    const pair = await startPair({ primary: hangs, config: { circuit: { failures: 5 } } })
    const waiting = pair.ask().catch(() => null)
    await until(() => state(pair).targets[0]?.inFlight === 1 && pair.primary.asked.length === 1)
    pair.primary.script = refuses('server-error')
    await pair.ask()
    expect(circuits(pair)).toEqual(['closed', 'closed'])

    await pair.router.reload(pair.settings({ circuit: { failures: 2 } }, { primary: { name: 'renamed' } }))
    expect(state(pair).targets[0]).toMatchObject({
      provider: 'renamed',
      inFlight: 1,
      lastFailure: { class: 'server-error' },
    })
    await pair.ask()
    expect(circuits(pair)).toEqual(['open', 'closed'])
    const { since, ...why } = state(pair).targets[0]!.circuit
    expect(why).toMatchObject({
      class: 'server-error',
      reason: expect.stringContaining('2 failures') as unknown,
    })

    await pair.router.reload(pair.settings({ timeouts: { headers: '4s', firstToken: '5s' } }))
    expect(state(pair).targets[0]?.circuit).toEqual({ ...why, since })
    await pair.router.stop()
    await waiting
  })

  it('gives a provider with another key a circuit of its own, and the former one says no more', async () => {
    const pair = await startPair({ primary: refuses('invalid-api-key') })
    await pair.ask()
    expect(circuits(pair)).toEqual(['open', 'closed'])
    pair.primary.script = hangs
    const late = pair.ask({ headers: { 'x-late': '1' } })
    await pair.router.reload(pair.settings({}, { primary: { key: 'sk-rotated' } }))
    expect(circuits(pair)).toEqual(['closed', 'closed'])
    pair.primary.script = answers('primary')
    expect(await pair.ask()).toMatchObject({ servedBy: 'primary' })
    expect(pair.primary.asked.at(-1)?.headers.authorization).toBe('Bearer sk-rotated')
    expect((await late).status).toBe(200)
    expect(pair.states()).toEqual(['open'])
  })

  it('that cannot be made whole is not made at all', async () => {
    const pair = await startPair()
    const before = state(pair)
    await expect(
      pair.router.reload(
        pair.settings(
          { attempts: 1, cache: { mode: 'on-hit', file: '/nowhere/at/all.db' } },
          { primary: { name: 'x' } },
        ),
      ),
    ).rejects.toMatchObject({ code: 'CACHE_UNUSABLE' })
    await expect(pair.router.reload({ ...pair.settings(), targets: [] })).rejects.toMatchObject({
      code: 'ROUTER_TARGET_MISSING',
    })
    expect(state(pair)).toEqual(before)
    expect(await pair.ask()).toMatchObject({ status: 200 })
  })

  it('keeps the answers of a cache that stays where it is, and what tenants have spent today', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gameday-reload-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'answers.db')
    const day = (usd: string) => ({ guardrails: { day: usd, degrade: ['refuse'] } })
    const pair = await startPair({ config: { cache: { mode: 'on-hit', file }, ...day('$1') } })
    const asking = (n: number) =>
      pair.ask({ body: `{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"n ${n}"}]}` })
    await asking(1)
    await until(() => pair.router.cache()?.stored === 1)
    await pair.router.reload(
      pair.settings({ cache: { mode: 'on-hit', file, entries: 7, ttl: '1h' }, ...day('$0.0005') }),
    )
    expect(await asking(1)).toMatchObject({ servedBy: 'cache' })
    expect(await asking(2)).toMatchObject({ status: 402 })
    await pair.router.reload(pair.settings({ guardrails: {} }))
    expect(pair.router.cache()).not.toBeNull()
    await pair.router.reload(pair.settings({ guardrails: {}, cache: { mode: 'off' } }))
    expect(pair.router.cache()).toBeNull()
  })

  it('loses no request of a steady load, twenty times over', async () => {
    const pair = await startPair()
    const third = await another('third')
    let isOver = false
    const replies: { status: number; clean: boolean; whole: boolean }[] = []
    const caller = async (stream: boolean) => {
      while (!isOver) {
        const { status, clean, text } = await pair.ask({ stream })
        replies.push({ status, clean, whole: text.includes('Grüße, 世界 🌍') })
      }
    }
    const callers = [true, false, true, false].map(caller)
    const gone: Promise<void>[] = []
    for (let n = 0; n < 20; n++) {
      const baseUrl = n % 2 === 0 ? third.url : pair.primary.url
      const { replaced } = await pair.router.reload(
        pair.settings(
          { timeouts: { firstToken: '5s', headers: `${5 + (n % 3)}s` } },
          { primary: { baseUrl } },
        ),
      )
      gone.push(replaced)
      const seen = replies.length
      await until(() => replies.length > seen + 4)
    }
    isOver = true
    await Promise.all([...callers, ...gone])
    expect(replies.length).toBeGreaterThan(100)
    expect(replies.filter(({ status, clean, whole }) => status !== 200 || !clean || !whole)).toEqual([])
    expect([pair.primary.asked.length > 20, third.asked.length > 20, pair.secondary.asked.length]).toEqual([
      true,
      true,
      0,
    ])
    expect(pair.attempts.filter(({ result }) => result !== 'ok')).toEqual([])
  })

  it('is not held up by callers that send requests one behind the other and go', async () => {
    const pair = await startPair({ primary: hangs })
    const socket = connect(pair.router.port, '127.0.0.1')
    const body = '{"model":"m","messages":[]}'
    const one = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    socket.write(one + one)
    await until(() => state(pair).inFlight === 2)
    const { replaced } = await pair.router.reload(pair.settings())
    socket.destroy()
    await replaced
    expect(state(pair).inFlight).toBe(0)
  })
})
