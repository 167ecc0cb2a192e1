import type { Command } from 'commander';
import { withWindows } from '../../api/guards/with-windows.ts';
import { createCalendar } from '../../domain/windows/calendar.ts';
import { parseTarget } from '../../domain/target/parse-target.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { painter } from '../output/style.ts';
import { describeGuards } from '../remediations/describe-guards.ts';
import { identityOf, type IdentityOptions, withIdentity, withStore } from '../with-temporal.ts';

type OrderOptions = CommonOptions & IdentityOptions & { readonly reason: string };

export function registerGuards(program: Command): void {
  const guards = withConfig(program.command('guards'))
    .description('show what holds remediations back: pause switch, limits, breakers, budgets')
    .option('--json', 'print the guards as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop guards
  $ mendloop guards --json | jq '.targets[] | select(.state.breaker.status != "closed") | .target'
  $ mendloop guards reset default/production/Deployment/order-service --reason 'mended by hand'`,
    )
    .action(async (options: CommonOptions & { json?: boolean }) => {
      await withStore(options, async ({ config, store }) => {
        const overview = await withWindows(store.guards, createCalendar(config.windows)).overview();
        const look = { paint: painter(), now: Date.now() };
        console.log(options.json === true ? JSON.stringify(overview) : describeGuards(overview, look));
      });
    });
  registerReset(guards);
}

export function registerPause(program: Command): void {
  withIdentity(program.command('pause'), { roles: false })
    .description('hold back every change in the cluster; what has to be undone is undone')
    .requiredOption('--reason <text>', 'why; shown to everybody')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop pause --reason 'migration of the cluster until noon'
  $ mendloop resume`,
    )
    .action(async (options: OrderOptions) => {
      const { by } = identityOf(options);
      await withStore(options, ({ store }) => store.guards.pause({ by, reason: options.reason }));
      console.log('Paused. Remediations stop before their next change; undoing goes on.');
    });
}

export function registerResume(program: Command): void {
  withIdentity(program.command('resume'), { roles: false })
    .description('end the pause')
    .option('--reason <text>', 'why', 'the pause is over')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop resume`,
    )
    .action(async (options: OrderOptions) => {
      const { by } = identityOf(options);
      const wasPaused = await withStore(options, ({ store }) => store.guards.resume({ by, reason: options.reason }));
      console.log(wasPaused ? 'Resumed.' : 'Nothing was paused.');
    });
}

function registerReset(guards: Command): void {
  withIdentity(guards.command('reset'), { roles: false })
    .description('close the circuit breaker of a target and end its cooldowns')
    .argument('<target>', 'cluster/namespace/Kind/name, as `mendloop guards` prints it')
    .option('--reason <text>', 'why', 'reset by hand')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop guards reset default/production/Deployment/order-service --reason 'mended by hand'`,
    )
    .action(async (target: string, options: OrderOptions) => {
      if (parseTarget(target) === undefined) {
        throw new Error(`${target} is no target: cluster/namespace/Kind/name, for example default/shop/Deployment/api`);
      }
      const order = { by: identityOf(options).by, reason: options.reason };
      const known = await withStore(options, ({ store }) => store.guards.reset({ target, order }));
      if (!known) throw new Error(`nothing is remembered of ${target}: there is nothing to reset`);
      console.log(`Reset ${target}.`);
    });
}
