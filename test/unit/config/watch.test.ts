import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfigFile, watchConfig } from '../../../src/config/index.ts'

/** Watches a file that holds "one"; each `look` is one reading of it. */
async function watched() {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-watch-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'gameday.yaml')
  writeFileSync(path, 'one')
  return { folder, path, ...(await watching(path)) }
}

async function watching(path: string) {
  const told: (string | null)[] = []
  const stop = new AbortController()
  let wake: () => void = () => undefined
  let slept: () => void = () => undefined
  const done = watchConfig({
    path,
    last: await readConfigFile(path).catch(() => null),
    clock: {
      sleep: () =>
        new Promise<void>((resolve) => {
          wake = resolve
          slept()
        }),
    },
    signal: stop.signal,
    onChange: (file) => told.push(file === null ? null : Buffer.from(file.bytes).toString()),
  })
  const look = async () => {
    const again = new Promise<void>((resolve) => (slept = resolve))
    wake()
    await again
  }
  onTestFinished(async () => {
    stop.abort()
    wake()
    await done
  })
  return { told, look }
}

describe('watching the configuration file', () => {
  it('tells a change once, when the file has been the same twice', async () => {
    const { path, look, told } = await watched()
    await look()
    await look()
    expect(told).toEqual([])
    writeFileSync(path, 'two')
    await look()
    expect(told).toEqual([])
    await look()
    await look()
    await look()
    expect(told).toEqual(['two'])
  })

  it('passes over what is half written', async () => {
    const { path, look, told } = await watched()
    for (const piece of ['', 'thr', 'ee']) {
      if (piece === '') writeFileSync(path, '')
      else appendFileSync(path, piece)
      await look()
    }
    await look()
    expect(told).toEqual(['three'])
  })

  it('sees a file that is written by renaming another', async () => {
    const { path, look, told } = await watched()
    writeFileSync(`${path}.new`, 'two')
    renameSync(`${path}.new`, path)
    await look()
    await look()
    expect(told).toEqual(['two'])
  })

  it('passes over a moment without a file, and tells that it is gone and that it is back', async () => {
    const { path, look, told } = await watched()
    unlinkSync(path)
    await look()
    writeFileSync(path, 'one')
    await look()
    await look()
    expect(told).toEqual([])
    unlinkSync(path)
    await look()
    await look()
    await look()
    expect(told).toEqual([null])
    writeFileSync(path, 'one')
    await look()
    await look()
    expect(told).toEqual([null, 'one'])
  })

  it('sees a link in its way turned to another folder', async () => {
    const { folder } = await watched()
    for (const name of ['first', 'second']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'gameday.yaml'), name)
    }
    symlinkSync('first', join(folder, 'data'))
    const { look, told } = await watching(join(folder, 'data', 'gameday.yaml'))
    symlinkSync('second', join(folder, 'data.new'))
    renameSync(join(folder, 'data.new'), join(folder, 'data'))
    await look()
    await look()
    expect(told).toEqual(['second'])
  })

  it('waits for a file that was not there', async () => {
    const { folder } = await watched()
    const path = join(folder, 'later.yaml')
    const { look, told } = await watching(path)
    await look()
    writeFileSync(path, 'here')
    await look()
    await look()
    expect(told).toEqual(['here'])
  })
})
