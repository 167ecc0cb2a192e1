import type { OrderSettings } from '../../config/orders-schema.ts';
import { type SealFault, sealFault, type SealQuestion } from '../../domain/orders/seal.ts';
import { textVerifier } from '../keys/ed25519.ts';
import { trustedOrderKeys } from './order-keys.ts';

/** Why an order does not count; undefined if it does. */
export type OrderVerifier = (question: SealQuestion) => SealFault | undefined;

/** Verifies by the public keys of the settings, read at each use: several are trusted while they rotate. */
export function createOrderVerifier(settings: OrderSettings): OrderVerifier {
  return (question) => {
    const verify = textVerifier(trustedOrderKeys(settings), 'a public key of orders');
    return sealFault(question, verify);
  };
}
