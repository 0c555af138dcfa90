/** What was found, in sentences: the same on the screen and in the report. None holds a name or an address. */
import type { CheckUp } from '../../app/doctor/doctor.ts';
import { checks } from '../../app/doctor/findings.ts';
import type { Check, Findings } from '../../app/doctor/findings.ts';
import type { Format } from '../words/format.ts';
import type { Words } from '../words/words.ts';

export interface Line {
  readonly check: Check;
  readonly name: string;
  readonly says: string;
  /** As it should be. */
  readonly isWell: boolean;
}

interface Speech {
  readonly w: Words;
  readonly f: Format;
}

/** Only of what was looked at. */
export function linesOf(found: Partial<Findings>, speech: Speech): readonly Line[] {
  return checks.filter((check) => check in found).map((check) => lineOf(check, found as Findings, speech));
}

export function reportOf({ found, judgement }: CheckUp, build: string | null, speech: Speech): string {
  const { doctor } = speech.w;
  return [
    `${speech.w.first.title}${build === null ? '' : ` ${build}`}`,
    doctor.verdicts[judgement.verdict],
    ...linesOf(found, speech).map(({ name, says }) => `${name}: ${says}`),
    doctor.next(doctor.steps[judgement.next]),
  ].join('\n');
}

function lineOf(check: Check, found: Findings, speech: Speech): Line {
  const { doctor } = speech.w;
  const line = (isWell: boolean, says: string): Line => ({ check, name: doctor.names[check], says, isWell });
  switch (check) {
    case 'secure':
      return line(found.secure, found.secure ? doctor.secure : doctor.insecure);
    case 'online':
      return line(found.online, found.online ? doctor.online : doctor.offline);
    case 'relay':
      return line(found.relay.state === 'open', relaySays(found.relay, speech));
    case 'webRtc':
      return line(found.webRtc.state === 'tried' && found.webRtc.isLinked, webRtcSays(found.webRtc, speech));
    case 'people':
      return line(isAnybody(found.people), peopleSays(found.people, speech));
    case 'storage':
      return line(found.storage?.isKept === true, storageSays(found.storage, speech));
    case 'offline':
      return line(found.offline === 'ready', doctor.starts[found.offline]);
  }
}

function relaySays(relay: Findings['relay'], { w: { doctor }, f }: Speech): string {
  if (relay.state !== 'open') return doctor.relays[relay.state];
  const says = [relay.rttMs === null ? doctor.relayOpen : doctor.relayIn(f.ms(relay.rttMs))];
  if (relay.door === 'second') says.push(doctor.relaySecond);
  if (!relay.answers) says.push(doctor.relays.silent);
  return says.join(' ');
}

function webRtcSays(webRtc: Findings['webRtc'], { w: { doctor } }: Speech): string {
  switch (webRtc.state) {
    case 'absent':
      return doctor.webRtcAbsent;
    case 'refused':
      return doctor.webRtcRefused;
    case 'tried':
      return `${webRtc.isLinked ? doctor.webRtcWorks : doctor.webRtcFails} ${doctor.hosts[webRtc.hosts]}`;
  }
}

const isAnybody = ({ direct, relayed, through }: Findings['people']): boolean => direct + relayed + through > 0;

function peopleSays(people: Findings['people'], { w: { doctor, tide }, f }: Speech): string {
  const ways = (
    [
      [doctor.direct, people.direct],
      [doctor.relayed, people.relayed],
      [tide.through, people.through],
    ] as const
  ).flatMap(([words, count]) => (count > 0 ? [f.count(words, count)] : []));
  const reached = ways.length > 0 ? `${ways.join(' · ')}.` : doctor.nobody;
  return people.roomsOut > 0 ? `${reached} ${f.count(doctor.roomsOut, people.roomsOut)}` : reached;
}

function storageSays(storage: Findings['storage'], { w: { doctor }, f }: Speech): string {
  if (storage === null) return doctor.keptUnknown;
  const says = storage.isKept ? doctor.kept : doctor.notKept;
  if (storage.room === null) return says;
  const { usedBytes, mostBytes } = storage.room;
  return `${says} ${doctor.used(f.number(Math.ceil(usedBytes / 1e6)), f.number(Math.floor(mostBytes / 1e6)))}`;
}
