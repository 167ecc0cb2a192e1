/**
 * A source of evidence is unreachable, overloaded or failed. It never leaves the clients: the signal is then unknown,
 * and unknown evidence is not good.
 */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
}
