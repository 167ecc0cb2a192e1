/** An answer that is none. The message is for people. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** HTTP status; 0: there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Body {
  readonly detail?: unknown;
  readonly errors?: readonly { readonly path?: unknown; readonly message?: unknown }[];
}

/** What the API says of its refusal, as problem details (RFC 9457). */
export function problemOf(status: number, body: unknown): Problem {
  const { detail, errors } = (typeof body === 'object' && body !== null ? body : {}) as Body;
  const text = typeof detail === 'string' ? detail : `Mendloop answered with status ${status}.`;
  const faults = Array.isArray(errors) ? errors.map(({ path, message }) => `${String(path)} ${String(message)}`) : [];
  return new Problem(status, [text, ...faults].join(' '));
}

/** Whatever went wrong as something to tell. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, error instanceof TypeError ? 'Mendloop cannot be reached.' : String(error));
}
