import type { ControlDistribution, Rng, Split } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import {
  CRAWLER_BODY,
  CRAWLER_FRICTIONS,
  type CrawlerCondition,
  conditionParameters,
  crawlerConditions,
  writeCrawlerBody,
  writeRandomBody,
} from './crawler-body.js';
import { stepCrawler } from './crawler-physics.js';
import { type SixLegOptions, sixLegSettings } from './six-leg-options.js';
import { sixLegPicture } from './six-leg-picture.js';
import { sixLegReferences } from './six-leg-references.js';

const MOTION = 5; // x, y, ψ, v, ω

/** State: motion, steps made, then the body. Observation: x, y, cos ψ, sin ψ, v, ω, each with noise. */
function sixLegWorld({ legs, horizon, noise, switchEvery }: SixLegOptions): World<Float64Array> {
  const bodySize = CRAWLER_BODY + legs;
  const bodyAt = MOTION + 1;
  return {
    id: '@tasklearn/environments/six-leg',
    spec: {
      observation: { shape: [6], dtype: 'float32' },
      action: { shape: [legs], dtype: 'float32', minimum: 0, maximum: 1 },
      horizon,
      hasSuccess: false,
    },
    stateSize: bodyAt + bodySize,
    bodyOf(parameters) {
      const body = new Float64Array(bodySize);
      writeCrawlerBody(parameters, legs, body, 0);
      return body;
    },
    begin(state, s, body) {
      state.fill(0, s, s + bodyAt);
      state.set(body, s + bodyAt);
    },
    advance(state, s, actions, a, _body, random, copy) {
      const made = (state[s + MOTION] as number) + 1;
      state[s + MOTION] = made;
      stepCrawler(state, s, actions, a, state, s + bodyAt, legs);
      if (switchEvery > 0 && made % switchEvery === 0) writeRandomBody(legs, state, s + bodyAt, random, copy);
      return false;
    },
    observe(state, s, _body, observation, o, random, copy) {
      const heading = state[s + 2] as number;
      observation[o] = state[s] as number;
      observation[o + 1] = state[s + 1] as number;
      observation[o + 2] = Math.cos(heading);
      observation[o + 3] = Math.sin(heading);
      observation[o + 4] = state[s + 3] as number;
      observation[o + 5] = state[s + 4] as number;
      if (noise === 0) return;
      for (let index = 0; index < 6; index += 1)
        observation[o + index] = (observation[o + index] as number) + noise * random.gaussian(copy);
    },
    reward: (_observation, _o, _actions, _a, next, n) =>
      (next[n + 4] as number) * (next[n + 2] as number) - Math.abs(next[n + 1] as number),
  };
}

/** Training: a floor, and one leg that is somewhat weak. Test: a condition. */
function drawTask({ legs, test }: SixLegOptions) {
  return (rng: Rng, split: Split, index: number): Readonly<Record<string, number>> => {
    const nominal = { friction: 1, mass: 1, slope: 0, bias: 0 };
    const strengths = Object.fromEntries(Array.from({ length: legs }, (_, leg) => [`leg${leg}`, 1]));
    if (split === 'test' && test !== 'none') {
      const condition = test === 'mixed' ? crawlerConditions[index % crawlerConditions.length] : test;
      return { ...nominal, ...strengths, ...conditionParameters(condition as CrawlerCondition, legs) };
    }
    const weak = rng.split('leg').integer(legs);
    return {
      ...nominal,
      friction: CRAWLER_FRICTIONS[rng.split('friction').integer(3)] as number,
      ...strengths,
      [`leg${weak}`]: 0.5 + 0.5 * rng.split('strength').next(),
    };
  };
}

/**
 * A legged crawler that is to run straight ahead whatever happens to its body. Training tasks differ in the floor's
 * friction (0.6, 1, 1.6) and in one leg of strength U(0.5, 1); test tasks have a slope, a missing front right leg, a
 * payload or a calibration error. The body is in no observation.
 *
 * Reward v cos ψ − |y|, by what is observed. References: `oracle` (knows the body), `nominal` (believes nothing is
 * wrong), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Nagabandi, Clavera, Liu, Fearing, Abbeel, Levine, Finn. Learning to Adapt in Dynamic, Real-World Environments
 *   through Meta-Reinforcement Learning. ICLR 2019. arXiv:1803.11347.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { sixLeg } from '@tasklearn/environments';
 *
 * sixLeg({ test: 'missing-leg' }).task('test', 0, createRng(0)).parameters.leg3; // => 0
 * ```
 */
export function sixLeg(options: Partial<SixLegOptions> = {}): ControlDistribution {
  const settings = sixLegSettings(options);
  return continuousDistribution({
    world: sixLegWorld(settings),
    varies: ['dynamics'],
    trainingTasks: settings.trainingTasks,
    draw: drawTask(settings),
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => tf.sub(tf.mul(column(next, 4), column(next, 2)), tf.abs(column(next, 1)))), // [...]
    references: sixLegReferences(settings.legs),
    picture: sixLegPicture(settings.legs, settings.horizon),
  });
}
