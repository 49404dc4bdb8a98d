import type { Exchange } from './exchange.ts'

/** What stands behind the gate: a simulated provider, or the way to a real one. */
export interface Answerer {
  /** Answers a request whose key was accepted. Rejects if the caller goes away, or if an upstream breaks off. */
  answer(exchange: Exchange): Promise<void>
  /** Adds to the attempt what only this side knows, once the exchange is over. */
  settle(exchange: Exchange): void
  close(): Promise<void>
}
