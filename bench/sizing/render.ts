import { type Footprints, WAYS, type Way } from './histories.ts';
import { SIZES, USUAL } from './load.ts';
import { type MachineFigures, readMachineFigures } from './machine.ts';
import { coresFor, sizeFor, type Sizing } from './model.ts';

/** The tables of docs/sizing.md, each between the markers of its name there. */
export function renderTables(footprints: Footprints): Record<'footprints' | 'sizes' | 'machine', string> {
  const sizes = SIZES.map((alertsPerHour) => sizeFor({ ...USUAL, alertsPerHour }, footprints));
  const machine = machineTable(readMachineFigures(), { sizes, footprints });
  return { footprints: footprintTable(footprints), sizes: sizeTable(sizes), machine };
}

const WORDS: Readonly<Record<Way, string>> = {
  told: 'no rule acts: people are told',
  observed: 'mode `observe`: decided, measured, not done',
  cured: 'cured, and watched until the alert is over',
  approved: 'the same, after a human said yes',
  ladder: 'cured by the second plan',
  undone: 'did not help, and was undone',
};

function footprintTable({ ways, sweep }: Footprints): string {
  const line = (
    what: string,
    share: string,
    { events, actions, bytes, workflowTasks, activityTasks }: typeof sweep,
  ) => [...[what, share, String(events), String(workflowTasks + activityTasks), String(actions), kilobytes(bytes)]];
  return table(
    ['a remediation that is', 'share of alerts', 'events', 'tasks', 'actions', 'history'],
    [
      ...(Object.keys(WAYS) as Way[]).map((way) => line(WORDS[way], percent(USUAL.mix[way]), ways[way])),
      line('a sweep of the store, each 30 s', '', sweep),
    ],
  );
}

/** One column for each size. */
function sizeTable(sizes: readonly Sizing[]): string {
  const row = (what: string, of: (size: Sizing) => string) => [what, ...sizes.map(of)];
  return table(
    ['alerts an hour', ...sizes.map(({ alertsPerHour }) => grouped(alertsPerHour))],
    [
      row('workflows an hour', ({ workflowsPerHour }) => grouped(workflowsPerHour)),
      row('changes an hour', ({ changesPerHour }) => grouped(changesPerHour)),
      row('**at peak**: starts a second', ({ startsPerSecond }) => short(startsPerSecond)),
      row('events a second', ({ eventsPerSecond }) => short(eventsPerSecond)),
      row('tasks a second', ({ tasksPerSecond }) => short(tasksPerSecond)),
      row('workflows open', ({ open }) => grouped(open)),
      row('**Temporal**: history shards', ({ shards }) => grouped(shards)),
      row('partitions of the task queue', ({ partitions }) => String(partitions)),
      row('history a day', ({ historyBytesPerDay }) => bytesOf(historyBytesPerDay)),
      row('history kept, from the 90th day on', ({ historyBytesKept }) => bytesOf(historyBytesKept)),
      row('**Mendloop**: proofs at the same time', ({ proving }) => grouped(Math.ceil(proving))),
      row('workers', ({ workers }) => String(workers)),
      row('pollers for workflows, activities', ({ pollers }) => `${pollers.workflow}, ${pollers.activity}`),
      row('**Temporal Cloud**: actions a month', ({ actionsPerMonth }) => millions(actionsPerMonth)),
      row('US dollars a month', ({ dollarsPerMonth }) => grouped(roundTo(dollarsPerMonth, 2))),
    ],
  );
}

/** One row for each process, one column for each size. */
function machineTable(
  { cpuMs, logBytes, diskBytes }: MachineFigures,
  { sizes, footprints }: { readonly sizes: readonly Sizing[]; readonly footprints: Footprints },
): string {
  const databases: Readonly<Record<string, string>> = {
    "Temporal's PostgreSQL": 'Temporal',
    "the store's PostgreSQL": 'the store',
  };
  const kept = (bytes: Readonly<Record<string, number>>, process: string) => {
    const found = bytes[databases[process] ?? ''];
    return found === undefined ? '' : kilobytes(found);
  };
  return table(
    [
      ...['process', 'CPU', 'written to its log', 'growth on disk'],
      ...sizes.map(({ alertsPerHour }) => `cores at peak, ${grouped(alertsPerHour)} alerts an hour`),
    ],
    Object.entries(cpuMs).map(([process, ms]) => [
      ...[process, `${short(ms)} ms`, kept(logBytes, process), kept(diskBytes, process)],
      ...sizes.map((size) => short(coresFor(size, { cpuMs: ms, footprints }))),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} KB`;
const millions = (count: number) => `${short(count / 1e6)} million`;
/** With two figures that count: more would promise what no model keeps. */
const short = (value: number) => (value === 0 ? '0' : grouped(roundTo(value, 2)));
const grouped = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });

function roundTo(value: number, figures: number): number {
  return Number(value.toPrecision(figures));
}

function bytesOf(bytes: number): string {
  const [unit, by] =
    bytes >= 1e12 ? (['TB', 1e12] as const) : bytes >= 1e9 ? (['GB', 1e9] as const) : (['MB', 1e6] as const);
  return `${short(bytes / by)} ${unit}`;
}
