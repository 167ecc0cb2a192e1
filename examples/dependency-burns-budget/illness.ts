import { waitFor } from '../../dev/stack/index.ts';
import type { Here, Illness } from '../runner/contract.ts';
import { asExpected, lookAtDeployment } from '../runner/workload.ts';
import { PaymentGateway, serveCheckout } from './checkout.ts';

const CHECKOUT = { namespace: 'dependency-burns-budget', name: 'checkout' };

/** Milliseconds after which its release is an old one here: the 3.6 s of the policy, and whole seconds of the API server. */
const OLD_MS = 5000;

const gateways = new WeakMap<Here, PaymentGateway>();

interface ReplicaSets {
  readonly items: readonly { readonly metadata: { readonly creationTimestamp: string } }[];
}

async function prepare(here: Here): Promise<void> {
  const { cluster, namespace, stack, signal } = here;
  const gateway = stack.add(await PaymentGateway.start());
  gateways.set(here, gateway);
  await serveCheckout(here, gateway);
  const isOld = async () => {
    const { items } = await cluster.get<ReplicaSets>(`/apis/apps/v1/namespaces/${namespace}/replicasets`);
    return items.some(({ metadata }) => Date.now() - Date.parse(metadata.creationTimestamp) > OLD_MS);
  };
  await waitFor(isOld, { what: 'the release to be an old one', timeoutMs: 60_000, signal });
}

export const illness: Illness = {
  story: 'a service burns its budget because another one is down: nothing is rolled back, a human is called',
  actions: ['rollback_release'],
  prepare,
  fault: {
    text: 'The payment gateway of another company answers 503',
    bring: (here) => {
      const gateway = gateways.get(here);
      if (gateway !== undefined) gateway.isDown = true;
      return Promise.resolve();
    },
  },
  expected: {
    outcome: 'escalated',
    fault: 'PreconditionNotMet',
    paged: true,
    tells: /^calls of payment-gateway that fail: (1|0\.[1-9]\d*) ratio/m,
  },
  look: async ({ cluster }) => {
    const { image, pods, isReady } = await lookAtDeployment(cluster, CHECKOUT);
    return asExpected(image.endsWith(':7.0.1') && isReady, `the image is ${image}, ${pods}`);
  },
};
