/** As they are printed. None begins with 000, 666 or 9, and no part of one is all zeros. */
const PRINTED = /(?<![\w./-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w/-]|\.\d)/g;

/** Nine figures, under their name alone. */
const NAMED =
  /((?<![a-z])(?:ssn|social[ _-]security(?:[ _-](?:number|no\.?))?)\\{0,4}["']?\s{0,8}(?:[=:#]|is)?\s{0,8}\\{0,4}["']?)(?!000|666|9)\d{3}([ -]?)\d{2}\2\d{4}(?![\w/-]|\.\d)/gi;

/** Looked for first: that is much cheaper. */
const IN_PARTS = /\d-\d\d-\d{4}/;
const SPELLINGS = ['ssn', 'SSN', 'Ssn', 'ocial', 'OCIAL'];

/** A text without social security numbers of the United States. */
export function hideSocialSecurityNumbers(text: string, stead: string): string {
  const rest = IN_PARTS.test(text) ? text.replace(PRINTED, stead) : text;
  return SPELLINGS.some((spelling) => rest.includes(spelling)) ? rest.replace(NAMED, `$1${stead}`) : rest;
}
