import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeOrderKeys, OrderFile, trustedOrderKeys } from '../../../src/clients/orders/order-keys.ts';
import { createOrderSigner } from '../../../src/clients/orders/order-signer.ts';
import { createOrderVerifier } from '../../../src/clients/orders/order-verifier.ts';
import { publicHalf } from '../../../src/clients/keys/ed25519.ts';
import { Order, type Sealed, type SealQuestion } from '../../../src/domain/orders/seal.ts';
import { scratchFolder } from '../stack/scratch.ts';

const said = { by: 'ann', roles: ['sre', 'lead'], reason: 'known pattern', via: 'http' };
const remediationId = 'remediation/default/Slow/0123456789abcdef/1';
const round = '2026-08-01T12:00:00.000Z';
const vote = { order: Order.Approve, remediationId, round, said, lastsMs: 60_000 };

let folder: string;
beforeEach(async () => {
  folder = join(await scratchFolder(), 'orders');
  makeOrderKeys({ folder });
});

const sign = () => createOrderSigner({ folder })(vote);
const ask = (input: object, changed: Partial<SealQuestion> = {}) =>
  createOrderVerifier({ folder })({ order: Order.Approve, remediationId, round, input, now: Date.now(), ...changed });

describe('a vote or an order', () => {
  it('counts with the signature of the API', () => {
    expect(ask(sign())).toBeUndefined();
    const resolved = createOrderSigner({ folder })({ order: Order.Resolved, remediationId, said: { startsAt: round } });
    const later = { order: Order.Resolved, round: undefined, now: Date.now() + 1e12 };
    expect(createOrderVerifier({ folder })({ ...later, remediationId, input: resolved })).toBeUndefined();
  });

  it.each([
    ['no signature', { ...said }],
    ['a seal that is none', { ...said, seal: 'trust me' }],
    ['a seal without a signature', { ...said, seal: { remediationId, round, issuedAt: round, keyId: 'x' } }],
    ['nothing at all', {}],
  ])('does not count with %s', (_, input) => {
    expect(ask(input)).toBe('unsigned');
  });

  it.each<[string, (sealed: Sealed<typeof said>) => object]>([
    ['the name', (sealed) => ({ ...sealed, by: 'bob' })],
    ['the roles', (sealed) => ({ ...sealed, roles: [...sealed.roles, 'owner'] })],
    ['the way', (sealed) => ({ ...sealed, via: 'cli' })],
    ['a member that is added', (sealed) => ({ ...sealed, linkId: 'another' })],
    ['a prototype', (sealed) => Object.assign(JSON.parse('{"__proto__": {"by": "bob"}}') as object, sealed)],
    ['its end', (sealed) => ({ ...sealed, seal: { ...sealed.seal, expiresAt: '2999-01-01T00:00:00.000Z' } })],
    ['its round', (sealed) => ({ ...sealed, seal: { ...sealed.seal, round: '2026-08-02T12:00:00.000Z' } })],
    ['its remediation', (sealed) => ({ ...sealed, seal: { ...sealed.seal, remediationId: `${remediationId}0` } })],
    ['its signature', (sealed) => ({ ...sealed, seal: { ...sealed.seal, signature: 'AAAA' } })],
  ])('does not count when %s was changed', (_, change) => {
    expect(ask(change(sign()))).toBe('forged');
  });

  it.each<[string, Partial<SealQuestion>, string]>([
    ['another remediation', { remediationId: 'remediation/default/Slow/0123456789abcdef/2' }, 'other_remediation'],
    ['another request for approval', { round: '2026-08-01T12:00:00.001Z' }, 'other_round'],
    ['where nothing is asked', { round: undefined }, 'other_round'],
    ['another order', { order: Order.Reject }, 'forged'],
    ['undoing', { order: Order.Undo }, 'forged'],
    ['a time after its own', { now: Date.now() + 61_000 }, 'expired'],
  ])('does not count when it is given again for %s', (_, changed, fault) => {
    expect(ask(sign(), changed)).toBe(fault);
  });

  it('is not believed for being signed by another key', async () => {
    const other = join(await scratchFolder(), 'orders');
    makeOrderKeys({ folder: other });
    expect(ask(createOrderSigner({ folder: other })(vote))).toBe('unknown_key');
  });

  it('may hold anything that came over the network', () => {
    let deep: unknown = 'end';
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    const { seal } = sign();
    expect(ask({ ...said, reason: deep, seal })).toBe('forged');
    expect(ask({ seal: { ...seal, keyId: '__proto__' } })).toBe('unknown_key');
  });
});

describe('the keys of votes and orders', () => {
  it('are made once, for their user only; the public half is apart', () => {
    const key = readFileSync(join(folder, OrderFile.SigningKey), 'utf8');
    makeOrderKeys({ folder });
    expect(readFileSync(join(folder, OrderFile.SigningKey), 'utf8')).toBe(key);
    expect(statSync(join(folder, OrderFile.SigningKey)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, OrderFile.PublicKeys), 'utf8')).toBe(publicHalf(key));
  });

  it('rotate: what the old one signed counts for as long as it is trusted', () => {
    const before = sign();
    rmSync(join(folder, OrderFile.SigningKey));
    makeOrderKeys({ folder });
    const after = sign();
    expect(after.seal?.keyId).not.toBe(before.seal?.keyId);
    expect([ask(before), ask(after)]).toEqual([undefined, undefined]);

    const [, newest = ''] = trustedOrderKeys({ folder });
    writeFileSync(join(folder, OrderFile.PublicKeys), newest);
    expect([ask(before), ask(after)]).toEqual(['unknown_key', undefined]);
  });

  it('of a worker are public ones: by them nobody can vote', () => {
    const publicKeysFile = join(folder, OrderFile.PublicKeys);
    const worker = { publicKeysFile, folder: join(folder, 'elsewhere') };
    expect(createOrderVerifier(worker)({ ...vote, input: sign(), now: Date.now() })).toBeUndefined();
    expect(() => createOrderSigner(worker)(vote)).toThrow(/no key to sign votes and orders/);
  });

  it('are refused without a word of them where they are none', () => {
    const { privateKey } = generateKeyPairSync('x25519');
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeFileSync(join(folder, OrderFile.SigningKey), text);
    expect(sign).toThrow(expect.objectContaining({ type: 'Internal' }) as Error);
    expect(sign).not.toThrow(text.split('\n')[1]);
  });
});
