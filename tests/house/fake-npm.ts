/** Stands in for npm in the bootstrap's tests: writes down its call, and installs what the test's lock file names. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

const [verb = ''] = process.argv.slice(2);
const mood = process.env['FAKE_NPM'] ?? '';
function act(): void {
  appendFileSync('npm-calls.txt', `${process.argv.slice(2).join(' ')}\n`);
  if (mood === 'offline') {
    console.error('npm error code ENOTFOUND\nnpm error network request to somewhere failed');
    process.exit(1);
  }
  if (verb === 'ci') rmSync('node_modules', { recursive: true, force: true });
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/half-a-package', String(process.pid));
  // Long enough to be killed in, or to be waited for.
  if (mood === 'slow') setTimeout(finish, 800);
  else if (mood === 'endless') setInterval(() => existsSync('package.json') || process.exit(1), 100);
  else finish();
}

function finish(): void {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const tools = !process.argv.includes('--omit=dev') || existsSync('node_modules/tool');
  const packages = Object.fromEntries(
    Object.entries(lock.packages).filter(([place, entry]) => place !== '' && (tools || !entry.dev)),
  );
  for (const place of Object.keys(packages)) mkdirSync(place, { recursive: true });
  mkdirSync('node_modules/vite/bin', { recursive: true });
  writeFileSync('node_modules/vite/bin/vite.js', fakeVite);
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
}

const fakeVite = `
const { appendFileSync, mkdirSync, rmSync, writeFileSync, readFileSync } = require('node:fs');
console.log('vite says hello');
appendFileSync('builds.txt', 'built\\n');
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/.vite', { recursive: true });
writeFileSync('dist/index.html', '');
writeFileSync('dist/main.js', readFileSync('src/main.tsx'));
writeFileSync('dist/.vite/manifest.json', JSON.stringify({ 'index.html': { file: 'main.js', isEntry: true } }));
`;

if (verb !== '--version') act();
