import type { OrderSigner } from '../../src/clients/orders/order-signer.ts';

/** For worlds in which every order counts. */
export const unsigned: OrderSigner = ({ said }) => said;
