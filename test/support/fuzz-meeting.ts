import { Readable } from 'node:stream'
import fc from 'fast-check'
import { Agent, request } from 'undici'
import { seededRandom, systemClock, type FormatId, type ProviderRole } from '../../src/base/index.ts'
import { configSchema, embeddedRouterOf } from '../../src/config/index.ts'
import type { RequestRecord } from '../../src/record/index.ts'
import { startRouter } from '../../src/router/index.ts'
import { formatOf } from '../../src/wire/index.ts'
import { anyScript, isHonest, onTheWire, startRawUpstream, type Script } from './fuzz-upstream.ts'
import { isWhole, saidBy, sameContent } from './said.ts'

/** One caller of one router before two upstreams, of which each may lie. */
export interface Meeting {
  caller: FormatId
  stream: boolean
  /** `slow`: its request comes in pieces; `leaves`: it goes away after so many milliseconds. */
  manner: 'usual' | 'slow' | { leaves: number }
  scripts: Record<ProviderRole, Script>
}

export type Formats = Record<ProviderRole, FormatId>

export const anyMeeting = (formats: Formats): fc.Arbitrary<Meeting> =>
  fc.boolean().chain((stream) =>
    fc.record({
      caller: fc.constantFrom<FormatId>('openai', 'anthropic'),
      stream: fc.constant(stream),
      manner: fc.oneof(
        { weight: 8, arbitrary: fc.constant<'usual'>('usual') },
        { weight: 1, arbitrary: fc.constant<'slow'>('slow') },
        { weight: 1, arbitrary: fc.nat(30).map((leaves) => ({ leaves })) },
      ),
      scripts: fc.record({
        primary: anyScript(formats.primary, stream),
        secondary: anyScript(formats.secondary, stream),
      }),
    }),
  )

/** What stands between callers and upstreams: the router, or something worse for the test of the tester. */
export interface Middle {
  url: string
  stop: () => Promise<void>
}
export type StartMiddle = (
  upstreams: Record<ProviderRole, string>,
  formats: Formats,
  onRecord: (record: RequestRecord) => void,
) => Promise<Middle>

/** The product. Its clocks are short, and no circuit opens for what is not worth a circuit at once. */
export const theRouter: StartMiddle = async (upstreams, formats, onRequest) => {
  const clocks = { headers: '2500ms', firstToken: '2500ms', interToken: '2500ms', total: '5s' }
  const target = (role: ProviderRole) => ({
    role,
    name: role,
    format: formats[role],
    baseUrl: upstreams[role],
    key: `sk-fuzz-${role}`,
    price: { input: 1, output: 2 },
  })
  const router = { timeouts: clocks, circuit: { failures: 1000, probeEvery: '100ms' } }
  return startRouter({
    config: embeddedRouterOf(configSchema.parse({ version: 1, router })),
    targets: [target('primary'), target('secondary')],
    clock: systemClock,
    random: seededRandom(1, 'fuzz'),
    bypass: null,
    onEvent: () => {},
    onRequest,
  })
}

/** Lets callers meet, `lanes` at a time, and returns what is wrong with what came of it. */
export async function meet(
  meetings: readonly Meeting[],
  formats: Formats,
  { start = theRouter, lanes = 24 }: { start?: StartMiddle; lanes?: number } = {},
): Promise<string[]> {
  const scriptOf = (role: ProviderRole) => (text: string) =>
    meetings[Number(/case-(\d+)!/.exec(text)?.[1] ?? -1)]?.scripts[role]
  const primary = await startRawUpstream(scriptOf('primary'))
  const secondary = await startRawUpstream(scriptOf('secondary'))
  const records = new Map<string, RequestRecord>()
  const middle = await start({ primary: primary.url, secondary: secondary.url }, formats, (record) =>
    records.set(record.feature ?? '', record),
  )
  const agent = new Agent({ connections: lanes })
  const complaints: string[] = []
  const late: string[] = []
  let next = 0
  const lane = async () => {
    for (let index = next++; index < meetings.length; index = next++) {
      const meeting = meetings[index]!
      const told = await ask(middle.url, agent, meeting, index)
      // The record follows the last byte.
      await new Promise(setImmediate)
      const complaint = complaintAbout(meeting, told, records.get(`case-${index}`))
      if (complaint === null) continue
      const list = complaint.includes('"timeout') ? late : complaints
      list.push(`${index}: ${complaint}: ${describe(meeting)}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  for (let n = 0; n < 100 && primary.busy() + secondary.busy() > 0; n++) await systemClock.sleep(20)
  const left = primary.busy() + secondary.busy()
  if (left > 0) complaints.push(`${left} answers are still under way, and nobody is there who asked for them`)
  // On a machine that stands still a good answer may come too late. That is rare, or it is a fault.
  if (late.length > meetings.length / 50) complaints.push(...late)
  await agent.destroy()
  await middle.stop()
  await Promise.all([primary.stop(), secondary.stop()])
  return complaints
}

interface Told {
  status: number
  contentType: string
  bytes: Buffer
  clean: boolean
  servedBy: unknown
}

/** Asks; null where the caller went away, and a text where nothing came that is HTTP. */
async function ask(
  url: string,
  agent: Agent,
  { caller, stream, manner }: Meeting,
  index: number,
): Promise<Told | string | null> {
  const body = Buffer.from(
    JSON.stringify({
      model: 'm',
      max_tokens: 9,
      stream,
      messages: [{ role: 'user', content: `case-${index}!` }],
    }),
  )
  const leaving = typeof manner === 'object' ? AbortSignal.timeout(manner.leaves) : null
  const late = AbortSignal.timeout(60_000)
  try {
    const answer = await request(url + formatOf(caller).chatPath, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json', 'x-gameday-feature': `case-${index}` },
      body: manner === 'slow' ? Readable.from(inPieces(body)) : body,
      signal: leaving === null ? late : AbortSignal.any([leaving, late]),
    })
    const told = {
      status: answer.statusCode,
      contentType: String(answer.headers['content-type']),
      servedBy: answer.headers['x-gameday-served-by'],
    }
    const pieces: Buffer[] = []
    try {
      for await (const piece of answer.body) pieces.push(piece as Buffer)
      return { ...told, bytes: Buffer.concat(pieces), clean: true }
    } catch (error) {
      if (leaving?.aborted === true) return null
      return late.aborted
        ? `no end: ${String(error)}`
        : { ...told, bytes: Buffer.concat(pieces), clean: false }
    }
  } catch (error) {
    return leaving?.aborted === true ? null : String(error)
  }
}

async function* inPieces(body: Buffer): AsyncGenerator<Buffer> {
  for (const piece of [body.subarray(0, 7), body.subarray(7, 20), body.subarray(20)]) {
    yield piece
    await systemClock.sleep(3)
  }
}

/** Holds what a caller was told against what was said on the wire. */
function complaintAbout(
  { caller, stream, scripts }: Meeting,
  told: Told | string | null,
  record: RequestRecord | undefined,
): string | null {
  if (told === null) return null
  if (typeof told === 'string') return `there was no answer (${told})`
  const { status, contentType, bytes, clean, servedBy } = told
  const said = saidBy(caller, stream && status === 200 && !contentType.includes('json'), bytes)
  if (status === 200 && clean && isWhole(said)) {
    const script = servedBy === 'primary' || servedBy === 'secondary' ? scripts[servedBy] : undefined
    if (script === undefined) return 'an answer came that nobody gave'
    const truth = saidBy(script.body.format, script.body.stream, onTheWire(script))
    if (!isWhole(truth)) return 'what was no answer was passed on as one'
    // Where it broke off behind the finish reason, what came after that may be missing.
    const same = script.lie === 'none' ? sameContent(said, truth) : truth.text.startsWith(said.text)
    if (!same) return 'the answer is not what the upstream said'
    return record?.outcome === 'ok' ? null : `a good answer is recorded as ${record?.outcome}`
  }
  if (record?.outcome === 'ok') return 'what is no answer is recorded as one'
  if (isHonest(scripts.primary) && isHonest(scripts.secondary))
    return `two good answers, and the caller has none (${status} ${bytes.toString().slice(0, 400)})`
  const explicit = status >= 400 || !clean || said.error !== null
  return explicit ? null : `it looks like a success and is none (${status})`
}

function describe({ caller, stream, manner, scripts }: Meeting): string {
  const one = ({ body, ...script }: Script) => ({
    ...script,
    healthy: body.healthy,
    body: body.bytes.toString().slice(0, 2000),
  })
  return JSON.stringify({
    caller,
    stream,
    manner,
    primary: one(scripts.primary),
    secondary: one(scripts.secondary),
  })
}
