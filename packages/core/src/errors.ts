const brand: unique symbol = Symbol.for('@tasklearn/core/error') as never;

/** Codes of errors that core's contract names. A plugin's own codes start with its package name and a colon. */
export type CoreErrorCode =
  | 'INVALID_OPTION'
  | 'INVALID_PLUGIN'
  | 'INVALID_PLAN'
  | 'NO_SUCH_LEARNER'
  | 'NO_SUCH_DISTRIBUTION'
  | 'UNSUPPORTED_TASK'
  | 'SHAPE_MISMATCH'
  | 'NOT_FINITE'
  | 'NOT_DIFFERENTIABLE'
  | 'NOT_RECORDABLE'
  | 'BACKEND_UNAVAILABLE'
  | 'RESET_NEEDED'
  | 'MISSING_DATA'
  | 'CORRUPT_FILE'
  | 'WRITE_FAILED'
  | 'DISPOSED';

/** A core code, or a plugin's own: `@acme/reptile:SOME_CODE`. */
export type ErrorCode = CoreErrorCode | `${string}:${string}`;

/** Data about an error, for programs. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The one error class. The message says what was called, what was expected, what came and what to do;
 * `code` and `details` say the same to a program.
 */
export class TasklearnError extends Error {
  override readonly name = 'TasklearnError';
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { readonly cause?: unknown } = {}) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = rest;
  }

  /** True for an error made by any installed copy of core; with a code, only for that code. */
  static is(error: unknown, code?: ErrorCode): error is TasklearnError {
    return (
      typeof error === 'object' &&
      error !== null &&
      brand in error &&
      (code === undefined || (error as TasklearnError).code === code)
    );
  }
}
