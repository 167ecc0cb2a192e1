/** Whether this process is the command that npx was asked for. Source: npm sets these for what it runs. */
export function isStartedByNpx(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script } = env;
  return event === 'npx' && script?.includes('mendloop') === true;
}
