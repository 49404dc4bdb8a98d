import type { StageConfig, ToxiproxyConfig } from '../config/index.ts'
import { toxiproxyControl, type ToxiproxyControl } from '../toxiproxy/index.ts'
import { startPart } from './part.ts'
import type { ToxiproxyPartData, ToxiproxyPartReady } from './workers/toxiproxy.ts'

export interface StagedToxiproxy {
  kind: 'embedded' | 'external'
  version: string
  control: ToxiproxyControl
  stop: () => Promise<void>
}

export interface StagedToxiproxyOptions {
  config: ToxiproxyConfig
  stage: StageConfig
  seed: number
  onDeath: (error: Error) => void
}

/** Uses the Toxiproxy that is configured, else starts the embedded one in a worker. One control path for both. */
export async function stageToxiproxy({
  config,
  stage,
  seed,
  onDeath,
}: StagedToxiproxyOptions): Promise<StagedToxiproxy> {
  if (config.url !== undefined) {
    const control = toxiproxyControl({ url: config.url, timeoutMs: config.timeout })
    return { kind: 'external', version: await control.version(), control, stop: async () => undefined }
  }
  const part = await startPart<ToxiproxyPartData, ToxiproxyPartReady, never, never, true>({
    name: 'toxiproxy',
    data: { host: stage.listen, port: stage.ports.toxiproxy, seed },
    onEvent: () => undefined,
    onDeath,
  })
  const control = toxiproxyControl({ url: part.ready.url, timeoutMs: config.timeout })
  return {
    kind: 'embedded',
    version: await control.version(),
    control,
    stop: async () => {
      await part.stop()
    },
  }
}
