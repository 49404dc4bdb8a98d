import { formatDuration, type ProviderRole } from '../base/index.ts'
import type { FaultOf, FaultSpec } from './faults.ts'

/** What a fault does and how it is undone, in sentences. */
export interface FaultStory {
  /** Such as `the key of the primary is revoked: ...`. */
  does: string
  /** Such as `the gate accepts the key again`. */
  undo: string
}

const ANSWERS: Record<FaultOf<'revoke-key'>['shape'], string> = {
  'invalid-api-key': '401 invalid_api_key',
  'account-deactivated': '401 account_deactivated',
  'insufficient-quota': '429 insufficient_quota',
  'organization-disabled': '400 "organization has been disabled"',
}

/** Tells a fault as people would be told of it. */
export function describeFault(fault: FaultSpec, target: ProviderRole): FaultStory {
  switch (fault.kind) {
    case 'revoke-key': {
      const whom =
        fault.spreadOver === 0
          ? 'every request'
          : `a growing share of requests, after ${formatDuration(fault.spreadOver)} every one,`
      return {
        does: `the key of the ${target} is revoked at the gate: ${whom} is answered ${ANSWERS[fault.shape]}, as the vendor would`,
        undo: 'the gate accepts the key again',
      }
    }
    case 'slow-first-token': {
      const share =
        fault.share === 1 ? 'every answer' : `${Number((fault.share * 100).toFixed(2))}% of the answers`
      return {
        does: `the gate of the ${target} holds back the first token of ${share} by ${formatDuration(fault.delay)}`,
        undo: 'the gate holds nothing back any more',
      }
    }
    case 'latency': {
      const jitter = fault.jitter === 0 ? '' : `, give or take ${formatDuration(fault.jitter)}`
      return {
        does: `Toxiproxy delays every piece of the answers of the ${target} by ${formatDuration(fault.latency)}${jitter}`,
        undo: 'the latency toxic is removed from its proxy',
      }
    }
    case 'refused':
      return {
        does: `Toxiproxy refuses every connection to the ${target}, and cuts those that are open`,
        undo: 'its proxy is enabled again',
      }
  }
}
