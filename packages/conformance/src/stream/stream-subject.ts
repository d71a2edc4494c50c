import {
  createRng,
  type Executor,
  type HostTensor,
  leavesOf,
  type Rng,
  type RunStreamOptions,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamDistribution,
  type StreamLearner,
  type StreamLearnerDescriptor,
  type StreamResult,
  type StreamSpec,
  type TrainingEvent,
  type TrainStreamOptions,
  type Tree,
  trainStream,
} from '@tasklearn/core';

/** The learner of streams under check, and what it is checked with. */
export type StreamSubject = {
  /** For messages. */
  readonly id: string;
  readonly descriptor: StreamLearnerDescriptor;
  readonly distribution: StreamDistribution;
  /** The first runs whatever needs no other. */
  readonly executors: readonly [Executor, ...Executor[]];
  /** Updates of a short meta-training. */
  readonly updates: number;
  /** Whether it must be meta-trained. */
  readonly isTrained: boolean;
  /** A new instance, with no memory of another. */
  create(): StreamLearner;
  /** Parameters of a short meta-training, made once; undefined for a learner that is not meta-trained. */
  parameters(): Promise<Tree<HostTensor> | undefined>;
};

/** A lifetime, with every prediction of a step as it was when it was given. */
export interface Lived {
  readonly result: StreamResult;
  readonly predictions: readonly HostTensor[];
}

/** What a lifetime of a check may be told apart from the subject. */
export type LiveOptions = Partial<Pick<RunStreamOptions, 'matrix' | 'from' | 'save' | 'stream' | 'agent'>> & {
  readonly spec?: StreamSpec;
  readonly executor?: Executor;
  readonly parameters?: Tree<HostTensor> | undefined;
};

/** The stream of every check. */
export function checkRng(): Rng {
  return createRng('conformance');
}

/** The lifetime that most checks are made with. */
export function firstLifetime({ distribution }: StreamSubject): Stream {
  return distribution.stream('test', 0, checkRng().split('streams'));
}

/** Opens an agent of a new instance. */
export async function openAgent(subject: StreamSubject, options: LiveOptions = {}): Promise<StreamAgent> {
  const { spec = subject.distribution.spec, executor = subject.executors[0] } = options;
  const parameters = 'parameters' in options ? options.parameters : await subject.parameters();
  return subject.create().openAgent(parameters, { spec, executor, rng: checkRng().split('agent') });
}

/** The agent, and copies of what it predicts of steps. */
export function recorded(agent: StreamAgent): { agent: StreamAgent; predictions: HostTensor[] } {
  const predictions: HostTensor[] = [];
  let waiting: HostTensor | undefined;
  return {
    predictions,
    agent: {
      ...agent,
      async predict(...given) {
        const means = await agent.predict(...given);
        waiting = { ...means, data: means.data.slice() as Float32Array };
        return means;
      },
      observe(...given) {
        if (waiting !== undefined) predictions.push(waiting); // Predictions of test sets are never followed by this.
        return agent.observe(...given);
      },
    },
  };
}

/** Lives a lifetime of the `test` split, without its test sets unless told. */
export async function live(subject: StreamSubject, options: LiveOptions = {}): Promise<Lived> {
  const { spec = subject.distribution.spec, stream = firstLifetime(subject), matrix = false } = options;
  const { from, save } = options;
  const own = options.agent ?? (await openAgent(subject, options));
  const { agent, predictions } = recorded(own);
  try {
    const result = await runStream({
      ...{ agent, spec, stream, matrix, rng: checkRng().split('lifetime') },
      ...(from === undefined ? {} : { from }),
      ...(save === undefined ? {} : { save }),
    });
    return { result, predictions };
  } finally {
    if (options.agent === undefined) own.dispose();
  }
}

/** A short meta-training: parameters and the numbers of each update. */
export async function trainShortly(
  subject: Pick<StreamSubject, 'create' | 'distribution' | 'executors' | 'updates'>,
  given: Partial<TrainStreamOptions> = {},
) {
  const reports: Tree<HostTensor>[] = [];
  let last: TrainingEvent | undefined;
  for await (const event of trainStream({
    learner: subject.create(),
    distribution: subject.distribution,
    executor: subject.executors[0],
    seed: 'conformance',
    updates: subject.updates,
    ...given,
  })) {
    if (event.kind === 'update') reports.push(host([event.loss ?? 0, ...Object.values(event.metrics)]));
    last = event;
  }
  if (last?.kind !== 'finished') throw new Error('a training ended without its last event'); // Unreachable.
  return { theta: last.last, reports };
}

/** Numbers as a tensor. */
export function host(numbers: readonly number[]): HostTensor {
  return { dtype: 'float32', shape: [numbers.length], data: Float32Array.from(numbers) };
}

/** Whether a tree has any leaf. */
export function isEmpty(tree: Tree<HostTensor>): boolean {
  return leavesOf(tree).length === 0;
}
