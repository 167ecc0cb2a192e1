import type { V1ObjectMeta } from '@kubernetes/client-node';
import { fieldManager } from '../../domain/actions/field-owners.ts';
import type { JsonValue } from '../../domain/audit/canonical-json.ts';
import { inGitBy } from '../../domain/authority/in-git.ts';
import { Part } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import {
  type AppliedBy,
  type Applier,
  type ApplierKind,
  type GitOpsTerms,
  nameApplier,
  PutsBack,
} from '../../domain/gitops/applier.ts';
import { argoPlace, type FluxSource, fluxPlace } from '../../domain/gitops/git-place.ts';
import {
  PAUSE_MARK,
  type PauseMark,
  type PauseState,
  pauseStep,
  readPauseMark,
  resumeStep,
  writePauseMark,
} from '../../domain/gitops/pause-mark.ts';
import { holderOf } from '../kubernetes/follow-controllers.ts';
import { jsonPointer } from '../kubernetes/json-pointer.ts';
import type { JsonPatch, KubernetesClient } from '../kubernetes/kubernetes-client.ts';
import { isFailedPatch } from '../kubernetes/kubernetes-failure.ts';
import { seenObject } from '../kubernetes/seen-object.ts';
import { whyUnread } from '../kubernetes/why-unread.ts';

/** Source: the CRDs of Argo CD 3 and Flux 2. */
const RESOURCES: Readonly<Record<ApplierKind, string>> = {
  Application: 'argoproj.io/v1alpha1 applications',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1 kustomizations',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2 helmreleases',
};

/** Of Flux's sources. */
const SOURCES: Readonly<Record<string, string>> = {
  GitRepository: 'v1 gitrepositories',
  OCIRepository: 'v1 ocirepositories',
  Bucket: 'v1 buckets',
  HelmRepository: 'v1 helmrepositories',
};

interface ApplierObject {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: Readonly<Record<string, unknown>>;
}

interface SourceRef {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

const segment = encodeURIComponent;

/** Reads what an applier says of Git, and whether it can be paused. Never throws: what cannot be read is told. */
export async function readApplier(
  kubernetes: KubernetesClient,
  applier: Applier,
  terms: GitOpsTerms,
): Promise<AppliedBy> {
  try {
    const object = await kubernetes.get<ApplierObject>(pathOf(applier));
    const { isPaused, mark } = stateOf(applier, object);
    // What is paused for other remediations heals again when they end.
    const heals = !isPaused || mark !== undefined;
    return {
      ...applier,
      ...defined({
        uid: object.metadata?.uid,
        putsBack: isPaused && heals ? undefined : putsBackOf(applier, object, heals),
        cannotPause: whyNotPaused(applier, object, terms),
      }),
      inGit: await placeOf(kubernetes, applier, object),
      heals,
    };
  } catch (error) {
    const why = whyUnread(error);
    return { ...applier, inGit: `not known: ${why}`, heals: true, cannotPause: why };
  }
}

/** A pause that its own owner takes away again is none. */
function whyNotPaused(
  { tool, kind, ...applier }: Applier,
  object: ApplierObject,
  terms: GitOpsTerms,
): string | undefined {
  if (!terms[tool].suspend) return `pausing it is not enabled (targets.gitOps.${tool}.suspend)`;
  if (!terms[tool].namespaces.includes(applier.namespace)) {
    return `Namespace ${applier.namespace} is not among targets.gitOps.${tool}.namespaces`;
  }
  if (object.metadata?.deletionTimestamp !== undefined) return 'it is being deleted';
  const holder = holderOf(object.metadata);
  if (holder !== undefined) return `it belongs to ${holder.kind} ${holder.name}, which would put the pause back`;
  // Flux applies server-side: a field that is not in Git stays. Argo CD heals every difference from Git.
  const by = tool === 'argocd' ? inGitBy([seenObject(Part.Moved, kind, object)]) : undefined;
  return by === undefined ? undefined : `it is itself applied by ${by}, which would put the pause back`;
}

/** Source: Argo CD, `SyncPolicyAutomated`; Flux, `DriftDetection`: each is off where nothing is said. */
function putsBackOf({ kind }: Applier, { spec = {} }: ApplierObject, heals: boolean): PutsBack | undefined {
  if (!heals) return PutsBack.ByHand;
  switch (kind) {
    case 'Application': {
      const { automated } = (spec['syncPolicy'] ?? {}) as { readonly automated?: { readonly selfHeal?: boolean } };
      return automated?.selfHeal === true ? undefined : PutsBack.NextSync;
    }
    case 'HelmRelease': {
      const { mode } = (spec['driftDetection'] ?? {}) as { readonly mode?: string };
      return mode === 'enabled' ? undefined : PutsBack.NextUpgrade;
    }
    case 'Kustomization':
      return undefined;
  }
}

async function placeOf(kubernetes: KubernetesClient, applier: Applier, { spec = {} }: ApplierObject): Promise<string> {
  switch (applier.kind) {
    case 'Application':
      return argoPlace(spec);
    case 'Kustomization': {
      const { sourceRef, path } = spec as { readonly sourceRef?: SourceRef; readonly path?: string };
      return fluxPlace(await readSource(kubernetes, applier, sourceRef), defined({ path }));
    }
    case 'HelmRelease': {
      const { chart, chartRef } = spec as {
        readonly chart?: {
          readonly spec?: { readonly chart?: string; readonly version?: string; readonly sourceRef?: SourceRef };
        };
        readonly chartRef?: SourceRef;
      };
      const source = await readSource(kubernetes, applier, chart?.spec?.sourceRef ?? chartRef);
      return fluxPlace(source, defined({ chart: chart?.spec?.chart, version: chart?.spec?.version }));
    }
  }
}

async function readSource(
  kubernetes: KubernetesClient,
  { namespace: own }: Applier,
  ref: SourceRef = {},
): Promise<FluxSource> {
  const { kind = 'source', name = '', namespace = own } = ref;
  const named = { kind, name, namespace };
  const [version, resource] = (SOURCES[kind] ?? '').split(' ');
  if (version === undefined || resource === undefined) return { ...named, why: 'of a kind that is not known here' };
  const path = `/apis/source.toolkit.fluxcd.io/${version}/namespaces/${segment(namespace)}/${resource}/${segment(name)}`;
  try {
    const { spec } = await kubernetes.get<{ spec?: { url?: string; endpoint?: string; ref?: FluxSource['ref'] } }>(
      path,
    );
    return { ...named, ...defined({ url: spec?.url ?? spec?.endpoint, ref: spec?.ref }) };
  } catch (error) {
    return { ...named, why: whyUnread(error) };
  }
}

export interface PauseRequest {
  readonly remediationId: string;
  readonly applier: Applier & { readonly uid?: string | undefined };
}

/** What was done to it. `changed`: by this call. */
export interface PauseResult {
  readonly status: 'paused' | 'not_needed';
  readonly changed: boolean;
  readonly text: string;
}

/**
 * Stops an applier from putting changes back, for this remediation too. Idempotent by the remediation's ID in the mark.
 *
 * @throws MendloopError `TargetNotFound`, `TargetReplaced`, `KubernetesThrottled` if it keeps changing.
 */
export async function pauseApplier(
  kubernetes: KubernetesClient,
  { remediationId, applier }: PauseRequest,
): Promise<PauseResult> {
  const name = nameApplier(applier);
  return await changeApplier<PauseResult>(kubernetes, { remediationId, applier }, (object, state) => {
    const step = pauseStep(state, remediationId);
    switch (step.do) {
      case 'nothing':
        return step.because === 'paused_already'
          ? { result: { status: 'paused', changed: true, text: `${name} is paused` } }
          : { result: { status: 'not_needed', changed: false, text: `${name} puts nothing back as it stands` } };
      case 'join':
        return {
          patch: marking(object, step.mark),
          result: { status: 'paused', changed: true, text: `${name} is paused for another remediation too` },
        };
      case 'pause':
        return {
          patch: [...marking(object, step.mark), ...pausing(applier)],
          result: { status: 'paused', changed: true, text: `Paused ${name}` },
        };
    }
  });
}

export interface ResumeResult {
  readonly status: 'resumed' | 'left_paused' | 'left_alone' | 'nothing_to_resume' | 'gone';
  readonly text: string;
}

/** Gives an applier back what it had, exactly, if no other remediation needs it paused. Idempotent; tolerates that it never was. */
export async function resumeApplier(
  kubernetes: KubernetesClient,
  { remediationId, applier }: PauseRequest,
): Promise<ResumeResult> {
  const name = nameApplier(applier);
  try {
    return await changeApplier<ResumeResult>(kubernetes, { remediationId, applier }, (object, state) => {
      const step = resumeStep(state, remediationId);
      switch (step.do) {
        case 'nothing':
          return { result: { status: 'nothing_to_resume', text: `${name} is not paused by this remediation` } };
        case 'leave':
          return {
            patch: marking(object, step.mark),
            result: { status: 'left_paused', text: `${name} stays paused for ${step.mark.by.join(', ')}` },
          };
        case 'unmark':
          return {
            patch: unmarking,
            result: { status: 'left_alone', text: `Another hand has ended the pause of ${name}` },
          };
        case 'put_back':
          return {
            patch: [...unmarking, ...puttingBack(applier, step.value)],
            result: { status: 'resumed', text: `${name} puts changes back again` },
          };
      }
    });
  } catch (error) {
    const isGone =
      error instanceof MendloopError && (error.type === 'TargetNotFound' || error.type === 'TargetReplaced');
    if (isGone) return { status: 'gone', text: `${name} is gone, or was created anew` };
    throw error;
  }
}

/** All that are paused in these namespaces, with the remediations for which they are. @throws MendloopError. */
export async function listPaused(
  kubernetes: KubernetesClient,
  terms: GitOpsTerms,
): Promise<{ applier: Applier; by: readonly string[] }[]> {
  const kinds = [
    ...(terms.argocd.suspend ? [['argocd', 'Application'] as const] : []),
    ...(terms.flux.suspend ? [['flux', 'Kustomization'] as const, ['flux', 'HelmRelease'] as const] : []),
  ];
  const found = await Promise.all(
    kinds.flatMap(([tool, kind]) =>
      terms[tool].namespaces.map(async (namespace) => {
        const { items } = await kubernetes
          .get<{ items: ApplierObject[] }>(pathsOf({ kind, namespace }))
          .catch(noneOfKind);
        return items.flatMap(({ metadata }) => {
          const mark = readPauseMark(metadata?.annotations?.[PAUSE_MARK]);
          const applier = { tool, kind, namespace, name: metadata?.name ?? '' };
          return mark === undefined ? [] : [{ applier, by: mark.by }];
        });
      }),
    ),
  );
  return found.flat();
}

/** A tool of which one kind is not installed. */
function noneOfKind(error: unknown): { items: ApplierObject[] } {
  if (error instanceof MendloopError && error.type === 'TargetNotFound') return { items: [] };
  throw error;
}

const MAX_LOOKS = 10;

interface Judged<T> {
  readonly patch?: JsonPatch;
  readonly result: T;
}

/** Reads, judges and patches what was read and nothing newer. */
async function changeApplier<T>(
  kubernetes: KubernetesClient,
  { remediationId, applier }: PauseRequest,
  judge: (object: ApplierObject, state: PauseState) => Judged<T>,
): Promise<T> {
  const path = pathOf(applier);
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const object = await kubernetes.get<ApplierObject>(path);
    const uid = object.metadata?.uid;
    const resourceVersion = object.metadata?.resourceVersion;
    if (applier.uid !== undefined && uid !== applier.uid) {
      throw new MendloopError('TargetReplaced', `${nameApplier(applier)} was created anew`);
    }
    const { patch, result } = judge(object, stateOf(applier, object));
    if (patch === undefined) return result;
    const guard: JsonPatch = [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ];
    try {
      await kubernetes.jsonPatch(path, [...guard, ...patch], { fieldManager: fieldManager(remediationId) });
      return result;
    } catch (error) {
      if (!isFailedPatch(error)) throw error;
    }
  }
  throw new MendloopError('KubernetesThrottled', `${nameApplier(applier)} keeps changing; trying again`);
}

function stateOf({ kind }: Applier, { metadata, spec = {} }: ApplierObject): PauseState {
  const mark = readPauseMark(metadata?.annotations?.[PAUSE_MARK]);
  if (kind === 'Application') {
    const { automated } = (spec['syncPolicy'] ?? {}) as { readonly automated?: { readonly enabled?: boolean } | null };
    const value = (automated ?? null) as JsonValue;
    const isAsSet = automated === undefined || automated === null;
    return { value, isPaused: isAsSet || automated.enabled === false, isAsSet, mark };
  }
  const suspend = spec['suspend'];
  const isPaused = suspend === true;
  return { value: typeof suspend === 'boolean' ? suspend : null, isPaused, isAsSet: isPaused, mark };
}

function pausing({ kind }: Applier): JsonPatch {
  return kind === 'Application'
    ? [{ op: 'remove', path: '/spec/syncPolicy/automated' }]
    : [{ op: 'add', path: '/spec/suspend', value: true }];
}

function puttingBack({ kind }: Applier, before: JsonValue): JsonPatch {
  const path = kind === 'Application' ? '/spec/syncPolicy/automated' : '/spec/suspend';
  return before === null ? [{ op: 'remove', path }] : [{ op: 'add', path, value: before }];
}

const markPath = jsonPointer('metadata', 'annotations', PAUSE_MARK);

const unmarking: JsonPatch = [{ op: 'remove', path: markPath }];

function marking({ metadata }: ApplierObject, mark: PauseMark): JsonPatch {
  return [
    ...(metadata?.annotations === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} } as const] : []),
    { op: 'add', path: markPath, value: writePauseMark(mark) },
  ];
}

function pathsOf({ kind, namespace }: Pick<Applier, 'kind' | 'namespace'>): string {
  const [api = '', resource = ''] = RESOURCES[kind].split(' ');
  return `/apis/${api}/namespaces/${segment(namespace)}/${resource}`;
}

function pathOf(applier: Applier): string {
  return `${pathsOf(applier)}/${segment(applier.name)}`;
}
