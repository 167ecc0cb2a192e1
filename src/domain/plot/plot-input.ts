export interface PlotPoint {
  /** Epoch ms. */
  readonly at: number;
  /** Null: nothing is known of this moment, and the line is broken here. */
  readonly value: number | null;
}

export interface PlotSeries {
  readonly name: string;
  /** In the order of time. */
  readonly points: readonly PlotPoint[];
  /** `step` holds each value until the next one; `line`, the default, joins them. */
  readonly shape?: 'line' | 'step';
}

/** A limit, and on which side of it values are good. */
export interface PlotThreshold {
  readonly value: number;
  readonly label: string;
  readonly good: 'below' | 'above';
  /** Whether the limit itself is good; yes unless given. */
  readonly inclusive?: boolean;
}

/** Something that was done at a moment. */
export interface PlotMark {
  /** Epoch ms. */
  readonly at: number;
  readonly label: string;
  /** `act` unless given; `undo` and `note` look different. */
  readonly kind?: 'act' | 'undo' | 'note';
}

/** A plot of values over time. Texts are data: escaped, bounded, and without characters that hide or turn text. */
export interface PlotInput {
  readonly title: string;
  /** Of all values: `s`, `req/s`. */
  readonly unit: string;
  readonly series: readonly PlotSeries[];
  readonly threshold?: PlotThreshold | undefined;
  readonly marks: readonly PlotMark[];
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Epoch ms that the time axis covers at least, so that plots of the same time can be read one above the other. */
  readonly times?: { readonly low: number; readonly high: number } | undefined;
  /** Epoch ms that the time axis counts from; the first act unless given, else the first point. */
  readonly origin?: number | undefined;
  /**
   * `inherit`, the default, takes the text's colour of the page that it stands in, with lines that can be seen on light
   * and on dark; the others bring a background of their own, for pictures.
   */
  readonly theme?: 'inherit' | 'light' | 'dark';
  /** Whether the title is drawn too, for pictures that stand alone. */
  readonly heading?: boolean;
  /** Told apart by this where several stand on one page; letters, digits and dashes. */
  readonly id?: string;
}
