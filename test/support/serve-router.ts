import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { program } from './program.ts'
import { chatBody } from './router-pair.ts'

const FAST =
  'providers:\n  primary: &fast { kind: simulated, name: one, model: gpt-4o-mini, firstToken: { p50: 5ms, p95: 9ms }, interToken: { p50: 8ms, p95: 9ms }, outputTokens: { least: 40, most: 40 } }\n  secondary: *fast\n'

/** A folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-serve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** `gameday serve router` as a child, in a folder with this configuration. */
export async function serve(
  yaml = '',
  {
    env = {},
    log = '',
    cwd = newFolder(),
  }: { env?: Record<string, string>; log?: string; cwd?: string } = {},
) {
  const config = join(cwd, 'gameday.yaml')
  // Another router may be reading it.
  if (!existsSync(config)) writeFileSync(config, `version: 1\n${FAST}${yaml}`)
  const path = join(cwd, 'state', 'requests.db')
  if (log !== '') {
    mkdirSync(join(cwd, 'state'))
    writeFileSync(path, log)
  }
  const served = program(['serve', 'router'], { cwd, env: { GAMEDAY_STATE: join(cwd, 'state'), ...env } })
  onTestFinished(() => void served.child.kill('SIGKILL'))
  let stdout = ''
  served.child.stdout?.on('data', (piece: Buffer) => (stdout += piece.toString()))
  await served.seen('The router listens on')
  const url = /http\S+/.exec(stdout)?.[0] ?? ''
  const ask = (headers: Record<string, string> = {}, stream = false) =>
    fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: chatBody(stream),
    })
  const write = (text: string) => {
    writeFileSync(join(cwd, 'draft'), `version: 1\n${FAST}${text}`)
    renameSync(join(cwd, 'draft'), join(cwd, 'gameday.yaml'))
  }
  const state = join(cwd, 'state')
  return { ...served, ask, url, path, write, state, stop: () => (served.child.kill('SIGTERM'), served.ended) }
}
