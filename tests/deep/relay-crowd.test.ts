/** A relay on an old laptop: what two hundred idle pages cost it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRelayCard, relayCardPath } from '../../src/protocol/relay-card.ts';
import { runRelay } from '../relay/relay-process.ts';

const clients = 200;
const mostMiB = 128;

test(`${clients} idle clients cost the relay at most ${mostMiB} MiB over its start`, async () => {
  const data = await mkdtemp(path.join(tmpdir(), 'wavu-crowd-'));
  const relay = await runRelay(['--port', '0', '--data', data, '--json']).line;
  const address = `/ip4/127.0.0.1/tcp/${relay.port}/ws/p2p/${relay.peerId}`;
  const card = readRelayCard(await (await fetch(new URL(relayCardPath, relay.url))).json());
  if ('refused' in card) throw new Error(card.refused);
  const startMiB = residentMiB(relay.pid);
  const program = fileURLToPath(new URL('crowd.ts', import.meta.url));
  const crowd = spawn(process.execPath, [program, address, card.square?.topic ?? '', `${clients}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [said] = (await once(crowd.stdout, 'data')) as [Buffer];
    expect(said.toString()).toContain('here');
    // Idle means settled: all have met, and gossip with all.
    await expect
      .poll(async () => (await fetch(new URL('/metrics', relay.url))).text(), { timeout: 60_000 })
      .toMatch(new RegExp(`wavu_relay_gossip_peers ${clients}\\b[^]*wavu_relay_meet_pages ${clients}\\b`));
    const grownMiB = residentMiB(relay.pid) - startMiB;
    process.stderr.write(
      `relay: ${startMiB.toFixed(1)} MiB at its start, ${grownMiB.toFixed(1)} MiB more with ${clients} clients\n`,
    );
    expect(grownMiB).toBeLessThanOrEqual(mostMiB);
  } finally {
    crowd.stdin.end();
    await once(crowd, 'exit');
    await rm(data, { recursive: true, force: true });
  }
});

/** Linux tells; elsewhere the test fails aloud rather than pass unmeasured. */
function residentMiB(pid: number): number {
  const kB = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB) / 1024;
}
