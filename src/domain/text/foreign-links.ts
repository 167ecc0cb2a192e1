import type { Alert } from '../alert/alert.ts';

type Said = Pick<Alert, 'labels' | 'annotations'>;

/** Which links may be links, beside those by which people vote. */
export interface ForeignLinks {
  /** Whether a URL may be a link: its host is allowed, or it is not the alert's. */
  readonly isTrusted: (url: string) => boolean;
  /** A text in which no link of the alert's is one any more: `hxxps://evil[.]example/page`. */
  readonly inText: (text: string) => string;
}

/**
 * Tells the alert's own links from those of policy and settings. The author of an alert writes its annotations and
 * labels, and policy hands on what stands there. So a URL is the alert's if it begins with one that the alert has, or if
 * the alert names its host otherwise; it is a link only where `hosts` allow that host: `runbooks.example.com`, or
 * `*.example.com` for all below. Where it is not known what the alert said, only allowed hosts are trusted.
 */
export function foreignLinks(alert: Said | undefined, hosts: readonly string[] = []): ForeignLinks {
  const said = alert && [...Object.values(alert.labels), ...Object.values(alert.annotations)];
  const own = said?.flatMap((text) => [text, ...(text.match(LINK) ?? [])]).flatMap((url) => placeOf(url) ?? []);
  const words = said?.map((text) => text.replace(LINK, ' ').toLowerCase()).join('\n');
  const isForeign = ({ host, path }: Place): boolean =>
    own === undefined ||
    words === undefined ||
    words.includes(host) ||
    own.some((place) => place.host === host && path.startsWith(place.path));
  const known = new Map<string, boolean>();
  const isTrusted = (url: string) => {
    const place = placeOf(url);
    if (place === undefined) return false;
    const key = `${place.host} ${place.path}`;
    const trusted =
      known.get(key) ?? (hosts.some((pattern) => isAllowed(place.host, pattern.toLowerCase())) || !isForeign(place));
    known.set(key, trusted);
    return trusted;
  };
  return { isTrusted, inText: (text) => text.replace(LINK, (link) => (isTrusted(link) ? link : asText(link))) };
}

/** What programs that show text take for a link. */
const LINK = /\bhttps?:[/\\]{2}[^\s<>"'`|]+/gi;

/** A URL for people to read, and for no program to follow. */
export function asText(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^http(s?:[/\\]*)([^/\\?#]*)(.*)$/is.exec(url.trim()) ?? [];
  return scheme === '' ? url : `hxxp${scheme}${host.replaceAll('.', '[.]')}${rest}`;
}

interface Place {
  /** In lower case, without the port. */
  readonly host: string;
  /** In lower case, without a slash at its end. */
  readonly path: string;
}

/** Undefined for what is no http URL. */
function placeOf(url: string): Place | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, pathname } = new URL(url);
  if (!/^https?:$/.test(protocol)) return undefined;
  return { host: hostname.replace(/\.$/, ''), path: pathname.toLowerCase().replace(/\/+$/, '') };
}

function isAllowed(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
