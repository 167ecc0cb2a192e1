/** Pixels for plots. They are drawn as wide as they are shown, so that their texts keep their size. */
export const plotSize = { width: 720 };
