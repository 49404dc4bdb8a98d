import { z } from 'zod'
import { duration, formatDuration } from '../../../base/index.ts'
import { kind, type TellFault } from '../parts.ts'

export const REVOCATION_SHAPES = [
  'invalid-api-key',
  'account-deactivated',
  'insufficient-quota',
  'organization-disabled',
] as const

export const revokeKey = z.strictObject({
  kind: kind('revoke-key'),
  shape: z
    .enum(REVOCATION_SHAPES)
    .default('invalid-api-key')
    .describe('How the vendor answers: 401, 401, 429, or the 400 that looks like the caller’s fault'),
  spreadOver: duration({ most: 3_600_000 })
    .prefault('0s')
    .describe('Refuse a growing share of requests until all are refused after this time'),
})
type RevokeKey = z.infer<typeof revokeKey>

const ANSWERS: Record<RevokeKey['shape'], string> = {
  'invalid-api-key': '401 invalid_api_key',
  'account-deactivated': '401 account_deactivated',
  'insufficient-quota': '429 insufficient_quota',
  'organization-disabled': '400 "organization has been disabled"',
}

export const tellRevokeKey: TellFault<RevokeKey> = (fault, target) => {
  const whom =
    fault.spreadOver === 0
      ? 'every request'
      : `a growing share of requests, after ${formatDuration(fault.spreadOver)} every one,`
  return {
    does: `the key of the ${target} is revoked at the gate: ${whom} is answered ${ANSWERS[fault.shape]}, as the vendor would`,
    undo: 'the gate accepts the key again',
  }
}
