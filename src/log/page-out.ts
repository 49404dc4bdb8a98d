import { spawn } from 'node:child_process'
import type { Page } from './pager.ts'

/** How long the bringing of one page may take. */
const TIMEOUT_MS = 10_000

/** Where pages go: the address of a webhook, or a program with its arguments. */
export interface PageTarget {
  webhook: string | null
  command: readonly string[] | null
}

/** Makes what brings a page to people; without a target it is only said. Rejects where it did not arrive. */
export function pageOut({ webhook, command }: PageTarget): (page: Page) => Promise<void> {
  if (webhook !== null) return (page) => post(webhook, page)
  if (command !== null) return (page) => start(command, page)
  return () => Promise.resolve()
}

/** Posts what Slack, Mattermost, Rocket.Chat and others take: an object with `text`, and nothing else. */
async function post(url: string, { text }: Page): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    // What fetch says may hold the address, and the address is a secret.
    throw new Error(`the webhook did not answer within ${TIMEOUT_MS / 1000} s, or could not be reached`)
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`)
}

/** Starts a program without a shell, with the page as JSON on its standard input. */
async function start([program = '', ...args]: readonly string[], page: Page): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], timeout: TIMEOUT_MS })
    child.on('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)))
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${signal ?? `exit code ${code}`}`)),
    )
    // It may end without reading.
    child.stdin.on('error', () => undefined)
    child.stdin.end(`${JSON.stringify(page)}\n`)
  })
}
