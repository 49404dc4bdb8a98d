/** An error as the API tells it: a text and an HTTP status. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** Every error that the API can answer with, in Toxiproxy's own words. */
export const apiErrors = {
  badRequestBody: (why: string) => new ApiError(`bad request body: ${why}`, 400),
  missingField: (field: string) => new ApiError(`missing required field: ${field}`, 400),
  invalidStream: () => new ApiError('stream was invalid, can be either upstream or downstream', 400),
  invalidToxicType: () => new ApiError('invalid toxic type', 400),
  /** Not in Toxiproxy, whose 2.13 has a toxic of this name. */
  packetLoss: () =>
    new ApiError(
      'invalid toxic type: packet_loss would cut pieces out of the byte stream, which no network does to TCP; use latency, bandwidth, timeout or limit_data',
      400,
    ),
  proxyNotFound: () => new ApiError('proxy not found', 404),
  toxicNotFound: () => new ApiError('toxic not found', 404),
  proxyAlreadyExists: () => new ApiError('proxy already exists', 409),
  toxicAlreadyExists: () => new ApiError('toxic already exists', 409),
  /** Not in Toxiproxy, which reads a body of any size into memory. */
  bodyTooLarge: (bytes: number) => new ApiError(`request body larger than ${bytes} bytes`, 413),
  /** An address that cannot be read, resolved or bound. The text is the system's. */
  address: (text: string) => new ApiError(text, 500),
  internal: (text: string) => new ApiError(text, 500),
}
