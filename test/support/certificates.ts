import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const OID_ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const OID_COMMON_NAME = Buffer.from('0603550403', 'hex');
const OID_ALT_NAME = Buffer.from('0603551d11', 'hex');
const OID_BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');

/** In PEM form. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

interface Request {
  readonly dnsName: string;
  /** Absent: signed by itself. */
  readonly authority?: { readonly dnsName: string; readonly privateKey: KeyObject };
  readonly isAuthority: boolean;
}

/** A fresh self-signed certificate for a DNS name: its own authority. Source: RFC 5280. */
export function selfSigned(dnsName: string): Certificate {
  return inPem(issue({ dnsName, isAuthority: true }));
}

/** A fresh authority, and certificates that it has signed, one for each DNS name: for client and server alike. */
export function signedByOne<Name extends string>(
  ...dnsNames: readonly Name[]
): { readonly authority: string; readonly of: Readonly<Record<Name, Certificate>> } {
  const dnsName = 'authority.test';
  const own = issue({ dnsName, isAuthority: true });
  const authority = { dnsName, privateKey: own.privateKey };
  const issued = dnsNames.map((name) => [name, inPem(issue({ dnsName: name, authority, isAuthority: false }))]);
  return { authority: inPem(own).cert, of: Object.fromEntries(issued) as Record<Name, Certificate> };
}

let serial = 0;

function issue({ dnsName, authority, isAuthority }: Request): { der: Buffer; privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, OID_ECDSA_SHA256);
  const called = (text: string) => der(0x30, der(0x31, der(0x30, OID_COMMON_NAME, der(0x0c, Buffer.from(text)))));
  const time = (year: number) => der(0x18, Buffer.from(`${year}0101000000Z`));
  const constraints = isAuthority ? der(0x30, der(0x01, Buffer.from([0xff]))) : der(0x30);
  const extensions = der(
    0x30,
    der(0x30, OID_BASIC_CONSTRAINTS, der(0x04, constraints)),
    der(0x30, OID_ALT_NAME, der(0x04, der(0x30, der(0x82, Buffer.from(dnsName))))),
  );
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1 + (serial++ % 127)])),
    algorithm,
    called(authority?.dnsName ?? dnsName),
    der(0x30, time(2020), time(2120)),
    called(dnsName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, authority?.privateKey ?? privateKey);
  return { der: der(0x30, body, algorithm, der(0x03, Buffer.from([0]), signature)), privateKey };
}

function inPem({ der: bytes, privateKey }: { readonly der: Buffer; readonly privateKey: KeyObject }): Certificate {
  const lines = bytes.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length: size } = content;
  // As short as it can be: Go refuses any other form.
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
