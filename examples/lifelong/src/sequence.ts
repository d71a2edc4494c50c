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

function createArm({ learner, options = {} }: SequenceArm, more: object = {}): StreamLearner {
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

/** What accuracy is measured on after a sequence: the items learnt, and others of their classes. */
interface SequenceScore {
  readonly seen: number;
  readonly heldOut: number;
}

function joined(
  stream: Stream,
  tasks: number,
): { readonly inputs: HostTensor; readonly targets: HostTensor } {
  const sets = Array.from({ length: tasks }, (_, task) => stream.testSet?.(task));
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
  return { inputs: join('inputs'), targets: join('targets') };
}

/** Lives a sequence as one task, so that test sets are scored before and after all of it, and not after every class. */
async function live(
  agent: StreamAgent,
  { seen, heldOut }: SequenceStreams,
  index: number,
  key: string,
): Promise<SequenceScore> {
  const { spec } = heldOut;
  const [learnt, others] = [seen, heldOut].map((each) => each.stream('test', index, createRng(key)));
  const sets = [joined(learnt as Stream, spec.tasks), joined(others as Stream, spec.tasks)] as const;
  const stream: Stream = {
    length: (learnt as Stream).length,
    step: (t) => ({ ...(learnt as Stream).step(t), task: 0 }),
    testSet: (place) => sets[place] as (typeof sets)[0],
  };
  const whole: StreamSpec = { ...spec, tasks: 2 };
  const { scores } = await runStream({ agent, spec: whole, stream, rng: createRng(index), testBatch: 250 });
  const [first, second] = scores[1] ?? [];
  return { seen: first?.accuracy as number, heldOut: second?.accuracy as number };
}

/** The same sequences, tested on what was learnt and on other items. */
interface SequenceStreams {
  readonly seen: StreamDistribution;
  readonly heldOut: StreamDistribution;
}

/** Accuracies of several draws of classes. */
export async function test(
  arm: SequenceArm,
  more: object,
  parameters: Tree<HostTensor> | undefined,
  streams: SequenceStreams,
  { key, draws }: { readonly key: string; readonly draws: number },
): Promise<readonly SequenceScore[]> {
  const context = { spec: streams.heldOut.spec, executor, rng: createRng(key) };
  const agent = await createArm(arm, more).openAgent(parameters, context);
  const found: SequenceScore[] = [];
  for (let index = 0; index < draws; index += 1) found.push(await live(agent, streams, index, key));
  agent.dispose();
  return found;
}
