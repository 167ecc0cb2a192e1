/** Whether an alert fires at its source. What the source does not know is not acted on. */
export type SourceCheck =
  | { readonly status: 'firing'; readonly source: string; readonly text: string }
  | {
      readonly status: 'not_firing';
      readonly source: string;
      /** What was asked, so that a human can ask it again. */
      readonly asked: string;
      readonly text: string;
    }
  /** The source could not be asked: tried again, never taken for a yes. */
  | { readonly status: 'unknown'; readonly source: string; readonly asked: string; readonly text: string }
  /** The settings name no source for this sender, and say why. */
  | { readonly status: 'not_asked'; readonly text: string };
