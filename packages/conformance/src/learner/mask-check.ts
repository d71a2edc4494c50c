import type { EpisodeBatch, EpisodeSpec, HostTensor, LabelledSet } from '@tasklearn/core';
import type { Check } from '../check.js';
import { demandClose } from '../compare.js';
import { hideLast, otherTargets } from '../episodes/change-episodes.js';
import { trivialDistribution, waysOf } from '../episodes/trivial-distribution.js';
import { quietRng } from '../quiet-rng.js';
import { checkRng, initialTheta, outerGradient, predict } from './run-learner.js';
import { type Subject, TASKS } from './subject.js';

const TOLERANCE = 1e-5;

/** That items whose mask is 0 may hold anything: predictions, loss and gradient stay what they are. */
export function maskCheck(subject: Subject): Check {
  return { name: 'masked items have no influence', run: () => demandMasked(subject) };
}

async function demandMasked(subject: Subject): Promise<void> {
  const { executors, descriptor, id } = subject;
  const { episodes, spec, hidden } = paddedEpisodes(subject.distribution.spec);
  const learner = subject.create();
  const theta = await initialTheta(learner, spec);
  // With batch statistics a hidden query input is still among those predicted for; hide its target alone there.
  const inputsToo = !descriptor.capabilities.transductive;
  const other = {
    support: { labelled: disturbed(episodes.support.labelled, hidden, waysOf(spec), true) },
    query: disturbed(episodes.query, hidden, waysOf(spec), inputsToo),
  };
  const [first, second] = [
    await predict(executors[0], learner, spec, theta, episodes, quietRng()),
    await predict(executors[0], learner, spec, theta, { ...other, query: episodes.query }, quietRng()),
  ];
  demandClose(`${id}: predictions with other masked support items`, first.means, second.means, TOLERANCE);
  const a = await outerGradient(executors[0], learner, spec, theta, episodes, quietRng());
  const b = await outerGradient(executors[0], learner, spec, theta, other, quietRng());
  if (a === undefined || b === undefined) return;
  demandClose(`${id}: outer gradient with other masked items`, a.gradient, b.gradient, TOLERANCE);
}

/** Episodes with one item more per class, or two more, at the end of each set, and a mask that hides them. */
function paddedEpisodes(own: EpisodeSpec): {
  episodes: EpisodeBatch<HostTensor>;
  spec: EpisodeSpec;
  hidden: number;
} {
  const hidden = own.target.kind === 'classification' ? waysOf(own) : 2;
  const spec = {
    ...own,
    supportSize: own.supportSize + hidden,
    querySize: own.querySize + hidden,
    ...(own.shots === undefined ? {} : { shots: own.shots + 1 }),
  };
  const { support, query } = trivialDistribution(spec).episodes(
    'train',
    0,
    TASKS,
    checkRng().split('episodes'),
  );
  const masked = (set: LabelledSet<HostTensor>): LabelledSet<HostTensor> => ({
    ...set,
    mask: hideLast(TASKS, set.targets.shape[1] as number, hidden),
  });
  return {
    episodes: { support: { labelled: masked(support.labelled) }, query: masked(query) },
    spec,
    hidden,
  };
}

/** Other values where the mask is 0. */
function disturbed(
  set: LabelledSet<HostTensor>,
  hidden: number,
  classes: number,
  inputsToo: boolean,
): LabelledSet<HostTensor> {
  const items = set.targets.shape[1] as number;
  const isHidden = (item: number) => item >= items - hidden;
  const targets = otherTargets(set.targets, classes, isHidden);
  if (!inputsToo) return { ...set, targets };
  const data = set.inputs.data.slice();
  const size = data.length / (TASKS * items);
  // Another item's values: still in the input's range, and of its type.
  for (let at = 0; at < data.length; at++) {
    const item = Math.floor(at / size) % items;
    if (isHidden(item)) data[at] = set.inputs.data[at - item * size] as number;
  }
  return { ...set, inputs: { ...set.inputs, data }, targets };
}
