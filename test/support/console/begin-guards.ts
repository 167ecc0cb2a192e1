import type { AdmitRequest } from '../../../src/domain/admission/admission.ts';
import type { PeopleStack } from '../people-stack.ts';
import { aClause, aMoneyAsk, asking, leaving } from '../store/requests.ts';

/** Makes the guards remember something: an open breaker, one that has counted a failure, and a budget with money held. */
export async function beginGuards({ store: { admission } }: Pick<PeopleStack, 'store'>): Promise<void> {
  const pastOf = (name: string, serial: number): Partial<AdmitRequest> & { readonly remediationId: string } => ({
    remediationId: `remediation/default/${name}/${serial.toString(16).padStart(16, 'b')}/1`,
    namespace: 'production',
    target: `default/production/Deployment/${name}`,
  });
  const failed = async (name: string, serial: number, cooldownSeconds: number) => {
    const { remediationId, ...past } = pastOf(name, serial);
    await admission.admit(asking(remediationId, { ...past, clause: aClause({ cooldownSeconds }) }));
    await admission.leave(leaving(remediationId, { outcome: 'rolled_back', keepMoney: false }));
  };
  for (const serial of [1, 2, 3]) await failed('payment-gateway', serial, 0);
  await failed('order-service', 1, 300);

  const { remediationId, ...paid } = pastOf('catalog', 1);
  const money = aMoneyAsk(3.45, {
    ...{ budget: 'default', scopeKey: 'production', currency: 'USD', daily: 50, usage: 31.4, settleSeconds: 3600 },
  });
  await admission.admit(asking(remediationId, { ...paid, money, clause: aClause({ cooldownSeconds: 0 }) }));
  await admission.leave(leaving(remediationId));
}
