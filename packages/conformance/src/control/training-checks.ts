import { type ControlDistribution, createRng, eagerExecutor, replaceMembers } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandFinite, demandIdentical } from '../compare.js';
import { demandResumable, demandSameTraining } from '../training-agreement.js';
import {
  type ControlSubject,
  trainShortly,
  treeOfMetrics,
  treeOfTrials,
  tryParameters,
} from './control-subject.js';

/** How a control learner trains: seeds, checkpoints, memory, what it is lent. */
export function trainingChecks(subject: ControlSubject): readonly Check[] {
  const { deterministic } = subject.descriptor.capabilities;
  return [
    ...(deterministic
      ? [
          { name: 'same seed, same numbers', run: () => demandSameTraining(trainingsOf(subject)) },
          { name: 'a resumed training continues bit for bit', run: () => demandResumableSteps(subject) },
          { name: 'names of tasks change nothing', run: () => demandBlind(subject) },
        ]
      : []),
    { name: 'parameters and metrics are finite', run: () => demandFiniteNumbers(subject) },
    { name: 'leaks no tensor per update', run: () => demandNoLeakPerUpdate(subject) },
    { name: 'frees what it opened for training', run: () => demandTrainingFreed(subject) },
    { name: 'environment steps are those it was lent', run: () => demandStepsCounted(subject) },
  ];
}

/** The trainings that are compared with each other. */
const trainingsOf = (subject: ControlSubject) => ({
  id: subject.id,
  what: 'training',
  told: 'metrics',
  updates: subject.updates,
  async train(given = {}) {
    const { parameters, metrics, steps } = await trainShortly(subject, given);
    return { theta: parameters, reports: treeOfMetrics(metrics), steps };
  },
});

async function demandResumableSteps(subject: ControlSubject): Promise<void> {
  const { whole, last, both } = await demandResumable(trainingsOf(subject));
  const [expected, received] = [whole.steps.at(-1), last.steps.at(-1)];
  demand(expected === received, `${both}: made ${expected} and ${received} environment steps.`);
}

/** Tasks under other names. */
function renamed(distribution: ControlDistribution): ControlDistribution {
  return replaceMembers(distribution, {
    task(split, index, rng) {
      const task = distribution.task(split, index, rng);
      return { ...task, id: `other name of ${[...task.id].reverse().join('')}` };
    },
  });
}

/** Agents are handed no task, and training has no business with names: so renaming changes nothing, there or in trials. */
async function demandBlind(subject: ControlSubject): Promise<void> {
  const distribution = renamed(subject.distribution);
  const own = await trainShortly(subject);
  const other = await trainShortly(subject, { distribution });
  const what = `${subject.id}: tasks under two names`;
  demandIdentical(`${what}, training`, own.parameters, other.parameters);
  const trials = await tryParameters(subject, own.learner, own.parameters);
  const again = await tryParameters(subject, own.learner, own.parameters, { distribution });
  demandIdentical(`${what}, trials`, treeOfTrials(trials), treeOfTrials(again));
}

async function demandFiniteNumbers(subject: ControlSubject): Promise<void> {
  const { parameters, metrics } = await trainShortly(subject);
  demandFinite(`${subject.id}: parameters`, parameters);
  demandFinite(`${subject.id}: metrics`, treeOfMetrics(metrics));
}

function openTraining({ create, distribution, trial }: ControlSubject) {
  const rng = createRng('conformance');
  return create().openTraining({ distribution, trial, executor: eagerExecutor(), rng });
}

/** Warming up may make what stays; a leak goes on, so some of the last updates must leave nothing. */
async function demandNoLeakPerUpdate(subject: ControlSubject): Promise<void> {
  const training = await openTraining(subject);
  const counts: number[] = [];
  for (let update = 0; update < subject.updates + 3; update += 1) {
    await training.update();
    training.parameters();
    counts.push(tf.memory().numTensors);
  }
  training.dispose();
  const made = counts.slice(1).map((count, at) => count - (counts[at] as number));
  const leaked = Math.min(...made.slice(-3));
  demand(leaked <= 0, `${subject.id}: leaves ${leaked} tensors behind per update.`, { counts });
}

/** After `dispose`, which may be called twice, no tensor and no environment is left. */
async function demandTrainingFreed(subject: ControlSubject): Promise<void> {
  let open = 0;
  const distribution = replaceMembers(subject.distribution, {
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = subject.distribution.createEnvironment(tasks, copiesPerTask, rng);
      let counts = 1;
      open += 1;
      return {
        copies: environment.copies,
        spec: environment.spec,
        reset: (which) => environment.reset(which),
        step: (actions, active) => environment.step(actions, active),
        snapshot: () => environment.snapshot(),
        restore: (snapshot) => environment.restore(snapshot),
        dispose() {
          open -= counts;
          counts = 0;
          environment.dispose();
        },
      };
    },
  });
  const left: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const before = tf.memory().numTensors;
    const training = await openTraining({ ...subject, distribution });
    await training.update();
    training.dispose();
    training.dispose();
    left.push(tf.memory().numTensors - before);
  }
  // The first round may fill caches.
  demand((left[1] as number) <= 0, `${subject.id}: ${left[1]} tensors are left after dispose.`, { left });
  demand(open === 0, `${subject.id}: ${open} environments are not disposed of after dispose.`);
}

/** Where a learner reports its own count, it is the exact one. */
async function demandStepsCounted(subject: ControlSubject): Promise<void> {
  const { steps, metrics } = await trainShortly(subject);
  steps.forEach((counted, update) => {
    const before = update === 0 ? 0 : (steps[update - 1] as number);
    demand(counted >= before, `${subject.id}: environment steps go back from ${before} to ${counted}.`);
    const told = metrics[update]?.environmentSteps ?? counted;
    demand(
      told === counted || told === counted - before,
      `${subject.id}: reports ${told} environment steps after update ${update + 1}, and ${counted} were made.`,
      { update: update + 1, expected: counted, received: told },
    );
  });
}
