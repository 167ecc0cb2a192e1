import type { Here } from '../runner/contract.ts';
import { Customers } from '../runner/service/customers.ts';
import { LivePods } from '../runner/service/live-pods.ts';
import { MeasuredService } from '../runner/service/measured-service.ts';

/** Of the baskets that ask for a price, every third is empty. */
const EMPTY_EVERY = 3;

const REQUESTS_PER_SECOND = 40;

/** In 4.3.0 the price of a basket is divided by the number of its items. */
function priceStatus(image: string, items: number): number {
  return image.endsWith(':4.3.0') && items === 0 ? 500 : 200;
}

/** Serves quotes as the Pods that are ready would, each with the program of its image, to customers who come all the time. */
export async function serveQuotes(here: Here): Promise<void> {
  const { cluster, namespace, stack, signal } = here;
  const pods = stack.add(new LivePods(cluster, { namespace, app: 'quotes' }));
  let baskets = 0;
  const answer = () => {
    const pod = pods.next();
    if (pod === undefined) return 503;
    baskets += 1;
    return priceStatus(pod.spec.containers[0]?.image ?? '', baskets % EMPTY_EVERY);
  };
  const quotes = stack.add(await MeasuredService.start({ service: 'quotes', answer }));
  await here.scrape(quotes.address);
  await pods.untilReady(signal);
  stack.add(new Customers(quotes.address, { perSecond: REQUESTS_PER_SECOND }));
}
