import { describe, expect, it } from 'vitest'
import { startPair, until } from '../../support/router-pair.ts'
import { answers, startStream, streamBody } from '../../support/router-upstream.ts'

describe('the bypass of a running router', () => {
  it('is for new requests, ends with a word, and is seen in the state', async () => {
    let goOn: () => void = () => undefined
    const pair = await startPair({
      primary: (response) => {
        startStream(response)
        const text = streamBody('primary')
        response.write(text.slice(0, 400))
        goOn = () => response.end(text.slice(400))
      },
    })
    const underWay = pair.ask({ stream: true })
    await until(() => pair.primary.asked.length === 1)
    pair.primary.script = answers('primary')

    await pair.router.bypass('secondary')
    // A path that the router itself does not know.
    const past = await pair.ask({ body: '{"anything":"else"}' })
    expect(past).toMatchObject({ status: 200, servedBy: 'secondary' })
    expect(pair.secondary.asked).toMatchObject([{ body: '{"anything":"else"}' }])
    expect(pair.router.state()).toMatchObject({ state: 'bypassed', bypass: { to: 'secondary' }, inFlight: 1 })
    goOn()
    expect(await underWay).toMatchObject({ servedBy: 'primary', text: streamBody('primary'), clean: true })

    const { settings } = pair.router.state()
    await pair.router.bypass(null)
    expect(await pair.ask()).toMatchObject({ servedBy: 'primary' })
    expect(pair.router.state()).toMatchObject({ state: 'routing', bypass: null, settings })
    expect(pair.attempts.map(({ role, result }) => [role, result])).toEqual([
      ['secondary', 'ok'],
      ['primary', 'ok'],
      ['primary', 'ok'],
    ])
  })

  it('stays where what stands beside the router cannot be opened again', async () => {
    const config = { cache: { mode: 'on-hit', file: '/nowhere/at/all.db' } }
    const pair = await startPair({ bypass: 'primary', config })
    await expect(pair.router.bypass(null)).rejects.toMatchObject({ code: 'CACHE_UNUSABLE' })
    expect(pair.router.state().state).toBe('bypassed')
    await pair.router.reload(pair.settings({ cache: { mode: 'on-hit' } }))
    expect(pair.router.cache()).toBeNull()
    await pair.router.bypass(null)
    expect([pair.router.state().state, pair.router.cache()?.hits]).toEqual(['routing', 0])
  })

  it('obeys the last word, however long the one before takes', async () => {
    const pair = await startPair({ bypass: 'primary', config: { cache: { mode: 'on-hit' } } })
    const off = pair.router.bypass(null)
    await pair.router.bypass('secondary')
    await off
    expect(pair.router.state().bypass?.to).toBe('secondary')
  })

  it('keeps to new settings of its provider', async () => {
    const pair = await startPair()
    await pair.router.bypass('primary')
    await pair.router.reload(pair.settings({}, { primary: { key: 'sk-other' } }))
    await pair.ask()
    expect(pair.primary.asked.at(-1)?.headers.authorization).toBe('Bearer sk-other')
  })
})
