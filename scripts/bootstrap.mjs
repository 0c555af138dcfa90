/** The one door of every npm script: makes the checkout ready, then hands over to a task. Runs on Node 18 with nothing installed. */

/**
 * What each command needs installed, and where its task lives. Loaded late: an old Node must still be able to say so.
 * @type {Record<string, { needs: 'runtime' | 'full', load: () => Promise<{ run: (args: string[]) => Promise<number> }> }>}
 */
const commands = {
  start: { needs: 'runtime', load: () => import('./tasks/start.mjs') },
  build: { needs: 'runtime', load: () => import('./tasks/build.mjs') },
  size: { needs: 'runtime', load: () => import('./size.mjs') },
  test: { needs: 'full', load: () => import('./tasks/test.mjs') },
  check: { needs: 'full', load: () => import('./tasks/check.mjs') },
  fix: { needs: 'full', load: () => import('./tasks/fix.mjs') },
  'test:deep': { needs: 'full', load: () => import('./tasks/deep.mjs') },
  bench: { needs: 'full', load: async () => program('tests/bench/bench.ts') },
  sim: { needs: 'full', load: async () => program('tests/simulation/sim.ts') },
  soak: { needs: 'full', load: async () => program('tests/soak/soak.ts') },
  screenshots: { needs: 'full', load: async () => program('tests/browser/screenshots.ts', { built: true }) },
};

const oldestNode = 18;
if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  console.error(`wavu: this is Node ${process.versions.node}; Wavu needs Node ${oldestNode} or newer (nodejs.org has it).`);
  process.exit(1);
}

main(process.argv[2] ?? '', process.argv.slice(3)).then(
  (code) => process.exit(code),
  (/** @type {unknown} */ error) => {
    console.error(error);
    process.exit(1);
  },
);

/**
 * @param {string} name
 * @param {string[]} args
 */
async function main(name, args) {
  const { fail } = await import('./bootstrap/say.mjs');
  const command = commands[name];
  if (command === undefined) return fail(`there is no command "${name}"; there are: ${Object.keys(commands).join(', ')}.`);
  const { stopWithNpm } = await import('./bootstrap/child.mjs');
  stopWithNpm();
  const { needPlatform } = await import('./bootstrap/node24.mjs');
  needPlatform();
  const { install } = await import('./bootstrap/install.mjs');
  await install(command.needs);
  const task = await command.load();
  return task.run(args);
}

/**
 * A task that is one program on Node 24; its standard output is left alone.
 * @param {string} file
 * @param {{ built?: boolean }} options
 */
async function program(file, { built = false } = {}) {
  const { existsSync } = await import('node:fs');
  const { fail, fromRoot } = await import('./bootstrap/say.mjs');
  const { node } = await import('./bootstrap/child.mjs');
  const { build } = await import('./bootstrap/build.mjs');
  return {
    /** @param {string[]} args */
    run: async (args) => {
      if (built && !(await build())) return 1;
      if (!existsSync(fromRoot(file))) fail(`there is no ${file} yet.`);
      return node([fromRoot(file), ...args], { cleanStop: true });
    },
  };
}
