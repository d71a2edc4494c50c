import {
  agentContext,
  type CheckpointStore,
  type ControlAgent,
  type ControlDistribution,
  type ControlLearner,
  type ControlLearnerDescriptor,
  createRng,
  type Executor,
  type FinishedEvent,
  type HostTensor,
  runTrials,
  type TrainingEvent,
  type Tree,
  type TrialProtocol,
  type TrialResult,
  trainControl,
} from '@tasklearn/core';

/** The control learner under check, and what it is checked with. */
export type ControlSubject = {
  /** For messages. */
  readonly id: string;
  readonly descriptor: ControlLearnerDescriptor;
  readonly distribution: ControlDistribution;
  readonly trial: TrialProtocol;
  /** The first runs whatever needs no other. */
  readonly executors: readonly [Executor, ...Executor[]];
  /** Updates of a short training. */
  readonly updates: number;
  /** A new instance, with no memory of another. */
  create(): ControlLearner;
};

/** What a short training may be told apart from the subject. */
type Short = {
  readonly learner?: ControlLearner;
  readonly distribution?: ControlDistribution;
  readonly executor?: Executor;
  readonly updates?: number;
  readonly store?: CheckpointStore;
};

/** A short training: its last event and the metrics of each update. */
export async function trainShortly(subject: ControlSubject, given: Short = {}) {
  const { learner = subject.create(), distribution = subject.distribution, store } = given;
  const { executor = subject.executors[0], updates = subject.updates } = given;
  const metrics: Readonly<Record<string, number>>[] = [];
  const steps: number[] = [];
  let last: TrainingEvent | undefined;
  for await (const event of trainControl({
    learner,
    distribution,
    trial: subject.trial,
    executor,
    seed: 'conformance',
    budget: { updates },
    ...(store === undefined ? {} : { store }),
  })) {
    if (event.kind === 'update') {
      metrics.push(event.metrics);
      steps.push(event.environmentSteps ?? 0);
    }
    last = event;
  }
  const { last: parameters } = last as FinishedEvent;
  return { learner, parameters, metrics, steps };
}

/** What agents are tried on. */
type Trial = {
  readonly distribution?: ControlDistribution;
  readonly executor?: Executor;
  /** Indices of training tasks; 0, 1, 2 unless told: the fewest that can be mistaken for neither one nor a pair. */
  readonly tasks?: readonly number[];
  /** Changes the agent before it acts. */
  readonly change?: (agent: ControlAgent) => ControlAgent;
};

/** Opens an agent, calls `use` with it and disposes of it. */
export async function withAgent<Result>(
  subject: ControlSubject,
  learner: ControlLearner,
  parameters: Tree<HostTensor>,
  use: (agent: ControlAgent) => Promise<Result>,
  { distribution = subject.distribution, executor = subject.executors[0] }: Trial = {},
): Promise<Result> {
  const agent = await learner.openAgent(parameters, agentContext(distribution, executor));
  try {
    return await use(agent);
  } finally {
    agent.dispose();
  }
}

/** Trials of an agent with every step kept, always on the same luck. */
export async function tryAgent(
  { distribution: own, trial }: ControlSubject,
  agent: ControlAgent,
  { distribution = own, tasks = [0, 1, 2], change = (same) => same }: Trial = {},
): Promise<readonly TrialResult[]> {
  const rng = createRng('conformance');
  return runTrials({
    agent: change(agent),
    distribution,
    tasks: tasks.map((index) => distribution.task('train', index, rng.split('tasks'))),
    trial,
    rng: rng.split('trials'),
    keepTrajectories: tasks.length,
  });
}

/** Opens an agent with parameters, tries it and disposes of it. */
export function tryParameters(
  subject: ControlSubject,
  learner: ControlLearner,
  parameters: Tree<HostTensor>,
  trial: Trial = {},
): Promise<readonly TrialResult[]> {
  return withAgent(subject, learner, parameters, (agent) => tryAgent(subject, agent, trial), trial);
}

/** Everything that happened in trials, as a tree to compare. */
export function treeOfTrials(results: readonly TrialResult[]): Tree<HostTensor> {
  const host = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [data.length], data });
  return results.map(({ episodes }) =>
    episodes.map(({ trajectory }) => {
      const { observations, actions, rewards } = trajectory as NonNullable<typeof trajectory>;
      return { observations: host(observations), actions: host(actions), rewards: host(rewards) };
    }),
  );
}

/** Metrics of updates as a tree to compare. */
export function treeOfMetrics(
  metrics: readonly Readonly<Record<string, number>>[],
): readonly Tree<HostTensor>[] {
  return metrics.map((each) =>
    Object.fromEntries(
      Object.entries(each).map(([name, value]) => [
        name,
        { dtype: 'float32', shape: [], data: Float32Array.of(value) } as HostTensor,
      ]),
    ),
  );
}
