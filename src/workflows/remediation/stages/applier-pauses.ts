import { defined } from '../../../domain/defined.ts';
import { type AppliedBy, nameApplier } from '../../../domain/gitops/applier.ts';
import { toSuspend } from '../../../domain/gitops/judge-appliers.ts';
import { rungKey } from '../../../domain/ladder/ladder.ts';
import { change, isTransient, undo } from '../../activity-profiles.ts';
import { faultOf } from '../fault.ts';
import type { AppliersPaused, Lifecycle, PausedFor } from '../life.ts';
import { isForbidden } from './undo.ts';
import { untilDone } from './until-done.ts';

/** Argo CD and Flux, kept from putting a change back while it stands; given back with every end. */
export class ApplierPauses implements AppliersPaused {
  /** Paused, or about to be: an answer may have been lost. */
  readonly #paused = new Map<string, AppliedBy>();

  /** What applies the target is paused before it is changed. @throws as an effect does. */
  async pause(life: Lifecycle, { planned, epoch, mode }: PausedFor): Promise<void> {
    for (const applier of toSuspend(planned.ownership ?? {})) {
      const name = nameApplier(applier);
      const step = `${rungKey(life.ladder.rung)}pause/${name}`;
      const data = { change: `pause ${name}`, inGit: applier.inGit };
      await life.audit.require([{ kind: 'effect_intended', step: `${step}/intended`, data }]);
      this.#paused.set(name, applier);
      const result = await untilDone(life, {
        attempt: () =>
          change(`pause ${name}`).pauseApplier({
            ...{ remediationId: life.id, epoch, planned, applier },
            ...defined({ mode }),
          }),
        isHealable: isTransient,
        what: `Pausing ${name}`,
        occasion: `${step}/failing`,
      });
      life.record.enter(life.record.step, result.text);
      life.audit.add([{ kind: 'effect_done', step: `${step}/done`, data: { ...result } }]);
    }
  }

  /** Gives back what is paused, however long the API server refuses. Never throws. */
  async resume(life: Lifecycle): Promise<void> {
    await Promise.all([...this.#paused].map(([name, applier]) => this.#resumeOne(life, name, applier)));
  }

  async #resumeOne(life: Lifecycle, name: string, applier: AppliedBy): Promise<void> {
    const { record, audit, id } = life;
    try {
      const { status, text } = await untilDone(life, {
        attempt: () => undo(`end the pause of ${name}`).resumeApplier({ remediationId: id, applier }),
        isHealable: (error) => isTransient(error) || isForbidden(error),
        what: `Ending the pause of ${name}`,
        occasion: `pause/${name}/resume-failing`,
      });
      record.enter(record.step, text);
      await audit.require([{ kind: 'compensation', step: `pause/${name}/ended`, data: { status, text } }]);
    } catch (error) {
      record.enter(record.step, `The pause of ${name}: ${faultOf(error, record.step).message}`);
    }
  }
}
