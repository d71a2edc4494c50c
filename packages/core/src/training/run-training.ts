import type { CheckpointStore } from '../checkpoint/checkpoint.js';
import { TasklearnError } from '../errors.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type {
  DivergedEvent,
  FinishedEvent,
  TrainingEvent,
  UpdateEvent,
  ValidationEvent,
} from './training-event.js';

/** A number that is not finite and must be. */
export type Divergence = Omit<DivergedEvent, 'kind' | 'theta'>;

/** A training under way, whatever its kind: what {@link runTraining} drives. */
export interface TrainingRun {
  /** For messages, e.g. `metaTrain`. */
  readonly owner: string;
  /** What to do about a divergence, as a sentence. */
  readonly advice: string;
  /** Updates made. */
  update(): number;
  /** Whether the budget is used up. The same answer until the next update. */
  isOver(): boolean;
  /** One update; θ moves on only if what comes of it is finite. */
  makeUpdate(): Promise<UpdateEvent | Divergence>;
  /** Whether a validation is due after the update just made. */
  isValidationDue(): boolean;
  /** Absent where there is no validation. */
  readonly validate?: () => Promise<ValidationEvent>;
  /** State as the bytes of a checkpoint. */
  encode(): Uint8Array;
  /** A number of θ that is not finite, if there is one. */
  brokenNumber(): number | undefined;
  /** θ after the last update. */
  theta(): Tree<HostTensor>;
  /** θ before a failed update; undefined where it is not kept. */
  thetaBefore(): Tree<HostTensor> | undefined;
  /** The last event. */
  finished(): FinishedEvent;
}

/** When {@link runTraining} tells, saves and stops. */
export interface TrainingSchedule {
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean;
  readonly store?: CheckpointStore | undefined;
  /** Updates between checkpoints; one at the end unless told. */
  readonly checkpointEvery?: number | undefined;
  /** Updates between `update` events. */
  readonly logEvery: number;
  readonly signal?: AbortSignal | undefined;
}

/** The loop of all training: update, tell, validate, save; in the end `finished` or `stopped`. */
export async function* runTraining(
  run: TrainingRun,
  { resumed, store, checkpointEvery, logEvery, signal }: TrainingSchedule,
): AsyncGenerator<TrainingEvent, void, undefined> {
  let savedAt = resumed ? run.update() : undefined;
  while (!run.isOver() && signal?.aborted !== true) {
    const report = await run.makeUpdate();
    if ('quantity' in report) throw yield* diverge(run, report, run.thetaBefore());
    const update = run.update();
    if (update % logEvery === 0 || run.isOver()) yield report;
    if (run.validate !== undefined && (run.isValidationDue() || run.isOver())) {
      yield* refuseBrokenTheta(run);
      yield await run.validate();
    }
    if (store !== undefined && checkpointEvery !== undefined && update % checkpointEvery === 0) {
      yield* save(run, store);
      savedAt = update;
    }
  }
  yield* refuseBrokenTheta(run);
  if (store !== undefined && savedAt !== run.update()) yield* save(run, store);
  yield run.isOver() ? run.finished() : stopped(run);
}

/** The last event of a run that has not come to its end. */
function stopped(run: TrainingRun): TrainingEvent {
  const { best, theta } = run.finished();
  const kept = best === undefined ? {} : { best: { ...best, theta } };
  return { kind: 'stopped', update: run.update(), theta: run.theta(), ...kept };
}

async function* save(
  run: TrainingRun,
  store: CheckpointStore,
): AsyncGenerator<TrainingEvent, void, undefined> {
  yield* refuseBrokenTheta(run);
  await store.save(run.encode());
  yield { kind: 'checkpoint', update: run.update() };
}

/** Finite losses and gradients can still carry θ over the edge, and what is saved or chosen must not be broken. */
async function* refuseBrokenTheta(run: TrainingRun): AsyncGenerator<TrainingEvent, void, undefined> {
  const value = run.brokenNumber();
  if (value !== undefined) throw yield* diverge(run, { update: run.update(), quantity: 'theta', value });
}

/** Tells of a divergence and makes the error to be thrown. */
async function* diverge(
  { owner, advice }: TrainingRun,
  { update, quantity, value }: Divergence,
  theta?: Tree<HostTensor>,
): AsyncGenerator<TrainingEvent, TasklearnError, undefined> {
  yield { kind: 'diverged', update, quantity, value, ...(theta === undefined ? {} : { theta }) };
  return new TasklearnError(
    'NOT_FINITE',
    `${owner}: \`${quantity}\` must be finite, got ${value} at update ${update}. ${advice} What was saved before is intact.`,
    { update, quantity, value },
  );
}
