import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { installedIn, ROOT } from './installed.ts'
import { answers, run, serve } from './process.ts'
import type { Row } from './row.ts'

const VERSION = '1.108.7'
/** Six seconds on an idle machine. */
const START_MS = 120_000
const VENV = installedIn(`litellm-${VERSION}`)
const HERE = { cwd: ROOT, env: process.env }

/** LiteLLM's proxy from PyPI, in a virtual environment of its own, with one of three configurations. */
export function litellm(config: string): Pick<Row, 'prepare' | 'start'> {
  return {
    prepare: async () => {
      if ((await versionThere()) !== VERSION) await install()
      return VERSION
    },
    start: async ({ port, env, folder }) => {
      const root = `http://127.0.0.1:${port}`
      const masterKey = `sk-${randomBytes(24).toString('hex')}`
      const options = ['--config', join(ROOT, config), '--host', '127.0.0.1', '--port', `${port}`]
      const stop = await serve(
        'litellm',
        [join(VENV, 'bin', 'litellm'), ...options],
        {
          cwd: folder,
          env: {
            ...process.env,
            ...env,
            LITELLM_MASTER_KEY: masterKey,
            // Else its start waits 45 s for a price list that it cannot fetch without the internet.
            LITELLM_LOCAL_MODEL_COST_MAP: 'True',
          },
        },
        { ready: () => answers(`${root}/health/liveliness`), forMs: START_MS },
      )
      return {
        router: { url: `${root}/v1`, key: 'LITELLM_MASTER_KEY' },
        env: { LITELLM_MASTER_KEY: masterKey },
        stop,
      }
    },
  }
}

/** The version that is installed; null where none is, or not whole. */
async function versionThere(): Promise<string | null> {
  const ask = "from importlib.metadata import version; print(version('litellm'))"
  return run('python', [join(VENV, 'bin', 'python'), '-c', ask], HERE).then(
    (said) => said.trim(),
    () => null,
  )
}

/** 755 MB and 40 s. */
async function install(): Promise<void> {
  rmSync(VENV, { recursive: true, force: true })
  await run('python3 -m venv', ['python3', '-m', 'venv', VENV], HERE)
  const wanted = ['install', '--quiet', '--disable-pip-version-check', `litellm[proxy]==${VERSION}`]
  await run('pip install litellm', [join(VENV, 'bin', 'pip'), ...wanted], HERE)
}
