import { randomBytes } from 'node:crypto'
import type { ProviderRole } from '../base/index.ts'

/** Makes a key that one gate accepts; in the vendor's outer form, because routers are known to check it. */
export const gateKey = (role: ProviderRole) => `sk-gameday-${role}-${randomBytes(18).toString('base64url')}`

/** Makes the token that a gate's control endpoint asks for. */
export const gateToken = () => randomBytes(24).toString('base64url')
