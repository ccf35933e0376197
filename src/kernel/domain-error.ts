/** What kind of refusal an error is; the gateway alone knows which HTTP status that means. */
export type ErrorKind =
  | 'invalid' // the input is wrong: 422 (400 for what cannot even be parsed)
  | 'unauthenticated' // 401
  | 'payment_required' // 402
  | 'forbidden' // 403
  | 'not_found' // 404, also for what belongs to somebody else
  | 'conflict' // 409
  | 'precondition_failed' // 412
  | 'precondition_required' // 428
  | 'too_large' // 413
  | 'unsupported_media_type' // 415
  | 'rate_limited' // 429
  | 'unavailable'; // 503

/** One bad field: a JSON pointer into the input, a stable code, and what the text needs. */
export interface FieldError {
  pointer: string;
  code: string;
  params?: Record<string, string | number>;
}

export interface DomainErrorDetails {
  /** Values for the localised text; never secrets, bodies or whole phone numbers. */
  params?: Record<string, string | number>;
  errors?: FieldError[];
  /** Further members of the problem document, such as `items` or `shortfall`. */
  extension?: Record<string, unknown>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * An expected refusal. `code` is stable and part of the API; texts are looked up by code in the gateway's catalogue.
 * Bugs are not domain errors: they throw whatever they throw and end as 500.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    readonly details: DomainErrorDetails = {},
  ) {
    super(code, { cause: details.cause });
    this.name = 'DomainError';
  }
}
