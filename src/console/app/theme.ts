export type Theme = 'auto' | 'light' | 'dark';

/** The same key in `static/theme.js`, which runs before anything is painted. */
const KEY = 'mendloop-theme';

export function storedTheme(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto'; // A browser may forbid storage.
  }
}

/** Shows the page in a theme from now on; `auto` is what the system says. */
export function setTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'auto') delete dataset['theme'];
  else dataset['theme'] = theme;
  try {
    if (theme === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It then lasts until the page is left.
  }
}
