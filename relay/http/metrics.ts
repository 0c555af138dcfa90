/** Numbers for Prometheus, in its text form. */
export function metricsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => {
      const metric = `wavu_relay_${snake(name)}`;
      return `# TYPE ${metric} gauge\n${metric} ${value}\n`;
    })
    .join('');
}

const snake = (name: string): string =>
  name
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
