/** `npm run soak`: what shows only after a long while, or in a crowd. Rows as those of `npm run bench`. */
import { runBenches } from '../bench/run.ts';
import { cycles } from './s3-cycles.ts';
import { idleLong } from './s1-idle.ts';
import { restart } from './s2-restart.ts';

await runBenches([idleLong, restart, cycles]);
