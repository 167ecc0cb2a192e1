import type { Config } from '../config/schema.ts';
import type { Authority, BackingService } from '../domain/authority/authority.ts';
import { defined } from '../domain/defined.ts';
import { ownNamespace } from '../clients/kubernetes/own-namespace.ts';

/** What may be touched, by the settings and by where Mendloop and what it rests on are. */
export function authorityOf(
  { targets, cost, audit }: Pick<Config, 'targets' | 'cost' | 'audit'>,
  {
    temporalAddress,
    namespace = ownNamespace(),
  }: { temporalAddress?: string | undefined; namespace?: string | undefined },
): Authority {
  const { namespaces, nodes, label, protectedNamespaces, evictsSystemPods, ownerLabel, gitOps } = targets;
  const { jobServiceAccounts } = targets;
  const storeHost = audit.store.type === 'postgres' ? audit.store.host : undefined;
  return defined({
    ...{ namespaces, nodes, label, protectedNamespaces, evictsSystemPods, ownerLabel, jobServiceAccounts },
    teamLabel: cost.teamLabel,
    ownNamespace: namespace,
    argoTrackingLabel: gitOps.argocd.trackingLabel,
    backing: [
      ...backingOf("Temporal's address", temporalAddress?.replace(/:\d+$/, '')),
      ...backingOf("the store's address", storeHost),
    ],
  });
}

/** Names that the cluster's DNS gives a Service, and a Pod of one: `pg.databases`, `pg-0.pg.databases.svc.cluster.local`. */
function backingOf(what: string, host: string | undefined): BackingService[] {
  const labels = (host ?? '').toLowerCase().replace(/\.$/, '').split('.');
  const svc = labels.indexOf('svc');
  const named = svc === -1 ? labels : labels.slice(0, svc);
  if (named.length < 2 || (svc === -1 && named.length > 2)) return [];
  const [name = '', namespace = ''] = named.slice(-2);
  return [{ what: `${what} ${host ?? ''}`, namespace, name }];
}
