import { Command } from 'commander';
import { packageRoot } from '../local/package-root.ts';
import { asTyped, commandName } from './command-name.ts';
import { packageVersion } from './package-version.ts';

type Register = (program: Command) => void;

/**
 * How each command is loaded. Only the one that is typed is: all of them together, with Temporal's worker and the
 * clients of everything, take seconds to load.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  init: async () => (await import('./commands/init.ts')).registerInit,
  up: async () => (await import('./commands/up.ts')).registerUp,
  api: async () => (await import('./commands/api.ts')).registerApi,
  worker: async () => (await import('./commands/worker.ts')).registerWorker,
  deploy: async () => (await import('./commands/deploy.ts')).registerDeploy,
  temporal: async () => (await import('./commands/temporal.ts')).registerTemporal,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
  token: async () => (await import('./commands/token.ts')).registerToken,
  keygen: async () => (await import('./commands/keygen.ts')).registerKeygen,
  console: async () => (await import('./commands/console.ts')).registerConsole,
  remediations: async () => (await import('./commands/remediations.ts')).registerRemediations,
  show: async () => (await import('./commands/remediations.ts')).registerShow,
  report: async () => (await import('./commands/report.ts')).registerReport,
  approve: async () => (await import('./commands/vote.ts')).registerApprove,
  reject: async () => (await import('./commands/vote.ts')).registerReject,
  undo: async () => (await import('./commands/vote.ts')).registerUndo,
  pause: async () => (await import('./commands/guards.ts')).registerPause,
  resume: async () => (await import('./commands/guards.ts')).registerResume,
  guards: async () => (await import('./commands/guards.ts')).registerGuards,
  windows: async () => (await import('./commands/windows.ts')).registerWindows,
  unhandled: async () => (await import('./commands/unhandled.ts')).registerUnhandled,
  audit: async () => {
    const [{ registerAudit }, { findInstallation }] = await Promise.all([
      import('./commands/audit.ts'),
      import('./running.ts'),
    ]);
    return (program) => {
      registerAudit(program, (options) => findInstallation(options).config.audit);
    };
  },
  actions: async () => (await import('./commands/actions.ts')).registerActions,
  policy: async () => (await import('./commands/policy.ts')).registerPolicy,
  explain: async () => (await import('./commands/explain.ts')).registerExplain,
  replay: async () => (await import('./commands/replay.ts')).registerReplay,
  scorecard: async () => (await import('./commands/scorecard.ts')).registerScorecard,
  promote: async () => (await import('./commands/promote.ts')).registerPromote,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** The `mendloop` command: with the one subcommand that is named, or with all of them for its help. */
export async function createProgram(named: string | undefined): Promise<Command> {
  const program = new Command(commandName())
    .description('Verified, reversible remediation for Kubernetes, durable by Temporal')
    .version(packageVersion(packageRoot()))
    .configureOutput({ writeOut: (text) => process.stdout.write(asTyped(text)) })
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  const one = named !== undefined && Object.hasOwn(COMMANDS, named) ? COMMANDS[named] : undefined;
  for (const load of one === undefined ? Object.values(COMMANDS) : [one]) (await load())(program);
  return program;
}
