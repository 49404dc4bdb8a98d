/**
 * Colours of the timeline, on light and on dark. The file is shown as an image, so it can use no style but its own; both
 * grounds are painted, so that it reads well even where page and reader's system disagree. No colour carries a meaning
 * alone: providers differ in shape, failures are crosses, faults are hatched and labelled.
 */
interface Ink {
  ground: string
  frame: string
  text: string
  quiet: string
  grid: string
  primary: string
  secondary: string
  cache: string
  failed: string
  fault: string
  good: string
  talk: string
  steady: string
}

const LIGHT: Ink = {
  ground: '#ffffff',
  frame: '#d1d9e0',
  text: '#1f2328',
  quiet: '#59636e',
  grid: '#e4e8ec',
  primary: '#0969da',
  secondary: '#c4580b',
  cache: '#1a7f37',
  failed: '#b3123a',
  fault: '#cf222e',
  good: '#1a7f37',
  talk: '#eff2f5',
  steady: '#dbe9fb',
}

const DARK: Ink = {
  ground: '#0d1117',
  frame: '#3d444d',
  text: '#f0f6fc',
  quiet: '#9198a1',
  grid: '#262c36',
  primary: '#58a6ff',
  secondary: '#f0883e',
  cache: '#3fb950',
  failed: '#ff8e98',
  fault: '#f85149',
  good: '#3fb950',
  talk: '#1b2129',
  steady: '#12294a',
}

const rules = (ink: Ink) =>
  `.ground{fill:${ink.ground};stroke:${ink.frame}}text{fill:${ink.text}}.quiet{fill:${ink.quiet}}` +
  `.grid{stroke:${ink.grid};fill:none}.axis{stroke:${ink.frame};fill:none}` +
  `.talk{fill:${ink.talk}}.steady{fill:${ink.steady}}.break{fill:${ink.fault};fill-opacity:.16}` +
  `.restore{fill:${ink.good};fill-opacity:.16}.edge{stroke:${ink.ground};stroke-width:1.5;fill:none}` +
  `.veil{fill:${ink.fault};fill-opacity:.06}.bar{fill:url(#hatch);stroke:${ink.fault}}.hatch{stroke:${ink.fault}}` +
  `.start{stroke:${ink.fault};fill:none}.undone{stroke:${ink.good};stroke-dasharray:5 3;fill:none}` +
  `.mark{fill:${ink.text};stroke:${ink.ground};stroke-width:1}.missed{fill:none;stroke:${ink.failed};stroke-width:2}` +
  `.failed{fill:${ink.failed}}.timeout{fill:url(#cross);stroke:${ink.failed};stroke-width:.6}` +
  `.truncated{fill:${ink.ground};stroke:${ink.failed};stroke-width:1}.crosshatch{stroke:${ink.failed};fill:none}` +
  `.primary{stroke:${ink.primary};fill:none}.secondary{fill:${ink.secondary}}.cache{fill:${ink.cache}}` +
  `.unknown{stroke:${ink.quiet};fill:none}.cross{stroke:${ink.failed};fill:none;stroke-width:1.6}` +
  `.halo{stroke:${ink.ground};stroke-width:5;stroke-opacity:.8;fill:none;stroke-linejoin:round}` +
  `.p95{stroke:${ink.text};stroke-width:2;fill:none;stroke-linejoin:round;stroke-linecap:round}` +
  `.limit{stroke:${ink.failed};stroke-width:1.4;stroke-dasharray:7 4;fill:none}.limit-text{fill:${ink.failed}}` +
  `.good{stroke:${ink.good};fill:none;stroke-width:1.4}.limit-mark{stroke:${ink.secondary};fill:none;stroke-width:1.3}`

export const STYLE =
  `text{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;font-size:12px}` +
  `.title{font-size:18px;font-weight:600}.small{font-size:11px}.head{font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}` +
  rules(LIGHT) +
  `@media (prefers-color-scheme:dark){${rules(DARK)}}`

/** Patterns: hatching for a fault in force, crossed lines for timeouts, so that neither depends on its colour. */
export const PATTERNS =
  `<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
  `<path class="hatch" d="M0 0V6" stroke-width="2" stroke-opacity=".35"/></pattern>` +
  `<pattern id="cross" width="4" height="4" patternUnits="userSpaceOnUse">` +
  `<path class="crosshatch" d="M0 0L4 4M4 0L0 4" stroke-width=".8"/></pattern>`
