/** What was read a moment ago is not read again; one that is being read is waited for. A failure is not remembered. */
export function remembered<Request, Answer>(options: {
  readonly read: (request: Request) => Promise<Answer>;
  readonly key: (request: Request) => string;
  readonly lastsMs: number;
}): (request: Request) => Promise<Answer> {
  const { read, key, lastsMs } = options;
  const known = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
  return async (request) => {
    const name = key(request);
    const last = known.get(name);
    if (last !== undefined && performance.now() - last.at < lastsMs) return await last.answer;
    const answer = read(request);
    known.set(name, { at: performance.now(), answer });
    try {
      return await answer;
    } catch (error) {
      known.delete(name);
      throw error;
    }
  };
}
