import type { ControlTask, ReferencePolicy, Rng, TimeSteps } from '@tasklearn/core';
import { type CopyPolicy, copyPolicies } from '../oracles/copy-policies.js';
import type { HallwayMap } from './hallway-map.js';
import type { HallwayOptions } from './hallway-options.js';

/** What a strategy knows of its trial. */
interface Knowledge {
  /** The hallway with the reward, or -1. */
  goal: number;
  /** Hallways whose end has been seen without a reward. */
  readonly empty: Set<number>;
  /** Whether the sign has been seen. */
  read: boolean;
}

/** Where to go next; called at every step. */
type Destination = (knowledge: Knowledge, episode: number, place: number, rng: Rng) => number;

/** Numbers of the observation, and where they lie. */
interface Reading {
  readonly map: HallwayMap;
  placeOf(observation: Float32Array, copy: number): number;
  goalOf(task: ControlTask): number;
}

/** The action that leads towards the end of an arm. */
function towards({ armOf, actions }: HallwayMap, place: number, arm: number): number {
  return place === 0 || armOf[place] === arm ? arm : actions - 1;
}

/** Goes where the strategy says, and learns from what it meets. The sign is taken to be readable. */
function strategyPolicy(reading: Reading, task: ControlTask, rng: Rng, choose: Destination): CopyPolicy {
  const { map } = reading;
  const goal = reading.goalOf(task);
  let knowledge: Knowledge = { goal: -1, empty: new Set(), read: false };
  let current = 0;
  const learn = (place: number, steps: TimeSteps, copy: number) => {
    const arm = map.armOf[place] as number;
    if (arm < 0 || place !== map.ends[arm]) return;
    if (arm === map.signArm) Object.assign(knowledge, { goal, read: true });
    else if ((steps.reward[copy] as number) > 0) knowledge.goal = arm;
    else if (arm !== map.paintingArm) knowledge.empty.add(arm);
  };
  return {
    beginEpisode(episode) {
      current = episode;
      if (episode === 0) knowledge = { goal: -1, empty: new Set(), read: false };
    },
    act({ observation }, copy) {
      const place = reading.placeOf(observation, copy);
      return towards(map, place, choose(knowledge, current, place, rng));
    },
    observe: (_, steps, copy) => learn(reading.placeOf(steps.observation, copy), steps, copy),
  };
}

/** The first hallway that may still have the reward. */
const firstOpen = ({ empty }: Knowledge) => {
  let arm = 0;
  while (empty.has(arm)) arm += 1;
  return arm;
};

/** Goes to the sign first, wherever the time allows, then to the hallway that it names. */
function readFirst(map: HallwayMap): Destination {
  return (knowledge) => {
    if (knowledge.goal >= 0) return knowledge.goal;
    return map.signArm < 0 || knowledge.read ? firstOpen(knowledge) : map.signArm;
  };
}

/** Tries one hallway after the other. */
const exhaustive: Destination = (knowledge) => (knowledge.goal >= 0 ? knowledge.goal : firstOpen(knowledge));

/** Draws a hallway from the posterior in each episode and acts as if it were the one. */
function posteriorDraw(hallways: number): () => Destination {
  return () => {
    let drawnIn = -1;
    let drawn = -1;
    return (knowledge, episode, _, rng) => {
      if (episode !== drawnIn) {
        const open = Array.from({ length: hallways }, (_, arm) => arm).filter(
          (arm) => !knowledge.empty.has(arm),
        );
        drawn = knowledge.goal >= 0 ? knowledge.goal : (open[rng.integer(open.length)] as number);
        drawnIn = episode;
      }
      return drawn;
    };
  };
}

/** Reference lines of the hallways; only `oracle` is told the task. */
export function hallwayReferences(options: HallwayOptions, reading: Reading) {
  const reference =
    (make: () => Destination) =>
    (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng): ReferencePolicy =>
      copyPolicies(tasks, copiesPerTask, rng, (task, stream) =>
        strategyPolicy(reading, task, stream, make()),
      );
  return {
    oracle: (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng) =>
      copyPolicies(tasks, copiesPerTask, rng, (task) => ({
        act: ({ observation }, copy) =>
          towards(reading.map, reading.placeOf(observation, copy), reading.goalOf(task)),
      })),
    read: reference(() => readFirst(reading.map)),
    exhaustive: reference(() => exhaustive),
    thompson: reference(posteriorDraw(options.hallways)),
  };
}

/** Expected steps of strategies that search in one long episode until the reward is found. */
export interface HallwaySteps {
  /** To the sign, back, and down the right hallway: 2D + L. */
  readonly read: number;
  /** One hallway after the other, back from each: L + 2L (K - 1) / 2 = K L on average. */
  readonly exhaustive: number;
  /** The sign distance at which both cost the same: (K - 1) L / 2. */
  readonly crossover: number;
}

/**
 * Exact expected steps to the reward.
 *
 * @example
 * ```ts
 * import { hallwaySteps } from '@tasklearn/environments';
 *
 * hallwaySteps({ hallways: 6, length: 5, signDistance: 2 }); // => { read: 9, exhaustive: 30, crossover: 12.5 }
 * ```
 */
export function hallwaySteps({
  hallways,
  length,
  signDistance,
}: Pick<HallwayOptions, 'hallways' | 'length' | 'signDistance'>): HallwaySteps {
  return {
    read: 2 * signDistance + length,
    exhaustive: hallways * length,
    crossover: ((hallways - 1) * length) / 2,
  };
}

/** Exact chances of success in the first execution episode after one exploration episode of X steps. */
export interface HallwaySuccess {
  /** Who reads the sign: 1 where X >= D. */
  readonly read: number;
  /** Who visits v = ⌊(X + L) / 2L⌋ hallways, then tries one more: min(1, (v + 1) / K). */
  readonly exhaustive: number;
  /** Who draws a hallway from the posterior once per episode: min(1, 2 / K) where X >= L. */
  readonly thompson: number;
  /** Who knows nothing: 1 / K. */
  readonly guess: number;
}

/**
 * Exact chances of success, for an execution episode that is long enough for one hallway and not for two, nor for the sign
 * and a hallway.
 */
export function hallwaySuccess(options: HallwayOptions): HallwaySuccess {
  const { hallways, length, signDistance, explorationSteps } = options;
  const visited = Math.floor((explorationSteps + length) / (2 * length));
  return {
    read: explorationSteps >= signDistance ? 1 : 1 / hallways,
    exhaustive: Math.min(1, (visited + 1) / hallways),
    thompson: Math.min(1, (Math.min(visited, 1) + 1) / hallways),
    guess: 1 / hallways,
  };
}
