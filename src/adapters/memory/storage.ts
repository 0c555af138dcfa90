/** The storage port on a virtual disk: everything takes its time and happens in the order it was asked for. */
import type { Batch, CommitResult, OpenedStorage, Storage, Write } from '../../ports/storage.ts';
import type { Core } from './core.ts';
import type { Disk, DiskRules } from './disk.ts';
import type { Owner } from './queue.ts';
import type { Random } from './random.ts';

export interface DiskDoor {
  open(owner: Owner): Promise<OpenedStorage>;
  /** Its tab is gone. What it still had under way reached the disk, or did not. */
  ownerGone(owner: Owner): void;
}

export const createDiskDoor = (core: Core, disk: Disk, rules: DiskRules, random: Random): DiskDoor => {
  /** Disks answer in order, for all tabs together. */
  let busyUntilUs = 0;
  const underWay = new Map<Batch, Owner>();

  const inTurn = <T>(owner: Owner, kind: string, takesMs: number, work: () => T): Promise<T> =>
    new Promise((settle) => {
      const atUs = Math.max(busyUntilUs, core.nowUs() + takesMs * (0.5 + random.share()) * 1000);
      busyUntilUs = atUs;
      core.schedule((atUs - core.nowUs()) / 1000, { kind, owner }, () => settle(work()));
    });

  const openFor = (owner: Owner): Storage => {
    let closed = false;
    return {
      get: (key) => {
        if (closed) return Promise.reject(new Error('storage: read after close'));
        return inTurn(owner, 'disk-get', rules.readMs, () => disk.get(key));
      },
      range: (wanted) => {
        if (closed) return Promise.reject(new Error('storage: read after close'));
        return inTurn(owner, 'disk-range', rules.readMs, () => disk.range(wanted));
      },
      commit: (batch) => {
        if (closed) return inTurn<CommitResult>(owner, 'disk-closed', 0, () => ({ state: 'refused', why: 'closed' }));
        const sealed = { durability: batch.durability, writes: batch.writes.map(copyWrite) };
        underWay.set(sealed, owner);
        const takesMs = batch.durability === 'strict' ? rules.strictCommitMs : rules.relaxedCommitMs;
        return inTurn(owner, 'disk-commit', takesMs, () => {
          underWay.delete(sealed);
          return disk.apply(sealed, core.nowUs() / 1000);
        });
      },
      // What was asked before is done before: it stands ahead in the disk's turn.
      close: () => {
        closed = true;
        return inTurn(owner, 'disk-close', 0, () => undefined);
      },
    };
  };

  return {
    open: (owner) =>
      inTurn<OpenedStorage>(owner, 'disk-open', rules.strictCommitMs, () => {
        const why = disk.faults.open;
        return why === null ? { state: 'open', storage: openFor(owner) } : { state: 'refused', why };
      }),
    ownerGone: (owner) => {
      const mine = [...underWay].filter(([, who]) => who === owner).map(([batch]) => batch);
      const reached = random.below(mine.length + 1);
      mine.forEach((batch, place) => {
        underWay.delete(batch);
        if (place < reached) disk.apply({ ...batch, durability: 'relaxed' }, core.nowUs() / 1000);
      });
    },
  };
};

const copyWrite = (write: Write): Write => (write.op === 'put' ? { ...write, value: write.value.slice() } : write);
