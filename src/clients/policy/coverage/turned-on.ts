/** The data of a policy without the modes that hold rules back: each goes as far as it says of itself. */
export function turnedOn(data: object): object {
  const { overrides } = data as { readonly overrides?: unknown };
  const isObject = typeof overrides === 'object' && overrides !== null;
  return { ...data, modes: {}, ...(isObject ? { overrides: { ...overrides, modes: {} } } : {}) };
}
