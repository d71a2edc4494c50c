import {
  type Checkpoint,
  createRng,
  decodeCheckpoint,
  encodeCheckpoint,
  type HostTensor,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamDistribution,
  type StreamLearner,
  type StreamSpec,
  type Tree,
} from '@tasklearn/core';
import { lifelongPlugin } from '@tasklearn/lifelong';
import { compiledExecutor } from '@tasklearn/runtime';

/** One learner of sequences: how it is made, and where its checkpoint is kept. */
export interface SequenceArm {
  readonly learner: keyof typeof lifelongPlugin.learners;
  readonly options?: object;
  /** Outer updates; 0 for first weights. */
  readonly updates: number;
}

const executor = compiledExecutor({ threads: 1 });

export function createArm({ learner, options = {} }: SequenceArm, more: object = {}): StreamLearner {
  return lifelongPlugin.learners[learner].create({ ...options, ...more } as never) as StreamLearner;
}

/**
 * Meta-trains, from a checkpoint if there is one.
 *
 * @param keep - called every 250 updates and at the end.
 */
export async function metaTrain(
  arm: SequenceArm,
  distribution: StreamDistribution,
  saved: Uint8Array | undefined,
  keep: (checkpoint: Uint8Array, line: string) => void,
): Promise<Tree<HostTensor> | undefined> {
  const learner = createArm(arm);
  const checkpoint: Checkpoint | undefined = saved === undefined ? undefined : decodeCheckpoint(saved);
  const context = { distribution, executor, rng: createRng('sequence').split(arm.learner) };
  const training = await learner.openTraining?.(context, checkpoint);
  if (training === undefined) return undefined;
  let done = (checkpoint?.metadata as { updates: number } | undefined)?.updates ?? 0;
  let [loss, count] = [0, 0];
  while (done < arm.updates) {
    const { metrics } = await training.update();
    [loss, count, done] = [loss + (metrics.loss as number), count + 1, done + 1];
    if (done % 250 !== 0 && done !== arm.updates) continue;
    keep(encodeCheckpoint(training.save()), `${arm.learner} ${done}: loss ${(loss / count).toFixed(4)}`);
    [loss, count] = [0, 0];
  }
  const parameters = training.parameters();
  training.dispose();
  return parameters;
}

/** A sequence as one task, so that test sets are scored before and after all of it, and not after every class. */
function asOneTask(spec: StreamSpec, stream: Stream): { readonly spec: StreamSpec; readonly stream: Stream } {
  const sets = Array.from({ length: spec.tasks }, (_, task) => stream.testSet?.(task));
  const join = (member: 'inputs' | 'targets'): HostTensor => {
    const all = sets.map((set) => set?.[member] as HostTensor);
    const { dtype, shape } = all[0] as HostTensor;
    const data = all.flatMap((tensor) => [...tensor.data]);
    return {
      dtype,
      shape: [all.length * (shape[0] as number), ...shape.slice(1)],
      data: dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data),
    };
  };
  const whole = { inputs: join('inputs'), targets: join('targets') };
  return {
    spec: { ...spec, tasks: 1 },
    stream: {
      length: stream.length,
      step: (t) => ({ ...stream.step(t), task: 0 }),
      testSet: () => whole,
    },
  };
}

/** Accuracy after a lifetime. */
async function after(agent: StreamAgent, distribution: StreamDistribution, index: number, key: string) {
  const whole = distribution.stream('test', index, createRng(key));
  const { spec, stream } = asOneTask(distribution.spec, whole);
  const { scores } = await runStream({ agent, spec, stream, rng: createRng(index), testBatch: 250 });
  return scores[1]?.[0]?.accuracy as number;
}

/** Accuracies of several draws of classes. */
export async function test(
  arm: SequenceArm,
  more: object,
  parameters: Tree<HostTensor> | undefined,
  distribution: StreamDistribution,
  { key, draws }: { readonly key: string; readonly draws: number },
): Promise<readonly number[]> {
  const context = { spec: distribution.spec, executor, rng: createRng(key) };
  const agent = await createArm(arm, more).openAgent(parameters, context);
  const found: number[] = [];
  for (let index = 0; index < draws; index += 1) found.push(await after(agent, distribution, index, key));
  agent.dispose();
  return found;
}
