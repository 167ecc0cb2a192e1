import type { OrderSettings } from '../../config/orders-schema.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { type Order, type Sealed, type SealStatement, sealText } from '../../domain/orders/seal.ts';
import { textSigner } from '../keys/ed25519.ts';
import { orderSigningKey } from './order-keys.ts';

export interface OrderToSign<T extends object> {
  readonly order: Order;
  readonly remediationId: string;
  /** Of a vote: which request for approval it answers. */
  readonly round?: string;
  readonly said: T;
  /** Absent: for ever. */
  readonly lastsMs?: number;
}

/** Signs what people and the API say to a remediation. @throws MendloopError `Internal` where there is no key. */
export type OrderSigner = <T extends object>(order: OrderToSign<T>) => Sealed<T>;

/** Signs with the key of the settings, read at each use: a rotated one counts at once. */
export function createOrderSigner(settings: OrderSettings): OrderSigner {
  return ({ order, remediationId, round, said, lastsMs }) => {
    const pem = orderSigningKey(settings);
    if (pem === undefined) {
      const where = 'give `orders.signingKey`, or ask the API, which has it';
      throw new MendloopError('Internal', `there is no key to sign votes and orders with: ${where}`);
    }
    const { keyId, sign } = textSigner(pem, 'orders.signingKey');
    const now = Date.now();
    // As it will arrive, so that the same text is signed and verified.
    const plain = JSON.parse(JSON.stringify(said)) as typeof said;
    const statement: SealStatement = {
      ...{ remediationId, keyId, issuedAt: new Date(now).toISOString() },
      ...defined({ round, expiresAt: lastsMs === undefined ? undefined : new Date(now + lastsMs).toISOString() }),
    };
    return { ...plain, seal: { ...statement, signature: sign(sealText(order, plain, statement)) } };
  };
}
