/** Public topics over gossip. What is published waits, a little, until somebody is there to take it. */
import { TopicValidatorResult } from '@libp2p/gossipsub';
import type { GossipSub, Message } from '@libp2p/gossipsub';
import type { Identify } from '@libp2p/identify';
import type { Connection, Libp2p } from '@libp2p/interface';
import type { MayGoOn, PublicTopic } from '../../ports/network.ts';
import type { Log } from '../../ports/log.ts';
import { publicMessageBytes } from './gossip.ts';
import { toPeerId } from './peer-ids.ts';
import { nameOf } from './waiting.ts';

export interface Topics {
  join(topic: string, onBytes: (bytes: Uint8Array) => void, mayGoOn?: MayGoOn): PublicTopic;
  close(): void;
}

interface Waiting {
  readonly topic: string;
  readonly bytes: Uint8Array;
  readonly untilMs: number;
}

const waitMs = 10_000;
const retryMs = 50;
const maxWaiting = 32;

/** After what a fresh connection was opened for. */
const introduceMs = 100;

/**
 * Gossip begins with whoever `introduce` asked what it speaks; the other side follows. Nobody is asked before there is
 * a topic, so that a page without one pays nothing for gossip. A relay leaves the asking to the pages.
 */
export function createTopics(node: Libp2p, pubsub: GossipSub, introduce: Identify | null, log: Log): Topics {
  const joined = new Map<string, Set<(bytes: Uint8Array) => void>>();
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;

  const onMessage = (event: CustomEvent<Message>): void => {
    const { topic, data } = event.detail;
    for (const onBytes of [...(joined.get(topic) ?? [])]) onBytes(data);
  };
  pubsub.addEventListener('message', onMessage);

  const ask = (connection: Connection): void => {
    if (introduce === null || joined.size === 0 || connection.limits !== undefined || connection.status !== 'open') return;
    introduce.identify(connection).catch((error: unknown) => log('identify-failed', { why: nameOf(error) }));
  };
  const onOpen = ({ detail: connection }: CustomEvent<Connection>): void => void setTimeout(() => ask(connection), introduceMs);
  node.addEventListener('connection:open', onOpen);

  /** A subscriber alone is not enough: without an outbound stream to one, gossip drops the message in silence. */
  const hasTaker = (topic: string): boolean =>
    pubsub.getSubscribers(topic).some((peer) => streamsOutbound(pubsub).has(peer.toString()));

  const publishNow = ({ topic, bytes }: Waiting): void => {
    pubsub.publish(topic, bytes).then(
      ({ recipients }) => log('topic-published', { recipients: recipients.length }),
      (error: unknown) => log('topic-failed', { why: nameOf(error) }),
    );
  };

  const retry = (): void => {
    timer = null;
    const due = waiting;
    waiting = [];
    for (const each of due) {
      if (hasTaker(each.topic)) publishNow(each);
      else if (Date.now() < each.untilMs) waiting.push(each);
      else log('topic-dropped', { waitedMs: waitMs });
    }
    if (waiting.length > 0) timer = setTimeout(retry, retryMs);
  };

  return {
    join: (topic, onBytes, mayGoOn) => {
      // Ignored, not rejected: whoever passes on what it cannot judge is no enemy.
      if (mayGoOn !== undefined) {
        pubsub.topicValidators.set(topic, (from, { data }) =>
          mayGoOn(data, toPeerId(from)) ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore,
        );
      }
      const ears = joined.get(topic) ?? new Set();
      if (ears.size === 0) {
        joined.set(topic, ears);
        pubsub.subscribe(topic);
        if (joined.size === 1) node.getConnections().forEach(ask);
      }
      // A wrapper of its own, so that two joins with the same function leave one at a time.
      const ear = (bytes: Uint8Array): void => onBytes(bytes);
      ears.add(ear);
      return {
        publish: (bytes) => {
          if (!ears.has(ear) || bytes.length > publicMessageBytes) return;
          if (waiting.length === maxWaiting) waiting.shift();
          waiting.push({ topic, bytes, untilMs: Date.now() + waitMs });
          if (timer === null) retry();
        },
        leave: () => {
          if (!ears.delete(ear) || ears.size > 0) return;
          joined.delete(topic);
          pubsub.topicValidators.delete(topic);
          waiting = waiting.filter((each) => each.topic !== topic);
          pubsub.unsubscribe(topic);
        },
      };
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
      waiting = [];
      pubsub.removeEventListener('message', onMessage);
      node.removeEventListener('connection:open', onOpen);
    },
  };
}

/** Public on the class, absent from its interface. */
function streamsOutbound(pubsub: GossipSub): ReadonlyMap<string, unknown> {
  const streams = (pubsub as GossipSub & { streamsOutbound?: ReadonlyMap<string, unknown> }).streamsOutbound;
  if (streams === undefined) throw new Error('gossipsub changed: it has no streamsOutbound');
  return streams;
}
