/** What a page may ask of the directory by its relay is the page's, however often it comes. */
import { expect, test } from 'vitest';
import { createDirectoryDesk } from '../../relay/directory-desk.ts';
import { nodeCryptoSuite as suite } from '../../src/adapters/node-crypto/suite.ts';
import { decodeDirectory, encodeDirectory } from '../../src/protocol/directory/message.ts';
import { createMeetWorld } from './meet-world.ts';
import type { TestPage } from './meet-world.ts';

const word = encodeDirectory({ kind: 'find', number: 1, place: new Uint8Array(32), from: null });

test('a page that leaves and comes back may ask no more than one that stays', () => {
  const world = createMeetWorld(undefined, null, (clock) => createDirectoryDesk({ clock, suite, directory: () => null }));
  const answers = (page: TestPage): readonly string[] => {
    for (let times = 0; times < 13; times += 1) page.says({ kind: 'directory', word });
    return page.heard().map((frame) => {
      const said = frame.kind === 'directory' ? decodeDirectory(frame.word) : null;
      return said !== null && 'why' in said ? said.why : frame.kind;
    });
  };
  const ann = world.page('ann');
  expect(answers(ann)).toEqual([...Array<string>(12).fill('asleep'), 'too-fast']);
  ann.closes();
  expect(answers(world.page('ann'))).toEqual(Array(13).fill('too-fast'));
});
