import { z } from 'zod'
import { duration, formatDuration } from '../../base/index.ts'
import { kind, shareOf, shareText, type TellFault } from './parts.ts'

/** The faults of a provider's own, which its gate makes. */

const revokeKey = z.strictObject({
  kind: kind('revoke-key'),
  shape: z
    .enum(['invalid-api-key', 'account-deactivated', 'insufficient-quota', 'organization-disabled'])
    .default('invalid-api-key')
    .describe('How the vendor answers: 401, 401, 429, or the 400 that looks like the caller’s fault'),
  spreadOver: duration({ most: 3_600_000 })
    .prefault('0s')
    .describe('Refuse a growing share of requests until all are refused after this time'),
})

const slowFirstToken = z.strictObject({
  kind: kind('slow-first-token'),
  delay: duration({ least: 1, most: 600_000 }).describe('Added before the first token'),
  share: shareOf('requests'),
})

export const providerFaults = [revokeKey, slowFirstToken] as const
export type ProviderFaultSpec = z.infer<(typeof providerFaults)[number]>

const ANSWERS: Record<z.infer<typeof revokeKey>['shape'], string> = {
  'invalid-api-key': '401 invalid_api_key',
  'account-deactivated': '401 account_deactivated',
  'insufficient-quota': '429 insufficient_quota',
  'organization-disabled': '400 "organization has been disabled"',
}

export const providerStories: {
  [K in ProviderFaultSpec['kind']]: TellFault<Extract<ProviderFaultSpec, { kind: K }>>
} = {
  'revoke-key': (fault, target) => {
    const whom =
      fault.spreadOver === 0
        ? 'every request'
        : `a growing share of requests, after ${formatDuration(fault.spreadOver)} every one,`
    return {
      does: `the key of the ${target} is revoked at the gate: ${whom} is answered ${ANSWERS[fault.shape]}, as the vendor would`,
      undo: 'the gate accepts the key again',
    }
  },
  'slow-first-token': (fault, target) => ({
    does: `the gate of the ${target} holds back the first token of ${shareText(fault.share, 'every answer', 'the answers')} by ${formatDuration(fault.delay)}`,
    undo: 'the gate holds nothing back any more',
  }),
}
