import type { EnvelopedError, WireError } from '../format.ts'

/** An error as it goes into another format's envelope: by its class, for the words of vendors differ. */
export function envelopeFor({ class: failureClass, code, message }: WireError): EnvelopedError {
  const type = failureClass === 'caller-fault' ? 'invalid_request_error' : failureClass.replaceAll('-', '_')
  // A vendor that has no codes repeats its type, which means nothing elsewhere.
  return { type, code: code?.endsWith('_error') === true ? null : code, message }
}
