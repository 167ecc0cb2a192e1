import { CATALOG, ORDER_SERVICE } from '../observe/signals.ts';

/** Orders a second, of all customers together. See README.md, "The physics". */
export const ORDERS = { usual: 30, surge: 120 } as const;

/** Requests a second by service on a usual day. */
export const USUAL_RATES = { [ORDER_SERVICE]: ORDERS.usual, [CATALOG]: 20 } as const;

/** What the flash sale changes: people know what they want, so the catalogue's visitors stay as many. */
export const SURGE_RATES = { [ORDER_SERVICE]: ORDERS.surge } as const;

/** Begins the surge in a playground, and ends it the next time. */
export const SURGE_SIGNAL = 'SIGUSR2';

/** Milliseconds that a customer waits for an answer. */
export const PATIENCE_MS = 1500;
