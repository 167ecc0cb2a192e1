/** As they are printed. None begins with 000, 666 or 9, and no part of one is all zeros. */
const PRINTED = /(?<![\w./-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w/-]|\.\d)/g;

/** Nine figures, under their name alone. */
const NAMED =
  /((?<![a-z])(?:ssn|social[ _-]security(?:[ _-](?:number|no\.?))?)\\{0,4}["']?\s{0,8}(?:[=:#]|is)?\s{0,8}\\{0,4}["']?)(?!000|666|9)\d{3}([ -]?)\d{2}\2\d{4}(?![\w/-]|\.\d)/gi;

/** A text without social security numbers of the United States. */
export function hideSocialSecurityNumbers(text: string, stead: string): string {
  const rest = text.replace(PRINTED, stead);
  return /ssn|social/i.test(rest) ? rest.replace(NAMED, `$1${stead}`) : rest;
}
