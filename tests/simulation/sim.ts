/** `npm run sim -- --scenario hello --nodes 20 --seed 7 --json`: runs the product in a memory world and prints what came of it. */
import { parseArgs } from 'node:util';
import { nodeCryptoSuite } from '../../src/adapters/node-crypto/suite.ts';
import { runCrowd } from './crowd-run.ts';
import { createGauge } from './gauge.ts';
import { hello } from './hello.ts';
import { idle } from './idle.ts';
import { members } from './members.ts';
import { countedSuite } from './room-run.ts';
import type { Scenario } from './room-run.ts';
import { isMet } from './rows.ts';
import type { Row } from './rows.ts';
import { plans } from './scenarios/plans.ts';
import { createSettle } from './settle.ts';
import { storm } from './storm.ts';

const suites = { counted: countedSuite, 'node-crypto': () => nodeCryptoSuite };
const scenarios: Readonly<Record<string, (scenario: Scenario) => Promise<readonly Row[]>>> = { hello, storm, members, idle };

const all = [...Object.keys(scenarios), ...plans.map(({ name }) => name)];
const usage = `usage: npm run sim -- --scenario ${all.join('|')} [--nodes N] [--seed S] [--messages M] [--suite ${Object.keys(suites).join('|')}] [--json]
  Messages are of each device. ${plans.map(({ name, full }) => `${name} has ${full.nodes} nodes`).join(', ')}, unless told otherwise.
  The same scenario, nodes, messages and seed give the same run, event for event (see traceHash).
  Exit status 1: something that must hold did not. With --json nothing but the rows is on standard output.`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'hello' },
      nodes: { type: 'string' },
      messages: { type: 'string' },
      seed: { type: 'string' },
      suite: { type: 'string', default: 'counted' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return printUsage(0);
  const run = Object.hasOwn(scenarios, values.scenario) ? scenarios[values.scenario] : undefined;
  const plan = plans.find(({ name }) => name === values.scenario);
  const nodes = Number(values.nodes ?? plan?.full.nodes ?? 10);
  const messages = values.messages === undefined ? {} : { messagesPerNode: Number(values.messages) };
  if ((run === undefined && plan === undefined) || !isCount(nodes, 2) || !isSuite(values.suite)) return printUsage(2);
  if (messages.messagesPerNode !== undefined && !isCount(messages.messagesPerNode, 1)) return printUsage(2);
  const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 32));

  say(`${values.scenario}, ${nodes} nodes, seed ${seed}`);
  const beganMs = performance.now();
  const suite = suites[values.suite]();
  const rows =
    plan === undefined
      ? await run!({ nodes, seed, ...messages, suite, say, settle: createSettle() })
      : await runCrowd(plan, { nodes, seed, ...messages, suite, say, settle: createSettle(), gauge: createGauge() });
  say(`${((performance.now() - beganMs) / 1000).toFixed(1)} s on the clock of this machine`);
  process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${table(rows)}\n`);
  return isMet(rows) ? 0 : 1;
};

const isSuite = (name: string): name is keyof typeof suites => Object.hasOwn(suites, name);

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least && value <= 100_000;

const printUsage = (status: number): number => {
  say(usage);
  return status;
};

const table = (rows: readonly Row[]): string =>
  rows
    .map(({ name, value, unit, baseline, met, counted }) => {
      const of = baseline === null ? '' : ` of ${baseline}`;
      const verdict = met === null ? '  ' : met ? '✓ ' : '✗ ';
      return `${verdict}${name.padEnd(15)} ${`${value}${of} ${unit}`.padEnd(34)} ${counted}`;
    })
    .join('\n');

process.exitCode = await main();
