import type { Records, Result } from '../../record/index.ts'
import { longDate, span } from '../format.ts'
import { routerText } from '../words.ts'
import { escapeXml } from '../xml.ts'
import { controlStrip } from './control.ts'
import { description } from './description.ts'
import { failurePanel, failureTitle } from './failures.ts'
import { faultRows, faultVeil } from './faults.ts'
import { LEFT, RIGHT, WIDTH, fitted } from './geometry.ts'
import { latencyPanel, latencyTitle } from './latency.ts'
import { legend } from './legend.ts'
import { phaseStrip } from './phases.ts'
import { sceneOf, type Scene } from './scene.ts'
import { PATTERNS, STYLE } from './style.ts'
import { timeGrid, timeLabels } from './time-axis.ts'

/**
 * Draws a drill on one axis of time:
 *
 *     title, legend
 *     phases          one strip
 *     faults          in force to undone; detect, switch, stable, home again
 *     failures        bars
 *     response time   a mark a request, trailing p95, limit
 *     control lane    ok above, failed below
 *
 * A pure function of its arguments: the same records give the same bytes.
 */
export function drawTimeline(result: Result, records: Records): string {
  const scene = sceneOf(result, records)
  const parts: string[] = []
  let y = 88

  const add = ({ svg, height }: { svg: string; height: number }, gap: number) => {
    parts.push(svg)
    y += height + gap
  }
  const titled = (
    title: string,
    draw: (scene: Scene, top: number) => { svg: string; height: number },
    gap: number,
  ) => {
    parts.push(`<text class="head small" x="${LEFT}" y="${y + 10}">${escapeXml(title)}</text>`)
    y += 18
    const top = y
    const panel = draw(scene, top)
    parts.push(timeGrid(scene, top, top + panel.height), faultVeil(scene, top, top + panel.height))
    add(panel, gap)
  }

  const key = legend(scene, 64)
  parts.push(key.svg)
  y += Math.max(0, key.height - 18)
  add(phaseStrip(scene, y), 10)
  add(faultRows(scene, y), 12)
  titled(failureTitle(scene), failurePanel, 14)
  titled(latencyTitle(scene), latencyPanel, 14)
  titled('Control lane: straight to the primary, without the router', controlStrip, 4)
  parts.push(timeLabels(scene, y + 12))
  return frame(result, y + 24, parts.join(''))
}

function frame(result: Result, height: number, content: string): string {
  const title = `${result.drill.title}: ${result.verdict ?? 'no verdict'}`
  const { startedAt, durationMs, mode } = result.run
  const subtitle = `${longDate(startedAt)} · ${span(durationMs)} · ${mode} · ${routerText(result)} · run ${result.run.id}`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">` +
    `<title id="title">${escapeXml(title)}</title><desc id="desc">${escapeXml(description(result))}</desc>` +
    `<style>${STYLE}</style><defs>${PATTERNS}</defs>` +
    `<rect class="ground" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>` +
    `<text class="title" x="20" y="32">${escapeXml(fitted(title, 18, RIGHT - 20))}</text>` +
    `<text class="quiet" x="20" y="52">${escapeXml(fitted(subtitle, 12, RIGHT - 20))}</text>` +
    `${content}</svg>\n`
  )
}
