import type { EnvelopedError, ErrorAnswer, ErrorDetails, ErrorKind } from '../format.ts'

interface Shape {
  status: number
  type: string
  message: (details: ErrorDetails) => string
  /** What the vendor adds for programs, since its messages may change. */
  errorCode?: string
  headers?: (details: ErrorDetails) => Record<string, string>
}

/**
 * The vendor's errors, in the words that users have reported in the issue trackers of its clients. An account that is
 * closed and an empty balance come as a 400, as if the caller had made a mistake.
 */
const SHAPES: Record<ErrorKind, Shape> = {
  'invalid-api-key': { status: 401, type: 'authentication_error', message: () => 'invalid x-api-key' },
  // The code is the one its SDK knows (1.11.0); the wording is ours, as nobody has reported the vendor's.
  'account-deactivated': {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'This organization is on hold.',
    errorCode: 'organization_on_hold',
  },
  'insufficient-quota': {
    status: 400,
    type: 'invalid_request_error',
    message: () =>
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  },
  'organization-disabled': {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'This organization has been disabled.',
  },
  'missing-api-key': {
    status: 401,
    type: 'authentication_error',
    message: () => 'x-api-key header is required',
  },
  'rate-limited': {
    status: 429,
    type: 'rate_limit_error',
    message: () =>
      "This request would exceed your organization's rate limit of 50,000 input tokens per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.",
    headers: ({ retryAfterMs }) => ({
      ...(retryAfterMs !== null && { 'retry-after': String(Math.ceil((retryAfterMs ?? 1000) / 1000)) }),
      'anthropic-ratelimit-input-tokens-limit': '50000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
    }),
  },
  'server-error': { status: 500, type: 'api_error', message: () => 'Internal server error' },
  overloaded: {
    status: 529,
    type: 'overloaded_error',
    message: () => 'Overloaded',
    headers: () => ({ 'x-should-retry': 'true' }),
  },
  'unparsable-body': {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'The request body is not valid JSON.',
  },
  'missing-parameter': {
    status: 400,
    type: 'invalid_request_error',
    message: ({ parameter = '' }) => `${parameter}: Field required`,
  },
  'too-many-breakpoints': {
    status: 400,
    type: 'invalid_request_error',
    message: ({ breakpoints = 0 }) =>
      `A maximum of 4 blocks with cache_control may be provided. Found ${breakpoints}.`,
  },
  'context-too-long': {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'prompt is too long: 4731 tokens > 4096 maximum',
  },
  'tools-unsupported': {
    status: 400,
    type: 'invalid_request_error',
    message: () => 'This model does not support tools.',
  },
  'too-large': {
    status: 413,
    type: 'request_too_large',
    message: () => 'Request exceeds the maximum size',
  },
  'model-not-found': {
    status: 404,
    type: 'not_found_error',
    message: ({ model = '' }) => `model: ${model}`,
  },
  'unknown-url': { status: 404, type: 'not_found_error', message: () => 'Not Found' },
}

/** Writes an Anthropic error: status, headers and the body `{"type":"error","error":{"type","message"},"request_id"}`. */
export function anthropicErrorAnswer(kind: ErrorKind, details: ErrorDetails): ErrorAnswer {
  const { status, type, message, errorCode, headers } = SHAPES[kind]
  const { requestId } = details
  return {
    status,
    headers: { 'content-type': 'application/json', 'request-id': requestId, ...headers?.(details) },
    body: envelope(type, message(details), errorCode ?? null, requestId),
  }
}

/** The vendor's types by the words with which others name an error. What it has no word for is an `api_error`. */
const TYPES: Readonly<Record<string, string>> = {
  invalid_request_error: 'invalid_request_error',
  caller_fault: 'invalid_request_error',
  refused: 'invalid_request_error',
  credential: 'authentication_error',
  quota: 'billing_error',
  rate_limit: 'rate_limit_error',
  overloaded: 'overloaded_error',
  timeout: 'timeout_error',
}

/** Writes an error that no provider has written, in Anthropic's envelope. Its code goes where the vendor puts codes. */
export function anthropicErrorBody({ type, code, message, requestId }: EnvelopedError): string {
  return envelope(
    TYPES[type] ?? 'api_error',
    message,
    code ?? (type in TYPES ? null : type),
    requestId ?? null,
  )
}

function envelope(type: string, message: string, errorCode: string | null, requestId: string | null): string {
  const details = errorCode === null ? null : { error_code: errorCode }
  return JSON.stringify({ type: 'error', error: { details, type, message }, request_id: requestId })
}
