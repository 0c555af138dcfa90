/** Every scenario of a crowd. */
import { blackout } from './blackout.ts';
import { city } from './city.ts';
import { couriers } from './couriers.ts';
import { hostile } from './hostile.ts';
import { islands } from './islands.ts';
import { march } from './march.ts';
import type { Plan } from './plan.ts';
import { school } from './school.ts';
import { village } from './village.ts';

export const plans: readonly Plan[] = [village, city, march, blackout, islands, couriers, hostile, school];
