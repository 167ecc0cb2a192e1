import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { HumanAnswer } from '../../api/remediations/remediations.ts';
import { describeApproval } from '../../domain/approval/approval.ts';
import { commandName } from '../command-name.ts';
import type { CommonOptions } from '../options.ts';
import { identityOf, type IdentityOptions, withIdentity, withTemporal } from '../with-temporal.ts';
import { requireId } from './remediations.ts';

interface OrderOptions extends CommonOptions, IdentityOptions {
  readonly reason: string;
  readonly json?: boolean;
}

const TRUST = 'A person who can reach Temporal is trusted: names and roles are not proven here, as they are over HTTP.';

export function registerApprove(program: Command): void {
  registerVote(program, 'approve');
}

export function registerReject(program: Command): void {
  registerVote(program, 'reject');
}

function registerVote(program: Command, name: 'approve' | 'reject'): void {
  const approve = name === 'approve';
  order(program, name, { roles: true })
    .description(approve ? 'say yes to a planned change' : 'say no to a planned change; one no ends it')
    .addHelpText(
      'after',
      `
${TRUST}

Examples:
  $ mendloop remediations --waiting approval
  $ mendloop ${name} "$ID" --reason '${approve ? 'known pattern, checked the dashboard' : 'the database is the cause'}'
  $ mendloop ${name} "$ID" --reason 'CHG-1234' --as ann --role sre`,
    )
    .action(async (text: string, options: OrderOptions) => {
      const { by, roles } = identityOf(options);
      const id = requireId(text);
      await withTemporal(options, async ({ remediations }) => {
        const input = { approve, by, roles, reason: options.reason, via: 'cli' as const };
        const state = valueOf(await remediations.vote({ id, requestId: randomUUID(), input }), id);
        console.log(options.json === true ? JSON.stringify({ approval: state }) : describeApproval(state));
      });
    });
}

export function registerUndo(program: Command): void {
  order(program, 'undo', { roles: false })
    .description('end a remediation and undo what it changed')
    .addHelpText(
      'after',
      `
What another hand has changed since is left alone. A remediation can be undone until it ends, which it does when its alert has
resolved and its lease is over; of one that has ended this says what to type.

Examples:
  $ mendloop undo "$ID" --reason 'we need the old size for the test'`,
    )
    .action(async (text: string, options: OrderOptions) => {
      const { by } = identityOf(options);
      const id = requireId(text);
      await withTemporal(options, async ({ remediations }) => {
        const input = { by, reason: options.reason, via: 'cli' as const };
        const step = valueOf(await remediations.undo({ id, requestId: randomUUID(), input }), id);
        const text = `Heard while ${String(step)}; \`${commandName()} show\` tells how it goes`;
        console.log(options.json === true ? JSON.stringify({ step }) : text);
      });
    });
}

function order(program: Command, name: string, needs: { roles: boolean }): Command {
  return withIdentity(program.command(name), needs)
    .argument('<id>', 'ID of the remediation')
    .requiredOption('--reason <text>', 'why; kept with the remediation')
    .option('--json', 'print the answer as one line of JSON');
}

function valueOf<T>(answer: HumanAnswer<T>, id: string): T {
  switch (answer.status) {
    case 'done':
      return answer.value;
    case 'refused':
      throw new Error(`nothing was done: ${answer.reason}`);
    case 'ended': {
      const { outcome = 'without an outcome', advice } = answer;
      const instead = advice === undefined ? '' : `; ${advice}`;
      throw new Error(`nothing was done: the remediation has ended (${outcome})${instead}`);
    }
    case 'not_found':
      throw new Error(`there is no remediation ${id}`);
  }
}
