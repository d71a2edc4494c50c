import {
  type ControlAgent,
  createRng,
  decodeCheckpoint,
  eagerExecutor,
  encodeCheckpoint,
  type HostTensor,
  mapTree,
  type TimeSteps,
  type Tree,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandIdentical } from '../compare.js';
import {
  type ControlSubject,
  trainShortly,
  treeOfTrials,
  tryAgent,
  tryParameters,
  withAgent,
} from './control-subject.js';

/** How agents act: states, blindness, independence, memory. */
export function agentChecks(subject: ControlSubject): readonly Check[] {
  const { deterministic } = subject.descriptor.capabilities;
  return [
    { name: 'acts in trials of its tasks', run: () => demandActs(subject) },
    { name: 'leaves what it is shown as it was', run: () => demandShownUntouched(subject) },
    { name: 'leaks no tensor per trial', run: () => demandNoLeakPerTrial(subject) },
    ...(deterministic
      ? [
          { name: 'same seed, same actions', run: () => demandSameActions(subject) },
          { name: 'parameters are all that agents need', run: () => demandParametersSuffice(subject) },
          { name: 'acting does not change task states', run: () => demandStatesImmutable(subject) },
          { name: 'a trial keeps nothing of earlier trials', run: () => demandTrialsForgotten(subject) },
          { name: 'trials do not influence each other', run: () => demandTrialsIndependent(subject) },
        ]
      : []),
  ];
}

async function demandActs(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const { action } = subject.distribution.spec;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = action;
  await tryParameters(subject, learner, parameters, {
    change: (agent) => ({
      ...wrapped(agent),
      async act(state, steps, active, rng) {
        const acted = await agent.act(state, steps, active, rng);
        const size = steps.reward.length * (action.shape[0] ?? 1);
        demand(
          acted.actions instanceof Float32Array && acted.actions.length === size,
          `${subject.id}: act must give a Float32Array of ${size} numbers, got ${acted.actions.length}.`,
        );
        const odd = acted.actions.find((value) => !Number.isFinite(value));
        demand(odd === undefined, `${subject.id}: actions must be finite, got ${odd}.`);
        const wrong = acted.actions.find(
          (value) =>
            action.dtype === 'int32' && !(Number.isInteger(value) && value >= minimum && value <= maximum),
        );
        demand(wrong === undefined, `${subject.id}: actions must be 0 .. ${maximum}, got ${wrong}.`);
        return acted;
      },
    }),
  });
}

/** An agent's methods as own members, whatever it is made of. */
function wrapped(agent: ControlAgent): ControlAgent {
  return {
    beginTrials: (trials, protocol, rng) => agent.beginTrials(trials, protocol, rng),
    act: (state, steps, active, rng) => agent.act(state, steps, active, rng),
    observe: (state, actions, steps, active) => agent.observe(state, actions, steps, active),
    endEpisode: (state) => agent.endEpisode(state),
    adapt: (state, rng) => agent.adapt(state, rng),
    dispose: () => agent.dispose(),
  };
}

function treeOfSteps(steps: TimeSteps, ...more: readonly (Uint8Array | Float32Array)[]): Tree<HostTensor> {
  const host = (data: Uint8Array | Float32Array): HostTensor => ({
    dtype: data instanceof Uint8Array ? 'bool' : 'float32',
    shape: [data.length],
    data: data.slice(),
  });
  const { stepType, observation, reward, discount, success } = steps;
  return [stepType, observation, reward, discount, success, ...more].map(host);
}

async function demandShownUntouched(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const kept = mapTree(parameters, (leaf: HostTensor) => ({ ...leaf, data: leaf.data.slice() }));
  const what = `${subject.id}: what it was shown, before and after`;
  await tryParameters(subject, learner, parameters, {
    change: (agent) => ({
      ...wrapped(agent),
      async act(state, steps, active, rng) {
        const before = treeOfSteps(steps, active);
        const acted = await agent.act(state, steps, active, rng);
        demandIdentical(`${what} act`, before, treeOfSteps(steps, active));
        return acted;
      },
      observe(state, actions, steps, active) {
        const before = treeOfSteps(steps, active, actions);
        const next = agent.observe(state, actions, steps, active);
        demandIdentical(`${what} observe`, before, treeOfSteps(steps, active, actions));
        return next;
      },
    }),
  });
  demandIdentical(`${subject.id}: parameters before and after trials`, kept, parameters);
}

async function demandNoLeakPerTrial(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const executor = eagerExecutor();
  const rounds = async (): Promise<number> => {
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    const act = async (agent: ControlAgent) => {
      for (let round = 0; round < 4; round += 1) {
        await tryAgent(subject, agent);
        counts.push(tf.memory().numTensors);
      }
    };
    await withAgent(subject, learner, parameters, act, { executor });
    const leaked = ((counts[3] as number) - (counts[1] as number)) / 2;
    demand(leaked <= 0, `${subject.id}: leaves ${leaked} tensors behind per batch of trials.`, { counts });
    return tf.memory().numTensors - before;
  };
  await rounds(); // May fill caches.
  const left = await rounds();
  demand(left <= 0, `${subject.id}: ${left} tensors are left after an agent's dispose.`, { left });
}

async function demandSameActions(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const once = async () => treeOfTrials(await tryParameters(subject, learner, parameters));
  demandIdentical(`${subject.id}: two agents from the same seed`, await once(), await once());
}

/** An agent opened by another instance, with parameters that were in a file, is the same agent. */
async function demandParametersSuffice(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject);
  const bytes = encodeCheckpoint({ tensors: { parameters }, metadata: null });
  const read = decodeCheckpoint(bytes).tensors as { readonly parameters: Tree<HostTensor> };
  const own = await tryParameters(subject, learner, parameters);
  const other = await tryParameters(subject, subject.create(), read.parameters);
  demandIdentical(
    `${subject.id}: agents of the instance that was trained and of another`,
    treeOfTrials(own),
    treeOfTrials(other),
  );
}

/** Streams that are begun anew for each call, so that a call can be made twice. */
function repeatable(agent: ControlAgent, times: 1 | 2): ControlAgent {
  let calls = 0;
  const stream = () => createRng('conformance').split('call').split(calls);
  const twice = <Result>(call: () => Result): Result => {
    calls += 1;
    const first = call();
    return times === 1 ? first : call();
  };
  return {
    beginTrials: (trials, protocol) => twice(() => agent.beginTrials(trials, protocol, stream())),
    async act(state, steps, active) {
      calls += 1;
      const first = await agent.act(state, steps, active, stream());
      return times === 1 ? first : agent.act(state, steps, active, stream());
    },
    observe: (state, actions, steps, active) => twice(() => agent.observe(state, actions, steps, active)),
    endEpisode: (state) => twice(() => agent.endEpisode(state)),
    async adapt(state) {
      calls += 1;
      const first = await agent.adapt(state, stream());
      return times === 1 ? first : agent.adapt(state, stream());
    },
    dispose: () => agent.dispose(),
  };
}

/** Whoever calls everything twice, and goes on from the second answer, sees the same trials. */
async function demandStatesImmutable(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const [once, twice] = [
    await tryParameters(subject, learner, parameters, { change: (agent) => repeatable(agent, 1) }),
    await tryParameters(subject, learner, parameters, { change: (agent) => repeatable(agent, 2) }),
  ];
  demandIdentical(
    `${subject.id}: trials in which every call is made once and twice (states are immutable)`,
    treeOfTrials(once),
    treeOfTrials(twice),
  );
}

async function demandTrialsForgotten(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const second = await withAgent(subject, learner, parameters, async (agent) => {
    await tryAgent(subject, agent, { tasks: [1, 0, 3] });
    return tryAgent(subject, agent);
  });
  const fresh = await tryParameters(subject, learner, parameters);
  demandIdentical(
    `${subject.id}: an agent's second trials and the first of another`,
    treeOfTrials(second),
    treeOfTrials(fresh),
  );
}

/** What the first trial is does not depend on the tasks of the others. */
async function demandTrialsIndependent(subject: ControlSubject): Promise<void> {
  const { learner, parameters } = await trainShortly(subject, { updates: 1 });
  const [first] = await tryParameters(subject, learner, parameters, { tasks: [0, 1, 1] });
  const [again] = await tryParameters(subject, learner, parameters, { tasks: [0, 0, 0] });
  demandIdentical(
    `${subject.id}: a trial beside trials of other tasks and of the same`,
    treeOfTrials([first!]),
    treeOfTrials([again!]),
  );
}
