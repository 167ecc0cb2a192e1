import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Keys of an endpoint's `tls` block that name a file, and what the file is for a connection. */
const FILES = { caFile: 'ca', certFile: 'cert', keyFile: 'key' } as const;

/** What of a `tls` block cannot be used; the path is below the block. */
export function faultsOfTls(tls: object): { readonly path: readonly string[]; readonly message: string }[] {
  const settings = new Map(Object.entries(tls));
  const contents: Partial<Record<(typeof FILES)[keyof typeof FILES], Buffer>> = {};
  const unreadable = Object.entries(FILES).flatMap(([key, part]) => {
    const file: unknown = settings.get(key);
    if (typeof file !== 'string') return [];
    try {
      contents[part] = readFileSync(file);
      return [];
    } catch {
      return [{ path: [key], message: `file ${file} cannot be read` }];
    }
  });
  if (unreadable.length > 0) return unreadable;
  // OpenSSL passes over what is no certificate among those of an authority.
  if (contents.ca !== undefined && !succeeds(() => new X509Certificate(contents.ca ?? ''))) {
    return [{ path: ['caFile'], message: 'holds no certificate in PEM form' }];
  }
  if (succeeds(() => createSecureContext(contents))) return [];
  // OpenSSL's own words name neither file nor fault.
  return [{ path: [], message: 'certFile and keyFile are not in PEM form, or do not go together' }];
}

function succeeds(use: () => unknown): boolean {
  try {
    use();
    return true;
  } catch {
    return false;
  }
}
