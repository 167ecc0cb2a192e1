/** Relays of a container's own network, for as long as it runs: `node relay-main.ts '[[FROM, TO], ...]'`. */
import { type Place, relay } from './relay.ts';

const [text = '[]'] = process.argv.slice(2);
for (const [from, to] of JSON.parse(text) as (readonly [Place, Place])[]) await relay(from, to);
