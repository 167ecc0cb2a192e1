import { parseArgs } from 'node:util';

/** The team's script: puts the message at the head of a queue aside. Ends with 0 if it did. */
const { values } = parseArgs({ options: { url: { type: 'string' }, queue: { type: 'string' } } });
const { url = '', queue = '' } = values;
const response = await fetch(`${url}/queues/${queue}/park`, { method: 'POST' });
process.stdout.write(`${response.ok ? 'parked' : 'not parked'}: ${await response.text()}\n`);
process.exitCode = response.ok ? 0 : 1;
