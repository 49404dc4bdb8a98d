/** The three alerts, and for how long what each watches has to be out of bounds. */
export const ALERTS = [
  { id: 'p95', windowMs: 900_000 },
  { id: 'success', windowMs: 300_000 },
  { id: 'cost', windowMs: 900_000 },
] as const
export type AlertId = (typeof ALERTS)[number]['id']
export const ALERT_IDS = ['p95', 'success', 'cost'] as const satisfies readonly AlertId[]
