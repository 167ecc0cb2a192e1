/**
 * The token of a link as `mendloop up` prints it, `#token=...`; undefined for any other address. A fragment is sent to no
 * server.
 */
export function tokenOf(fragment: string): string | undefined {
  return /^#token=([\w.~-]{16,512})$/.exec(fragment)?.[1];
}

/** Takes the token out of the page's address, so that no history, bookmark or picture of the screen has it. */
export function takeToken(): string | undefined {
  const token = tokenOf(location.hash);
  if (token !== undefined) history.replaceState(null, '', `${location.pathname}#/`);
  return token;
}
