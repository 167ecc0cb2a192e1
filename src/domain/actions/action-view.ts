import { z } from 'zod';
import type { JsonObject } from '../audit/canonical-json.ts';
import { defined } from '../defined.ts';
import { type PreconditionKind, PRECONDITION_KINDS } from '../precondition/precondition.ts';
import { canSee } from '../precondition/rules.ts';
import type { ActionDefinition, Permission } from './contract.ts';

/** What people and programs are told of an action: by the command, over HTTP, and in its page of the documentation. */
export interface ActionView {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly kinds: readonly string[];
  readonly scope: string;
  readonly undo: string;
  /** How it is undone; absent where it cannot be. */
  readonly compensation?: string;
  /** Why a human says yes before each act; absent: policy and mode decide. */
  readonly asks?: string;
  readonly danger?: string;
  readonly leasable: boolean;
  /** Its change is given back when its time is over; absent: only where the plan says so. */
  readonly isForAWhile?: boolean;
  readonly idempotence: string;
  readonly permissions: readonly Permission[];
  /** What holds when it has worked, unless the plan says otherwise; empty: the plan has to say it. */
  readonly proof: readonly JsonObject[];
  /** Kinds of preconditions that a plan of it may have. */
  readonly preconditions: readonly PreconditionKind[];
}

export function actionView(action: ActionDefinition): ActionView {
  const { name, version, summary, kinds, scope, undo, leasable, idempotence, permissions } = action;
  const { compensation, asks, danger, isForAWhile } = action;
  return {
    ...{ name, version, summary, kinds, scope, undo, leasable, idempotence, permissions },
    ...defined({ compensation, asks, danger, isForAWhile }),
    proof: action.proof as readonly JsonObject[],
    preconditions: PRECONDITION_KINDS.filter((kind) => canSee(action, kind)),
  };
}

/** What a plan may say as `parameters`, as JSON Schema. */
export function parametersSchema({ parameters }: ActionDefinition): JsonObject {
  return z.toJSONSchema(parameters, { io: 'input' }) as JsonObject;
}
