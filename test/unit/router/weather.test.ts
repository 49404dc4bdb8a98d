import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/index.ts'
import { openaiFormat } from '../../../src/wire/index.ts'
import { startPair, type Reply } from '../../support/router-pair.ts'
import {
  answers,
  breaksAfter,
  plainBody,
  refuses,
  resets,
  sends,
  streamBody,
  streamEvents,
  streams,
  type Script,
} from '../../support/router-upstream.ts'

/** What a caller may hold against the router: an answer that looks like a success and is none. */
function isHonest({ status, clean, bytes, text, servedBy }: Reply, stream: boolean): boolean {
  if (status !== 200) return clean && openaiFormat.classify(status, text).message !== ''
  const who = String(servedBy)
  if (!stream) return clean && text === plainBody(who)
  if (clean) return text === streamBody(who)
  const reader = openaiFormat.streamReader()
  reader.push(bytes)
  return !reader.end().ok && text.includes('data: {"error"')
}

function weather(who: string, random: () => number): Script {
  const { role, content, finish, done } = streamEvents(who)
  const streamed: Script[] = [
    streams(role, ...content),
    streams(role, ...content, done),
    streams(role, finish, done),
    breaksAfter(role, content[0] ?? ''),
    breaksAfter(role),
    streams(role, content[0] ?? '', 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n'),
  ]
  const any: Script[] = [
    resets,
    refuses('invalid-api-key'),
    refuses('overloaded'),
    sends(200, '{"choices":[]}'),
    sends(500, 'x'),
  ]
  const one = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  return (response, asked) => {
    const bad =
      random() < 0.5 ? one(asked.body.includes('"stream":true') ? [...any, ...streamed] : any) : undefined
    return (bad ?? answers(who))(response, asked)
  }
}

describe('in any weather', () => {
  it.each([1, 2, 3])('no caller is told that a failure is a success (seed %i)', async (seed) => {
    const random = seededRandom(seed, 'weather')
    const pair = await startPair({
      primary: weather('primary', random),
      secondary: weather('secondary', random),
      config: { circuit: { probeEvery: '100ms' } },
    })
    const lane = async () => {
      for (let n = 0; n < 15; n++) {
        const stream = random() < 0.6
        const reply = await pair.ask({ stream })
        expect(
          isHonest(reply, stream),
          `stream: ${stream}, ${reply.status}, clean: ${reply.clean}\n${reply.text}`,
        ).toBe(true)
      }
    }
    await Promise.all(Array.from({ length: 8 }, lane))
    const asked = pair.primary.asked.length + pair.secondary.asked.length
    expect(asked).toBeGreaterThanOrEqual(120)
    expect(asked).toBeLessThanOrEqual(240)
  })

  it('no caller notices that a key is revoked under load', async () => {
    const pair = await startPair()
    let sent = 0
    const lane = async () => {
      for (let n = 0; n < 20; n++) {
        if (++sent === 80) pair.primary.script = refuses('invalid-api-key')
        expect(await pair.ask({ stream: n % 2 === 0 })).toMatchObject({ status: 200, clean: true })
      }
    }
    await Promise.all(Array.from({ length: 16 }, lane))
    expect(pair.states()).toEqual(['open'])
    // Those under way when it opened, and nobody after them.
    expect(pair.primary.asked.length).toBeLessThanOrEqual(80 + 16)
  })
})
