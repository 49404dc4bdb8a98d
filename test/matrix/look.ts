import { answerOf } from '../support/matrix-bystanders.ts'
import type { Row } from './rows.ts'

/** A proxy as the server tells of it. */
export interface Proxy {
  name: string
  listen: string
  enabled: boolean
  toxics: { name: string }[]
}

const ASK_MS = 15_000

/** All proxies on a server, asked for past any relay. */
export async function proxiesOn(url: string): Promise<Proxy[]> {
  const answer = await fetch(`${url}/proxies`, { signal: AbortSignal.timeout(ASK_MS) })
  return Object.values((await answer.json()) as Record<string, Proxy>)
}

/** Whether the row's fault is in force by the server's word. */
export function inForce({ fault }: Pick<Row, 'fault'>, proxy: Proxy | undefined): boolean {
  if (proxy === undefined) return false
  return fault === 'refused' ? !proxy.enabled : proxy.toxics.length > 0
}

/** The fault adds a second. */
const FELT_MS = 400

/** Whether a real request through the proxy feels the fault. Without it, whatever answer comes will do. */
export async function felt({ fault }: Pick<Row, 'fault'>, proxy: Proxy, expected: boolean): Promise<boolean> {
  const answer = await answerOf(`http://${proxy.listen}/`, expected ? FELT_MS : ASK_MS)
  return fault === 'refused' ? answer === 'ECONNREFUSED' : answer.startsWith('no answer')
}

export const portOf = ({ listen }: Pick<Proxy, 'listen'>) => Number(listen.split(':').at(-1))
