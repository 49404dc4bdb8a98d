/** How hard a model is to think, in the words that both formats have. */
export const EFFORTS: ReadonlySet<unknown> = new Set(['low', 'medium', 'high', 'xhigh'])
