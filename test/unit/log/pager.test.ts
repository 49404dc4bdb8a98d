import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPager, openLogReader, openLogWriter, pageOut, type Page } from '../../../src/log/index.ts'
import type { RequestRecord } from '../../../src/record/index.ts'
import { newLogPath } from '../../support/log-path.ts'
import { requestRecord } from '../../support/request-records.ts'
import { testClock } from '../../support/test-clock.ts'

const objectives = { success: 0.995, p95Ms: 2500, costUsd: 0.015 }
const bad = { outcome: 'failed', class: 'overloaded', costUsd: 0 } as const
const MINUTE = 60_000

/** A log that is written and looked at every half minute, on a clock of the test's own. */
function desk(path = newLogPath(), clock = testClock()) {
  const pages: Page[] = []
  let works = true
  const complaints: string[] = []
  let writer = openLogWriter(path)
  const open = () =>
    createPager({
      database: writer.database,
      objectives,
      clock,
      deliver: async (page) => {
        if (!works) throw new Error('nobody there')
        pages.push(page)
      },
      onUndelivered: ({ rule }, error) => complaints.push(`${rule}: ${(error as Error).message}`),
    })
  let pager = open()
  return {
    path,
    clock,
    pages,
    complaints,
    said: () => pages.map(({ rule, state }) => `${rule} ${state}`),
    works: (yes: boolean) => (works = yes),
    restart: () => {
      writer.close()
      writer = openLogWriter(path)
      pager = open()
    },
    /** Lets minutes pass with so many requests in each half of them. */
    pass: async (
      minutes: number,
      perHalf: number,
      more: (index: number) => Partial<RequestRecord> = () => ({}),
    ) => {
      for (let half = 0; half < minutes * 2; half++) {
        await clock.advance(MINUTE / 2)
        const at = clock.wall().getTime()
        writer.write(
          Array.from({ length: perHalf }, (_, index) => requestRecord(at - index, more(index))),
          { requests: 0, atMs: at },
        )
        await clock.advance(1)
        await pager.look()
      }
    },
  }
}

describe('the pager', () => {
  it('pages once when success has been too low for five minutes, and resolves once', async () => {
    const { pass, said, pages } = desk()
    await pass(16, 10)
    expect(said()).toEqual([])
    await pass(4, 10, (index) => (index < 2 ? bad : {}))
    expect(said()).toEqual([])
    await pass(2, 10, (index) => (index < 2 ? bad : {}))
    expect(said()).toEqual(['success fired'])
    await pass(10, 10, (index) => (index < 2 ? bad : {}))
    expect(said()).toEqual(['success fired'])
    await pass(20, 10)
    expect(said()).toEqual(['success fired', 'success resolved'])
    expect(pages[0]).toMatchObject({
      text: expect.stringMatching(
        /^\[gameday\] FIRING: success below 99\.5% for 5m \(\d+ of \d+ requests failed\)$/,
      ) as unknown,
    })
  })

  it('pages nobody for a failover of a few seconds', async () => {
    const { pass, said } = desk()
    await pass(6, 50)
    await pass(0.5, 50, () => bad)
    await pass(20, 50)
    expect(said()).toEqual([])
  })

  it.each([
    ['p95', { durationMs: 3000 }, 'p95 fired'],
    ['cost', { costUsd: 0.02 }, 'cost fired'],
  ])('pages for %s after fifteen minutes, and for nothing else', async (_rule, more, fired) => {
    const { pass, said } = desk()
    await pass(16, 10)
    await pass(11, 10, () => more)
    expect(said()).toEqual([])
    await pass(5, 10, () => more)
    expect(said()).toEqual([fired])
  })

  it('pages nobody for want of requests, and never takes silence for recovery', async () => {
    const { pass, said } = desk()
    await pass(10, 1, () => bad)
    expect(said()).toEqual([])
    await pass(10, 10, () => bad)
    expect(said()).toEqual(['success fired'])
    await pass(60, 0)
    expect(said()).toEqual(['success fired'])
  })

  it('neither pages again nor forgets to resolve when it is restarted in between', async () => {
    const { pass, said, restart } = desk()
    await pass(7, 10, () => bad)
    expect(said()).toEqual(['success fired'])
    restart()
    await pass(5, 10, () => bad)
    restart()
    await pass(5, 10)
    expect(said()).toEqual(['success fired', 'success resolved'])
  })

  it('brings a page later that nobody took, in order, and complains once', async () => {
    const { pass, said, works, complaints, restart } = desk()
    works(false)
    await pass(7, 10, () => bad)
    await pass(5, 10)
    expect(said()).toEqual([])
    expect(complaints).toEqual(['success: nobody there'])
    restart()
    works(true)
    await pass(0.5, 10)
    expect(said()).toEqual(['success fired', 'success resolved'])
  })

  it('pages once where two routers keep one log', async () => {
    const one = desk()
    const two = desk(one.path, one.clock)
    await one.pass(7, 10, () => bad)
    await two.pass(3, 10, () => bad)
    expect([...one.said(), ...two.said()]).toEqual(['success fired'])
  })

  it('is not moved by a drill', async () => {
    const { pass, said } = desk()
    await pass(10, 20, () => ({ ...bad, drill: 'r7x' }))
    expect(said()).toEqual([])
  })

  it('keeps what it paged where others can read it', async () => {
    const { pass, path } = desk()
    await pass(7, 10, () => bad)
    const reader = openLogReader(path)
    expect(reader?.pages(10)).toMatchObject([
      { rule: 'success', kind: 'fired', deliveredMs: expect.any(Number) as unknown },
    ])
    reader?.close()
  })
})

const page: Page = {
  rule: 'success',
  state: 'fired',
  at: '2026-11-20T12:00:00.000Z',
  detail: '3 of 20',
  text: 'FIRING',
}

describe('bringing a page', () => {
  async function webhook(status: number) {
    const bodies: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        bodies.push(body)
        response.writeHead(status).end('ok')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/SECRET`, bodies }
  }

  it('posts to a webhook what Slack takes', async () => {
    const { url, bodies } = await webhook(200)
    await pageOut({ webhook: url, command: null })(page)
    expect(bodies).toEqual(['{"text":"FIRING"}'])
  })

  it('rejects where the webhook refuses or is not there, without its address', async () => {
    const { url } = await webhook(404)
    await expect(pageOut({ webhook: url, command: null })(page)).rejects.toThrow('the webhook answered 404')
    const gone = pageOut({ webhook: 'http://127.0.0.1:1/SECRET', command: null })(page)
    await expect(gone).rejects.toThrow(/could not be reached/)
    await expect(gone).rejects.not.toThrow(/SECRET/)
  })

  it('starts a command with the page on its input, and knows whether it worked', async () => {
    const path = newLogPath()
    const file = join(dirname(dirname(path)), 'page.json')
    const read = `require('fs').writeFileSync(${JSON.stringify(file)}, require('fs').readFileSync(0))`
    await pageOut({ webhook: null, command: [process.execPath, '-e', read] })(page)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(page)
    await expect(
      pageOut({ webhook: null, command: [process.execPath, '-e', 'process.exit(3)'] })(page),
    ).rejects.toThrow(/ended with exit code 3/)
    await expect(pageOut({ webhook: null, command: ['/no/such/program'] })(page)).rejects.toThrow(
      /could not be started/,
    )
  })
})
