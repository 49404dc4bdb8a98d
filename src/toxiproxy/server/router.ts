import { ROUTES, type Route } from './routes.ts'

/** Where a request leads. */
export type Destination =
  | { kind: 'route'; route: Route; proxy: string; toxic: string }
  | { kind: 'redirect'; location: string }
  | { kind: 'not-found' }
  | { kind: 'wrong-method' }
  | { kind: 'bad-path' }

interface Pattern {
  route: Route
  expression: RegExp
}

const PATTERNS: readonly Pattern[] = ROUTES.map((route) => ({
  route,
  expression: new RegExp(
    `^${route.path.replace(':proxy', '(?<proxy>[^/]+)').replace(':toxic', '(?<toxic>[^/]+)')}$`,
  ),
}))

/** Finds the route of a request. Names are decoded first, so that one with a slash in it can never be reached. */
export function routeOf(method: string, url: string): Destination {
  // A client that takes this for an HTTP proxy writes the whole address.
  const [rawPath = '', query] = url.replace(/^https?:\/\/[^/]*/, '').split(/\?(.*)/s, 2)
  const path = decode(rawPath)
  if (path === null) return { kind: 'bad-path' }
  const clean = cleanPath(path)
  if (clean !== path)
    return { kind: 'redirect', location: encodeURI(clean) + (query === undefined ? '' : `?${query}`) }

  const matching = PATTERNS.map(({ route, expression }) => ({ route, match: expression.exec(path) })).filter(
    ({ match }) => match !== null,
  )
  if (matching.length === 0) return { kind: 'not-found' }
  const found = matching.find(({ route }) => route.methods.includes(method))
  if (found === undefined) return { kind: 'wrong-method' }
  return {
    kind: 'route',
    route: found.route,
    proxy: found.match?.groups?.['proxy'] ?? '',
    toxic: found.match?.groups?.['toxic'] ?? '',
  }
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/** Resolves dots and doubled slashes, and keeps a slash at the end. */
function cleanPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`
}
