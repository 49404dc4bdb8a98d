import { describe, expect, it } from 'vitest'
import type { Records } from '../../../src/record/index.ts'
import { composeResult } from '../../../src/report/index.ts'
import { emptyRow, fitted, textWidth } from '../../../src/report/svg/geometry.ts'
import { thinned } from '../../../src/report/svg/thin.ts'
import { timeTicks } from '../../../src/report/svg/time-axis.ts'
import { drawTimeline } from '../../../src/report/svg/timeline.ts'
import { trailingP95, windowFor } from '../../../src/report/svg/trailing.ts'
import { asFailed, changeEvents, changeSamples, fridayRecords, killedAt } from '../../support/records.ts'
import { xmlFault } from '../../support/report-xml.ts'

const draw = (records: Records) => drawTimeline(composeResult(records), records)
const healthy = fridayRecords()
const HOSTILE = '</text><script>alert(1)</script>"\'&\u0000\u202e 日本 ]]>'

describe('the timeline', () => {
  const variants: [string, Records][] = [
    ['a healthy drill', healthy],
    ['half an hour', fridayRecords({ scale: 12, perSecond: 10 })],
    ['twenty seconds', fridayRecords({ scale: 0.15 })],
    ['a router that never fails over', fridayRecords({ router: { neverFailsOver: () => true } })],
    ['a killed run', killedAt(healthy, 45_000)],
    ['a run killed at once', killedAt(healthy, 0)],
    ['no samples', { ...healthy, samples: [], attempts: [] }],
    [
      'hostile names',
      changeEvents(
        changeEvents(healthy, 'run.started', (entry) => ({
          ...entry,
          drill: { ...entry.drill, title: HOSTILE },
        })),
        'phase.started',
        (entry) => ({ ...entry, name: HOSTILE }),
      ),
    ],
  ]
  it.each(variants)('is well-formed and free of holes for %s', (_name, records) => {
    const svg = draw(records)
    expect(xmlFault(svg)).toBeNull()
    expect(svg).not.toMatch(/NaN|undefined|null|Infinity/)
    expect(svg).not.toMatch(/<script|href|data:|@import|url\((?!#)/)
  })

  it('draws the same bytes from the same records', () => {
    expect(draw(fridayRecords())).toBe(draw(fridayRecords()))
  })

  it('rounds coordinates to a tenth', () => {
    expect(draw(healthy).replace(/<style>.*<\/style>/, '')).not.toMatch(/\d\.\d{2,}(?!\d* s)/)
  })

  it('names its phases and faults, and says in words what it shows', () => {
    const svg = draw(healthy)
    for (const words of [
      '>Baseline<',
      '>Slow primary<',
      '1 · revoke-key on primary',
      '2 · latency on primary',
      'p95 limit 2.5 s',
      'none of 5,359',
    ])
      expect(svg).toContain(words)
    expect(/<desc[^>]*>(.*?)<\/desc>/.exec(svg)?.[1]).toMatch(
      /^A timeline of 2 min 30 s with 9 phases and 5,359 requests, of which none failed\. Fault 1,/,
    )
  })

  it('keeps every failure, whatever the load', () => {
    const ids = new Set(
      healthy.samples
        .filter(({ lane }) => lane === 'main')
        .map(({ id }) => id)
        .filter((_, index) => index % 25 === 0),
    )
    const svg = draw(changeSamples(healthy, (sample) => (ids.has(sample.id) ? asFailed(sample) : sample)))
    const crosses = /<path class="cross" d="([^"]*)"\/><path class="halo"/.exec(svg)?.[1] ?? ''
    expect(crosses.match(/m0-6l-6 6/g)?.length).toBe(ids.size)
  })

  it('explains a phase whose name has no room by its number', () => {
    expect(draw(healthy)).toContain('1 Brief  ·  3 Go or no-go')
  })

  it('brings its own ground for light and for dark pages', () => {
    expect(draw(healthy)).toMatch(/@media \(prefers-color-scheme:dark\)/)
  })
})

describe('what the timeline is made of', () => {
  it('follows p95 only over a hundred requests or more, failures as infinite', () => {
    const main = healthy.samples.filter(({ lane }) => lane === 'main')
    const failing = main.map((sample) =>
      sample.intendedMs > 60_000 && Number(sample.id.slice(1)) % 10 === 0 ? asFailed(sample) : sample,
    )
    const { points } = trailingP95(failing, windowFor(40), 0, 150_000)
    const at = (ms: number) => points.find(({ atMs }) => atMs === ms)?.p95Ms
    expect(at(3000)).toBeNull()
    expect(at(20_000)).toBeGreaterThan(500)
    expect(at(70_000)).toBe('inf')
    expect(points.at(-1)?.atMs).toBeLessThanOrEqual(137_000)
  })

  it.each([
    [40, 5000],
    [10, 13_000],
    [2, 63_000],
  ])('looks back far enough at %i/s', (rate, ms) => expect(windowFor(rate)).toBe(ms))

  it('thins out to a bound, keeping the first of what coincides', () => {
    const dots = Array.from({ length: 50_000 }, (_, index) => ({
      x: (index * 7919) % 900,
      y: (index * 104_729) % 250,
    }))
    const kept = thinned(dots, 1000)
    expect(kept.length).toBeLessThanOrEqual(1000)
    expect(kept.length).toBeGreaterThan(300)
    expect(kept[0]).toEqual(dots[0])
    expect(thinned(dots.slice(0, 10), 1000)).toEqual(dots.slice(0, 10))
  })

  it('labels about ten round moments', () => {
    expect(timeTicks(150_000)).toEqual([
      0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000, 105_000, 120_000, 135_000, 150_000,
    ])
    expect(timeTicks(1_800_000).map((ms) => ms / 60_000)).toEqual([0, 5, 10, 15, 20, 25, 30])
  })

  it('never lets two labels of a row touch', () => {
    const row = emptyRow(0, 100)
    expect([row.take(0, 40), row.take(39, 50), row.take(40, 60), row.take(90, 101)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('cuts a label to its room', () => {
    expect(fitted('Restore the key', 12, 60)).toMatch(/^Rest.*…$/)
    expect(textWidth(fitted('日本語の長い名前', 12, 50), 12)).toBeLessThanOrEqual(50)
    expect(fitted('Restore', 12, 8)).toBe('')
  })
})
