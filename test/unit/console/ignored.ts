/** Of what a page calls when somebody uses it: these tests only read. */
export const ignored = (): undefined => undefined;
