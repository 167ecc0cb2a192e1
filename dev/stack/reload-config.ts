/** Has Prometheus or Alertmanager read its configuration again. Throws with what it finds wrong in it. */
export async function reloadConfig(url: string): Promise<void> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  const text = (await response.text()).trim();
  if (!response.ok) throw new Error(`${url} refused its new configuration (${response.status}): ${text}`);
}
