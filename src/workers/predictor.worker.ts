/** The thread of a page that models run in. */
import { servePredictor } from './predictor-thread.ts';

declare const self: DedicatedWorkerGlobalScope;

servePredictor(self);
