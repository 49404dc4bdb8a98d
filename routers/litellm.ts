import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { installedIn, ROOT } from './installed.ts'
import { answers, run, serve } from './process.ts'
import type { Row } from './row.ts'

const VERSION = '1.108.7'
/** What it depends on is taken as it was on this day, so that what was measured is what is installed again. */
const AS_OF = '2026-11-20'
const UV_VERSION = '0.13.9'
/** Six seconds on an idle machine; fourteen at the first time, when Python compiles what it loads. */
const START_MS = 120_000
const VENV = installedIn(`litellm-${VERSION}`)
const UV = installedIn(`uv-${UV_VERSION}`)
const HERE = { cwd: ROOT, env: process.env }

/** Layouts that are drilled at the same time are installed once. */
let installed: Promise<string> | undefined
let firstStart: Promise<unknown> | undefined

/** Starts a proxy once the first one is up, which compiles what the others load. */
function afterTheFirst<T>(start: () => Promise<T>): Promise<T> {
  if (firstStart !== undefined) return firstStart.then(start)
  const first = start()
  firstStart = first.catch(() => undefined)
  return first
}

/** LiteLLM's proxy from PyPI, in a virtual environment of its own, with one of three configurations. */
export function litellm(config: string): Pick<Row, 'prepare' | 'start'> {
  return {
    prepare: () => (installed ??= installUnlessThere()),
    start: async ({ port, env, folder }) => {
      const root = `http://127.0.0.1:${port}`
      const masterKey = `sk-${randomBytes(24).toString('hex')}`
      const options = ['--config', join(ROOT, config), '--host', '127.0.0.1', '--port', `${port}`]
      const command = [join(VENV, 'bin', 'litellm'), ...options] as const
      const environment = {
        ...process.env,
        ...env,
        LITELLM_MASTER_KEY: masterKey,
        // Else its start waits 45 s for a price list that it cannot fetch without the internet.
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        // Where this is set, as in many containers, every start would be the first one.
        PYTHONDONTWRITEBYTECODE: '',
      }
      const up = { ready: () => answers(`${root}/health/liveliness`), forMs: START_MS }
      const stop = await afterTheFirst(() => serve('litellm', command, { cwd: folder, env: environment }, up))
      return {
        router: { url: `${root}/v1`, key: 'LITELLM_MASTER_KEY' },
        env: { LITELLM_MASTER_KEY: masterKey },
        stop,
      }
    },
  }
}

async function installUnlessThere(): Promise<string> {
  if ((await versionThere()) !== VERSION) await install()
  return VERSION
}

/** The version that is installed; null where none is, or not whole. */
async function versionThere(): Promise<string | null> {
  const ask = "from importlib.metadata import version; print(version('litellm'))"
  return run('python', [join(VENV, 'bin', 'python'), '-c', ask], HERE).then(
    (said) => said.trim(),
    () => null,
  )
}

/** 580 MB, in eight seconds; pip, which resolves and unpacks one after another, takes forty for the same. */
async function install(): Promise<void> {
  for (const folder of [VENV, UV]) rmSync(folder, { recursive: true, force: true })
  const wheels = ['--quiet', '--only-binary', ':all:']
  const uvItself = ['-m', 'pip', 'install', ...wheels, '--no-compile', '--target', UV, `uv==${UV_VERSION}`]
  await run('pip install uv', ['python3', ...uvItself], HERE)
  const uv = join(UV, 'bin', 'uv')
  await run('uv venv', [uv, 'venv', '--quiet', '--no-python-downloads', '--python', 'python3', VENV], HERE)
  const into = ['--python', join(VENV, 'bin', 'python'), '--exclude-newer', AS_OF, '--no-cache']
  const wanted = ['pip', 'install', ...wheels, ...into, `litellm[proxy]==${VERSION}`]
  await run('uv pip install litellm', [uv, ...wanted], HERE)
}
