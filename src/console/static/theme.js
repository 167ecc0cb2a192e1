// Runs before anything is painted, so that a chosen theme does not flash up in the other one.
try {
  const theme = globalThis.localStorage.getItem('mendloop-theme');
  if (theme === 'light' || theme === 'dark') globalThis.document.documentElement.dataset.theme = theme;
} catch {
  // A browser may forbid storage.
}
