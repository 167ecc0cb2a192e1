import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BigValueColorMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TooltipDisplayMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** The variable that every panel takes its Prometheus from. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

export interface Query {
  readonly expr: string;
  /** Legend, with labels as `{{label}}`. */
  readonly legend: string;
  /** Shows the traces behind a histogram's values. */
  readonly exemplars?: boolean;
}

interface PanelOptions {
  readonly title: string;
  /** What it says, and what to do about it. */
  readonly description: string;
  readonly queries: readonly Query[];
  readonly unit?: string;
  /** Of the 24 columns. */
  readonly width?: number;
}

interface StatOptions extends PanelOptions {
  /** Yellow from the first, red from the second on. */
  readonly warnAt?: number;
  readonly badAt?: number;
  readonly decimals?: number;
}

interface SeriesOptions extends PanelOptions {
  /** Bars that stand on each other, for things that are counted. */
  readonly stacked?: boolean;
  /** Exact figures below the plot. */
  readonly table?: boolean;
}

const ref = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);

function rangeQuery({ expr, legend, exemplars = false }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(ref(index)).expr(expr).legendFormat(legend).exemplar(exemplars).range();
}

function instantQuery({ expr, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(ref(index)).expr(expr).legendFormat(legend).instant();
}

function thresholds(warnAt: number | undefined, badAt: number | undefined): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { color: 'green', value: null },
      ...(warnAt === undefined ? [] : [{ color: 'yellow', value: warnAt }]),
      ...(badAt === undefined ? [] : [{ color: 'red', value: badAt }]),
    ]);
}

/** One figure, as of now. */
export function stat(options: StatOptions): Stat {
  const { title, description, queries, unit = 'short', width = 3, warnAt, badAt, decimals } = options;
  const panel = new Stat()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .height(4)
    .span(width)
    .colorMode(BigValueColorMode.Value)
    .thresholds(thresholds(warnAt, badAt))
    .targets(queries.map(instantQuery));
  return decimals === undefined ? panel : panel.decimals(decimals);
}

/** Figures beside each other as bars. */
export function bars({ title, description, queries, unit = 'short', width = 12 }: PanelOptions): BarGauge {
  return new BarGauge()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .decimals(0)
    .min(0)
    .height(8)
    .span(width)
    .orientation(VizOrientation.Horizontal)
    .thresholds(thresholds(undefined, undefined))
    .targets(queries.map(instantQuery));
}

/** Figures over time. */
export function series(options: SeriesOptions): TimeSeries {
  const { title, description, queries, unit = 'short', width = 12, stacked = false, table = false } = options;
  const legend = new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .placement(LegendPlacement.Bottom)
    .displayMode(table ? LegendDisplayMode.Table : LegendDisplayMode.List);
  const panel = new TimeSeries()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .min(0)
    .height(8)
    .span(width)
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(table ? legend.calcs(['lastNotNull', 'max']) : legend)
    .targets(queries.map(rangeQuery));
  if (!stacked) return panel.fillOpacity(8).lineWidth(2);
  return panel
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal));
}
