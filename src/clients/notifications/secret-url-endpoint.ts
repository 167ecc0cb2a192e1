import type { SecretEndpoint } from '../../config/endpoint.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createHttpEndpoint, type HttpEndpoint } from '../http/http-endpoint.ts';
import { namedSecret } from './named-secret.ts';

/** An endpoint whose URL is itself the secret, and may be rotated while Mendloop runs. */
export interface SecretUrlEndpoint {
  /** The endpoint at today's URL, and that URL, which no message may hold. */
  open(): { readonly http: HttpEndpoint; readonly url: string };
  close(): Promise<void>;
}

/** @throws MendloopError from `open`: `NotificationFailed` if there is no secret, or it is no http URL. */
export function createSecretUrlEndpoint(channel: string, settings: SecretEndpoint): SecretUrlEndpoint {
  let current: { http: HttpEndpoint; url: string } | undefined;
  const closing: Promise<void>[] = [];
  return {
    open() {
      const url = namedSecret(channel, settings.url);
      if (current?.url === url) return current;
      if (!isHttpUrl(url)) {
        throw new MendloopError('NotificationFailed', `channel ${channel}: its secret holds no http URL`);
      }
      if (current !== undefined) closing.push(current.http.close());
      current = { url, http: createHttpEndpoint({ ...settings, url }) };
      return current;
    },
    async close() {
      await Promise.all([...closing, current?.http.close()]);
    },
  };
}

/** Without user information: that would have to go into a header. */
function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
