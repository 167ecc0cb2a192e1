import { errors } from 'undici';

/** Codes of Node's and undici's errors that are worth telling; they hold no data of the request. */
const CODE = /^[A-Z][A-Z0-9_]{2,60}$/;

/**
 * There was no whole answer. The message has the server's name and a code: causes are dropped, because they may carry
 * the request with its headers.
 */
export class HttpFailure extends Error {
  readonly timedOut: boolean;

  constructor(endpoint: string, error: unknown) {
    const reason = reasonOf(error);
    super(`${endpoint} gave no answer (${reason})`);
    this.name = 'HttpFailure';
    this.timedOut = reason === 'timeout';
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError' || error instanceof errors.ConnectTimeoutError) return 'timeout';
  if (error instanceof errors.ResponseExceededMaxSizeError) return 'answer too large';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CODE.test(code)) return code;
  return error.message.startsWith('environment variable') || error.message.startsWith('secret file')
    ? error.message
    : error.name;
}
