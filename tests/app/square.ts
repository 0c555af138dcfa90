/** A village with a Square, whose owner link the relay made. */
import type { Page } from '../simulation/page.ts';
import type { OwnerRecord, OwnerShelf } from '../../relay/owner.ts';
import { noOwner } from '../../relay/owner.ts';
import type { RoomId } from '../../src/protocol/ids.ts';
import type { SquareView } from '../../src/app/view.ts';
import { appOf, createVillage } from './village.ts';
import type { Village, VillageOptions } from './village.ts';

export const squareSecret = new Uint8Array(32).fill(7);

export interface SquareVillage extends Village {
  readonly shelf: OwnerShelf;
  /** Shown there, so that its messages are in the view. */
  enter(page: Page): Promise<RoomId>;
  /** By the link that the relay made. */
  own(page: Page): Promise<RoomId>;
}

export function createSquareVillage(seed: string, options: VillageOptions = {}): SquareVillage {
  let kept: OwnerRecord = noOwner;
  const shelf: OwnerShelf = {
    get kept() {
      return kept;
    },
    keep: (record) => {
      kept = record;
    },
  };
  const village = createVillage(seed, { ...options, square: { secret: squareSecret, shelf } });
  const { world, until } = village;
  const enter = async (page: Page): Promise<RoomId> => {
    await until('the Square is there', () => appOf(page).view().square !== null);
    const { room } = squareOf(page);
    await world.finish(appOf(page).show(room));
    return room;
  };
  return {
    ...village,
    shelf,
    enter,
    own: async (page) => {
      const room = await enter(page);
      await world.finish(appOf(page).joinRoom(village.relay.owner()!.newLink()));
      await until('owned', () => squareOf(page).claim === 'yours');
      return room;
    },
  };
}

export function squareOf(page: Page): SquareView {
  const { square } = appOf(page).view();
  if (square === null) throw new Error('no Square');
  return square;
}
