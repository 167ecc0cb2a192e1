/**
 * Mendloop as `mendloop up` runs it, on a Temporal server that is there already, in a process of its own: so that two
 * can be compared that differ in their environment only. Prints its address as one line of JSON.
 *
 *     node bench/contestants/mendloop-main.ts --config FILE --address HOST:PORT --namespace NAME
 */
import { parseArgs } from 'node:util';
import { openGround, startApi, startWorker } from '../../src/cli/parts.ts';
import { flushLast, prepare } from '../../src/cli/prepare.ts';
import { runUntilStopped, stoppable } from '../../src/cli/shutdown.ts';
import { connectTemporal } from '../../src/clients/temporal/connect.ts';

const { values } = parseArgs({
  options: {
    config: { type: 'string', default: '' },
    address: { type: 'string', default: '' },
    namespace: { type: 'string', default: '' },
  },
});
const { config, address, namespace } = values;
const context = await prepare({ config });
await runUntilStopped(async (stack) => {
  stack.add(flushLast(context));
  const temporal = await connectTemporal(context.config.temporal, { address, namespace });
  stack.add(stoppable(() => temporal.close()));
  const { store, policy } = await openGround('up', { context, temporal, stack });
  const parts = { context, temporal, policy, store, stack };
  const { finished, observer } = await startWorker(parts);
  const { url } = await startApi({ ...parts, eager: true, observer });
  console.log(JSON.stringify({ webhook: `${url}/webhooks/alertmanager` }));
  await finished;
});
