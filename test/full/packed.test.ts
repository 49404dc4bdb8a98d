import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { messageOf } from '../../src/base/index.ts'
import type { Result } from '../../src/record/index.ts'
import { unlessLate } from '../support/busy-machine.ts'
import { installed, isOwnLine, nodeOf, pack, repositoryWith, type Packed } from '../support/packed.ts'
import { ROOT, runFolder } from '../support/program.ts'

/** One of each line that the package admits. */
const VERSIONS = ['20.20.2', '22.23.3', '24.21.0']

/** Where every version can be had its absence is a failure and not a skip. */
const ALL_CAN_BE_HAD = process.platform === 'linux'

/** The quick drill at twice its rate: a hundred good requests in a row take half of the time, and so do its phases. */
const SHORT = readFileSync(join(ROOT, 'test', 'fixtures', 'drills', 'quick.yaml'), 'utf8')
  .replace('rate: 20/s', 'rate: 40/s')
  .replaceAll('length: 8s', 'length: 5s')

describe('the packed tarball, installed into an empty repository', () => {
  let packed: Packed
  let repository: string
  let nodes: Map<string, string>

  // Installing is work, beside which drills come late: it is done before them, and one after the other.
  beforeAll(() => {
    packed = pack()
    repository = repositoryWith(packed.tarball)
    nodes = new Map(VERSIONS.flatMap((version) => findNode(version)))
    const mega = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
    process.stderr.write(
      `the package: ${mega(packed.bytes)} packed, ${mega(packed.unpackedBytes)} unpacked, ${packed.files.length} files\n`,
    )
  }, 300_000)

  it('holds what a user needs, and nothing that only its makers do', () => {
    for (const file of [
      'bin/gameday.js',
      'dist/cli/main.js',
      'dist/toxiproxy/library.d.ts',
      'docs/configuration.md',
      'drills/prompts.yaml',
      'drills/smoke.yaml',
      'schemas/drill.schema.json',
      'templates/report.md.hbs',
      'LICENSE',
    ])
      expect(packed.files).toContain(file)
    const kinds = new Set(packed.files.map((file) => file.split('/')[0]))
    expect([...kinds].toSorted()).toEqual(
      [
        'LICENSE',
        'README.md',
        'bin',
        'dist',
        'docs',
        'drills',
        'package.json',
        'schemas',
        'templates',
      ].toSorted(),
    )
    expect(packed.files.filter((file) => /\.map$|\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([])
    // It was 0.9 MB when this was written: twice that is something that nobody meant to put in.
    expect(packed.bytes).toBeLessThan(1_600_000)
  })

  let tries = 0
  it.concurrent.for(VERSIONS)(
    'starts, is set up without a question, and holds a drill on Node %s',
    async (version, { skip }) => {
      const node = nodes.get(version)
      if (node === undefined) return skip('no such Node can be had here, as is said above')
      const holds = unlessLate(async () => {
        const { cwd, run, evaluate } = installed(repository, node, `on-${version}-${tries++}`)
        const good = { code: 0, stderr: '' }
        expect(await run('init', '--yes', '--success', '99%', '--traffic', '600/h')).toMatchObject({
          ...good,
          stdout: expect.stringMatching(/ok {2}drills\/smoke\.yaml[^]*All there\./),
        })
        expect(await run('validate')).toMatchObject({
          ...good,
          stdout: expect.stringContaining('friday-failover.yaml'),
        })
        const library = `import('gameday/toxiproxy').then(({ start }) => console.log(typeof start))`
        expect(await evaluate(library)).toEqual({ ...good, stdout: 'function\n' })

        // The drill that was written takes its time: on one line of Node it is held, on the others a shorter one.
        const own = isOwnLine(version)
        writeFileSync(join(cwd, 'drills', 'short.yaml'), SHORT)
        const drill = own ? ['smoke', '--duration', '30s'] : ['run', 'short', '--unattended']
        const { code, stdout, stderr } = await run(...drill, '--plain')
        expect(code, stdout + stderr.slice(-2000)).toBe(0)
        const dir = runFolder(join(cwd, 'reports'))
        const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as Result
        const file = own ? 'drills/smoke.yaml' : 'drills/short.yaml'
        expect(result).toMatchObject({ verdict: 'held', drill: { file } })
        expect(result.run.versions.node?.split('.')[0]).toBe(version.split('.')[0])
        expect(result.objectives.find(({ id }) => id === 'success')?.target).toBe(own ? 0.99 : 0.9)
        expect(readFileSync(join(dir, 'report.md'), 'utf8')).toContain('HELD')
      })
      await holds()
    },
  )

  function findNode(version: string): [string, string][] {
    try {
      return [[version, nodeOf(version)]]
    } catch (error) {
      if (ALL_CAN_BE_HAD) throw error
      process.stderr.write(`NOT TESTED: the package on Node ${version}: ${messageOf(error)}\n`)
      return []
    }
  }
})
