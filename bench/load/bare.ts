import { Agent, request } from 'undici'
import { systemClock } from '../../src/base/index.ts'
import { withMarker } from '../../src/wire/index.ts'
import type { LoadOrder, LoadReport, Seen } from './messages.ts'

/**
 * The least open-model client that can be written: a timer, `undici.request`, the body as text, two stamps. It judges
 * nothing and checks nothing. What it gets wrong is what this machine and this HTTP client get wrong by themselves.
 */
export async function bareLoad({ url, perSecond, forMs }: LoadOrder): Promise<LoadReport> {
  const dispatcher = new Agent({ connections: null })
  const seen: Seen[] = []
  const underway: Promise<void>[] = []
  const one = async (id: string, intendedMs: number) => {
    const stream = Number(id.slice(1)) % 5 < 3
    const content = withMarker('Where is my parcel?', { runTag: 'bare', requestId: id })
    const body = JSON.stringify({ model: 'known', stream, messages: [{ role: 'user', content }] })
    const headers = { 'content-type': 'application/json' }
    const startedMs = systemClock.now()
    const answer = await request(`${url}/chat/completions`, { method: 'POST', body, headers, dispatcher })
    await answer.body.text()
    seen.push({
      id,
      intendedMs,
      startedMs,
      endMs: systemClock.now(),
      ok: answer.statusCode === 200,
    })
  }
  const startMs = systemClock.now()
  for (let n = 0; (n * 1000) / perSecond < forMs; n++) {
    const intendedMs = startMs + (n * 1000) / perSecond
    while (systemClock.now() < intendedMs) await systemClock.sleep(intendedMs - systemClock.now())
    underway.push(one(`m${n + 1}`, intendedMs))
  }
  await Promise.all(underway)
  await dispatcher.close()
  return {
    type: 'report',
    offered: seen.length,
    dropped: 0,
    dispatchLagP99Ms: null,
    loopDelayP99Ms: null,
    seen,
  }
}
