import {
  type Checkpoint,
  type ControlTraining,
  type Environment,
  type HostTensor,
  type Rng,
  type Tree,
  unpackHostTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { actionSizeOf, observationSizeOf } from '../policies/policy-for.js';
import type { Actor } from '../roll-outs/actor.js';
import { type CompiledActor, compiledActor } from '../roll-outs/compiled-actor.js';
import { explorationOf, randomActions } from './exploration.js';
import { type GradientStepper, gradientStepper } from './gradient-stepper.js';
import { requireLoop } from './off-policy-loop.js';
import { type OffPolicyTrainingOptions, type Store, trainingTasksOf } from './off-policy-training-options.js';
import { openStore } from './open-store.js';
import { parameterSpec } from './parameter-spec.js';
import { type TransitionCollector, transitionCollector } from './transition-collector.js';

/** Everything that a training owns. */
interface Training {
  readonly given: OffPolicyTrainingOptions;
  readonly stepper: GradientStepper;
  readonly actor: CompiledActor;
  readonly store: Store;
  readonly act: Actor;
  /** z of every copy, [E * Z]. */
  readonly z: Float32Array;
  readonly counts: { update: number; steps: number };
  environment: Environment;
  collector: TransitionCollector;
  generation: number;
}

function environmentOf(given: OffPolicyTrainingOptions, generation: number): Environment {
  const { context, loop } = given;
  const { distribution, rng } = context;
  const tasks = trainingTasksOf(given, generation);
  return distribution.createEnvironment(tasks, loop.copies, rng.split('environment').split(generation));
}

/** What the collector is given: acting with exploration, and keeping. */
function actorOf(
  given: OffPolicyTrainingOptions,
  actor: CompiledActor,
  counts: { readonly steps: number },
): Actor {
  const { context, loop, owner } = given;
  const { spec } = context.distribution;
  const explore = explorationOf(owner, spec, loop);
  const random = randomActions(spec);
  const copies = loop.tasks * loop.copies;
  const size = actionSizeOf(spec);
  return async (steps, rng) => {
    if (counts.steps < loop.warmUpSteps) {
      const actions = new Float32Array(copies * size);
      random(actions, rng.split('random'));
      return { actions };
    }
    const { actions } = await actor.act(steps, rng.split('policy'));
    explore(actions, counts.steps, rng.split('explore'));
    return { actions };
  };
}

function collectorOf(training: Omit<Training, 'collector'>): TransitionCollector {
  const { given, store, z, counts, actor, stepper, environment, act } = training;
  const { context } = given.hooks ?? {};
  const { layout } = store.replay;
  return transitionCollector({
    environment,
    layout,
    act,
    keep(step) {
      if (context !== undefined) putContext(step.rows, layout.size, z, context.size);
      given.hooks?.beforeStore?.(step, layout);
      store.keep(step);
      counts.steps += environment.copies;
    },
    begin(which, rng) {
      given.hooks?.begin?.(which);
      if (context === undefined) return;
      for (let copy = 0; copy < environment.copies; copy += 1) {
        if (which === undefined || which[copy] === 1)
          z.set(context.begin(copy, rng.split(copy)), copy * context.size);
      }
      actor.setParameters(stepper.acting().data as Float32Array, z);
    },
  });
}

/** z is the last field of a row. */
function putContext(rows: Float32Array, rowSize: number, z: Float32Array, size: number): void {
  for (let copy = 0; copy * rowSize < rows.length; copy += 1)
    rows.set(z.subarray(copy * size, (copy + 1) * size), (copy + 1) * rowSize - size);
}

function open(given: OffPolicyTrainingOptions): Training {
  const { owner, context, algorithm, loop, hooks } = given;
  requireLoop(owner, loop);
  const { executor, rng, distribution } = context;
  const copies = loop.tasks * loop.copies;
  const store = openStore(given);
  const { layout } = store.replay;
  const prioritised = loop.priorityExponent > 0;
  const stepper = gradientStepper({ algorithm, layout, executor, rng: rng.split('init'), prioritised });
  const actor = compiledActor(algorithm.policy, parameterSpec(algorithm.policy.init), executor, {
    copies,
    observationSize: observationSizeOf(distribution.spec),
    choice: algorithm.exploration,
  });
  const counts = { update: 0, steps: 0 };
  const learner = actorOf(given, actor, counts);
  const training = {
    given,
    stepper,
    actor,
    store,
    act: hooks?.decide?.(learner, counts) ?? learner,
    z: new Float32Array(copies * (hooks?.context?.size ?? 0)),
    counts,
    environment: environmentOf(given, 0),
    generation: 0,
  };
  return { ...training, collector: collectorOf(training) };
}

/** Moves to the tasks of another generation. */
function renew(training: Training, generation: number): void {
  if (generation === training.generation) return;
  training.environment.dispose();
  training.environment = environmentOf(training.given, generation);
  training.generation = generation;
  // What waits for its n steps is of episodes that end here.
  const { nStep } = training.store;
  nStep?.restore(nStep.save().map(() => new Float32Array()));
  training.collector = collectorOf(training);
}

function isReady({ store: { replay }, counts, given: { loop } }: Training): boolean {
  if (counts.steps < loop.warmUpSteps) return false;
  for (let task = 0; task < replay.tasks; task += 1) if (replay.size(task) === 0) return false;
  return true;
}

/** The gradient steps of one cycle. */
async function learn(training: Training, rng: Rng, sums: MeanOfMetrics): Promise<void> {
  const { store, stepper, given } = training;
  const { loop, hooks } = given;
  for (let made = 0; made < loop.gradientSteps; made += loop.stepsPerCall) {
    const batches = Math.min(loop.stepsPerCall, loop.gradientSteps - made);
    const stream = rng.split(made);
    const options = { batches, correction: loop.priorityCorrection };
    const batch = store.replay.sample(stream.split('sample'), loop.batchSize, options);
    await hooks?.afterSample?.(batch, store.replay.layout, stream.split('hook'));
    const { metrics, errors } = await stepper.run(batch, stream.split('step'));
    if (errors !== undefined)
      store.replay.setPriorities(
        batch.indices,
        errors.map((error) => error + 1e-6),
      );
    sums.add(metrics, batches);
  }
}

/** Means of metrics over gradient steps. */
interface MeanOfMetrics {
  add(metrics: Readonly<Record<string, number>>, weight: number): void;
  result(): Record<string, number>;
}

function meanOfMetrics(): MeanOfMetrics {
  const sums = new Map<string, { total: number; weight: number }>();
  return {
    add(metrics, weight) {
      for (const [name, value] of Object.entries(metrics)) {
        const { total, weight: before } = sums.get(name) ?? { total: 0, weight: 0 };
        sums.set(name, { total: total + weight * value, weight: before + weight });
      }
    },
    result: () => Object.fromEntries([...sums].map(([name, { total, weight }]) => [name, total / weight])),
  };
}

async function makeUpdate(training: Training): Promise<Record<string, number>> {
  const { given, counts, stepper, actor, z } = training;
  const { loop, hooks, context } = given;
  const rng = context.rng.split('update').split(counts.update);
  if (loop.renewTasks > 0) renew(training, Math.floor(counts.update / loop.renewTasks));
  const sums = meanOfMetrics();
  for (let cycle = 0; cycle < loop.cycles; cycle += 1) {
    const stream = rng.split(cycle);
    actor.setParameters(stepper.acting().data as Float32Array, hooks?.context === undefined ? undefined : z);
    if (loop.collectLimit === 0 || counts.steps < loop.collectLimit)
      await training.collector.collect(loop.collectSteps, stream.split('collect'));
    if (!isReady(training)) continue;
    await learn(training, stream.split('learn'), sums);
    const more = await hooks?.afterCycle?.(training.store.replay, stream.split('after'));
    if (more !== undefined) sums.add(more, 1);
  }
  counts.update += 1;
  return { ...training.collector.report(), ...sums.result() };
}

function save(training: Training): Checkpoint {
  const { stepper, store, collector, counts, generation, z, given } = training;
  const waiting = store.nStep?.save() ?? [];
  const floats = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [data.length], data });
  return {
    tensors: {
      algorithm: stepper.save(),
      replay: store.replay.save(),
      collector: collector.save(),
      waiting: waiting.map(floats),
      context: floats(z.slice()),
      hooks: given.hooks?.save?.() ?? {},
    },
    metadata: { ...counts, generation, gradientSteps: stepper.steps() },
  };
}

function restore(training: Training, { tensors, metadata }: Checkpoint): void {
  const saved = tensors as Readonly<Record<string, Tree<HostTensor>>>;
  const counts = metadata as Readonly<Record<'update' | 'steps' | 'generation' | 'gradientSteps', number>>;
  training.stepper.restore(saved.algorithm as Tree<HostTensor>, counts.gradientSteps);
  training.store.replay.restore(saved.replay as Tree<HostTensor>);
  renew(training, counts.generation);
  training.collector.restore(saved.collector as Tree<HostTensor>);
  const waiting = saved.waiting as unknown as readonly HostTensor[];
  training.store.nStep?.restore(waiting.map(({ data }) => data as Float32Array));
  training.z.set((saved.context as HostTensor).data);
  training.given.hooks?.restore?.(saved.hooks as Tree<HostTensor>);
  Object.assign(training.counts, { update: counts.update, steps: counts.steps });
}

/**
 * Trains an off-policy algorithm: each cycle collects some steps of every copy and makes some gradient steps on
 * minibatches from a replay; an outer update is some cycles. Saved and opened again, it goes on bit for bit, its replay and
 * environments included.
 *
 * @throws `INVALID_OPTION` for a loop out of range, `UNSUPPORTED_TASK` where relabelling is asked for and cannot be.
 */
export function openOffPolicyTraining<State extends Tree<Tensor>>(
  options: OffPolicyTrainingOptions<State>,
): ControlTraining {
  const training = open(options as unknown as OffPolicyTrainingOptions);
  if (options.saved !== undefined) restore(training, options.saved);
  const spec = parameterSpec(options.algorithm.policy.init);
  let disposed = false;
  return {
    update: async () => ({ metrics: await makeUpdate(training) }),
    parameters: () => unpackHostTree(training.stepper.acting(), spec),
    save: () => save(training),
    dispose() {
      if (disposed) return;
      disposed = true;
      training.stepper.dispose();
      training.actor.dispose();
      training.environment.dispose();
      options.hooks?.dispose?.();
    },
  };
}
