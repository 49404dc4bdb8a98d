import type { Observed } from '../../record/index.ts'

/** Says why an answer is none: `credential, 401`. */
export const why = ({ outcome, class: reason, status }: Observed) =>
  [outcome === 'failed' ? (reason ?? outcome) : outcome, ...(status === null ? [] : [String(status)])].join(
    ', ',
  )
