import type { IncomingHttpHeaders } from 'node:http'

/** A whole answer, as the target sent it or as it goes to the caller. */
export interface WholeAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}
