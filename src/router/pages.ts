import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { pathOf } from './routes.ts'

/** What one of the router's own pages answers. */
export interface Page {
  status: number
  contentType: string
  text: string
}

/** Pages by their path. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>

/** Answers at these paths itself, and leaves all others to `next`. */
export function withPages(pages: Pages, next: RequestListener): RequestListener {
  const byPath = new Map(Object.entries(pages))
  return (request, response) => {
    const page = byPath.get(pathOf(request))
    if (page === undefined) return next(request, response)
    request.resume()
    void answer(page, request, response)
  }
}

async function answer(
  page: Pages[string],
  { method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isRead = method === 'GET' || method === 'HEAD'
  const { status, contentType, text } = isRead
    ? await Promise.resolve(page()).catch(() => plain(500, 'this page could not be made'))
    : plain(405, 'this page is only read')
  const body = Buffer.from(text)
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(isRead ? {} : { allow: 'GET, HEAD' }),
  })
  response.end(method === 'HEAD' ? undefined : body)
}

/** A page of one line. */
export function plain(status: number, line: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${line}\n` }
}
