import type { MetricsPage } from '../types.ts'
import { countRequests, type Counting } from './requests.ts'
import { showStanding, type MetricsSources } from './standing.ts'

export interface Metrics extends Omit<Counting, 'settle'> {
  page: () => Promise<MetricsPage>
}

/**
 * Makes the metrics of one router in Prometheus' text format, with those of its process. The library is loaded only here:
 * the router of a drill has no metrics, and would wait for it.
 */
export async function createMetrics(sources: MetricsSources): Promise<Metrics> {
  const { default: prom } = await import('prom-client')
  const registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry })
  showStanding(prom, registry, sources)
  const { settle, ...counting } = countRequests(prom, registry)
  return {
    ...counting,
    page: async () => {
      settle()
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
