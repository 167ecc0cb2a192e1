import { type Claim, ClaimStatus, isLead, objectsOf, takesObjects, takesSlot, type Tombstone } from './claim.ts';
import type { Scene } from './scene.ts';

type Holder = Pick<Claim, 'remediationId' | 'namespace' | 'target'>;

/** The claims of a scene while operations change them, found by what they take. */
export class ClaimBook {
  readonly #claims = new Map<string, Claim>();
  readonly #tombstones = new Map<string, Tombstone>();
  readonly #takers = new Map<string, string>();
  readonly #holders = new Map<string, Holder>();
  readonly #followers: Map<string, number>;
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();

  constructor({ claims, tombstones, holders, followers }: Scene) {
    this.#followers = new Map(Object.entries(followers));
    for (const holder of holders) this.#holders.set(holder.remediationId, holder);
    for (const claim of claims) this.#take(claim);
    for (const tombstone of tombstones) this.#tombstones.set(tombstone.remediationId, tombstone);
  }

  get(remediationId: string): Claim | undefined {
    return this.#claims.get(remediationId);
  }

  tombstone(remediationId: string): Tombstone | undefined {
    return this.#tombstones.get(remediationId);
  }

  all(): Claim[] {
    return [...this.#claims.values()];
  }

  /** As they are from now on. */
  get changed(): (Claim | Tombstone)[] {
    return [...this.#changed].flatMap((id) => this.#claims.get(id) ?? this.#tombstones.get(id) ?? []);
  }

  isChanged(remediationId: string): boolean {
    return this.#changed.has(remediationId);
  }

  get removed(): string[] {
    return [...this.#removed];
  }

  /** Those with a slot, on offer or taken, in the whole cluster. */
  get holders(): Holder[] {
    return [...this.#holders.values()];
  }

  put(claim: Claim): void {
    this.#release(claim.remediationId);
    this.#take(claim);
    if (claim.status === ClaimStatus.Joined) this.#count(claim.group, 1);
    this.#changed.add(claim.remediationId);
    this.#removed.delete(claim.remediationId);
  }

  /** It has left, for good. */
  bury(tombstone: Tombstone): void {
    this.remove(tombstone.remediationId);
    this.#tombstones.set(tombstone.remediationId, tombstone);
    this.#changed.add(tombstone.remediationId);
    this.#removed.delete(tombstone.remediationId);
  }

  remove(remediationId: string): void {
    this.#release(remediationId);
    this.#claims.delete(remediationId);
    this.#changed.delete(remediationId);
    this.#removed.add(remediationId);
  }

  /** Who else has any of the objects that a claim wants; each once. */
  takersOf(claim: Claim): Claim[] {
    const ids = new Set(objectsOf(claim).map((object) => this.#takers.get(object)));
    ids.delete(claim.remediationId);
    return [...ids].flatMap((id) => (id === undefined ? [] : (this.#claims.get(id) ?? [])));
  }

  /** Whose end those of a group share. */
  leadOf(group: string): Claim | undefined {
    return this.all().find((claim) => claim.group === group && isLead(claim));
  }

  /** How many have joined a group, whether they were read or not. */
  followersOf(group: string): number {
    return this.#followers.get(group) ?? 0;
  }

  /** Nobody shares an end with it any more. */
  dissolve(group: string): void {
    this.#followers.delete(group);
  }

  #take(claim: Claim): void {
    const { remediationId, namespace, target } = claim;
    this.#claims.set(remediationId, claim);
    if (takesObjects(claim)) for (const object of objectsOf(claim)) this.#takers.set(object, remediationId);
    if (takesSlot(claim)) this.#holders.set(remediationId, { remediationId, namespace, target });
  }

  #release(remediationId: string): void {
    const claim = this.#claims.get(remediationId);
    if (claim === undefined) return;
    for (const object of objectsOf(claim)) {
      if (this.#takers.get(object) === remediationId) this.#takers.delete(object);
    }
    this.#holders.delete(remediationId);
    if (claim.status === ClaimStatus.Joined) this.#count(claim.group, -1);
  }

  #count(group: string, more: number): void {
    this.#followers.set(group, Math.max(0, this.followersOf(group) + more));
  }
}
