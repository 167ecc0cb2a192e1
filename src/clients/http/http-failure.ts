import { errors } from 'undici';
import { SecretMissing } from '../../config/secret.ts';

/** Codes of Node's and undici's errors; they hold no data of the request. */
const CODE = /^[A-Z][A-Z0-9_]{2,60}$/;

/** Why there was no whole answer. */
export const HttpFailureKind = {
  Unreachable: 'unreachable',
  Timeout: 'timeout',
  TooLarge: 'too_large',
  /** Our own credentials could not be read; nothing was sent. */
  NoCredentials: 'no_credentials',
} as const;
export type HttpFailureKind = (typeof HttpFailureKind)[keyof typeof HttpFailureKind];

/**
 * There was no whole answer. The message has the server's origin and a code: the cause is dropped, because it may carry
 * the request with its headers.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: HttpFailureKind;

  constructor(server: string, error: unknown) {
    const { kind, why } = classify(error);
    super(`${server} gave no answer: ${why}`);
    this.kind = kind;
  }
}

function classify(error: unknown): { kind: HttpFailureKind; why: string } {
  if (error instanceof SecretMissing) return { kind: HttpFailureKind.NoCredentials, why: error.message };
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return { kind: HttpFailureKind.TooLarge, why: 'it is too large' };
  }
  if (error instanceof errors.ConnectTimeoutError || (error instanceof Error && error.name === 'TimeoutError')) {
    return { kind: HttpFailureKind.Timeout, why: 'time ran out' };
  }
  return { kind: HttpFailureKind.Unreachable, why: codeOf(error) };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'code' in error && typeof error.code === 'string' && CODE.test(error.code) ? error.code : error.name;
}
