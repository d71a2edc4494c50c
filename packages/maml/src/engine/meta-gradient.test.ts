import { createRng, leavesOf } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contract,
  descendOnHost,
  gradientAt,
  hessians,
  quadraticEpisodes,
  quadraticSpec,
  queryCentres,
  supportCentres,
  vectorModel,
} from '../__fixtures__/quadratics.js';
import {
  difference,
  outerGradient,
  rebuild,
  regressionEpisodes,
  regressionSpec,
  smallParts,
} from '../__fixtures__/small-regression.js';
import { adaptedLeaves } from './adapted-leaves.js';
import { fixedRate, learnedRate } from './inner-rate.js';
import { firstOrder, truncated, unrolled } from './meta-gradient.js';
import { metaLearner } from './meta-learner.js';
import type { MetaGradient, MetaLearnerParts } from './meta-learner-parts.js';
import { reverseHvp } from './reverse-hvp.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('meta-gradient');
/** θ of the fixture's model, [layer1, head]; in flattening order the head comes first. */
const theta0 = [0.3, -0.4];

function quadraticLearner(steps: number, metaGradient: MetaGradient, parts: Partial<MetaLearnerParts> = {}) {
  return metaLearner(
    smallParts({ model: () => vectorModel, steps: { train: steps, test: steps }, metaGradient, ...parts }),
  );
}

/** mean_t (I − αA_t)ᵐ A_t (φ_tᵏ − c_t), in flattening order. */
function closedForm(rate: number, steps: number, kept: number, tasks = [0, 1]): number[] {
  const each = tasks.map((task) => {
    const a = hessians[task] as number[][];
    const phi = descendOnHost(task, rate, steps, theta0);
    return contract(a, rate, kept, gradientAt(a, phi, queryCentres[task] as number[]));
  });
  const mean = theta0.map(
    (_, index) => each.reduce((sum, v) => sum + (v[index] as number), 0) / tasks.length,
  );
  return mean.reverse();
}

describe('meta-gradients of quadratics', () => {
  const exact = [
    ['unrolled', unrolled()],
    ['reverseHvp', reverseHvp()],
  ] as const;
  for (const [name, metaGradient] of exact) {
    for (const steps of [0, 1, 2, 5]) {
      it(`${name}: equals (I − αA)^${steps} ∇L_Q`, () => {
        const learner = quadraticLearner(steps, metaGradient);
        const gradient = outerGradient(
          learner,
          learner.init(quadraticSpec(), rng),
          quadraticEpisodes(),
          quadraticSpec(),
        );
        expect(difference(gradient, closedForm(0.1, steps, steps))).toBeLessThan(1e-5);
      });
    }
  }

  it('truncation keeps the last factors only: none is first order, all is unrolled', () => {
    for (const kept of [0, 1, 3, 5]) {
      const learner = quadraticLearner(5, truncated(kept));
      const gradient = outerGradient(
        learner,
        learner.init(quadraticSpec(), rng),
        quadraticEpisodes(),
        quadraticSpec(),
      );
      expect(difference(gradient, closedForm(0.1, 5, kept))).toBeLessThan(1e-5);
    }
    const learner = quadraticLearner(5, firstOrder());
    const gradient = outerGradient(
      learner,
      learner.init(quadraticSpec(), rng),
      quadraticEpisodes(),
      quadraticSpec(),
    );
    expect(difference(gradient, closedForm(0.1, 5, 0))).toBeLessThan(1e-5);
  });

  it('vanishes at the optimum of the family, Σ M A M (θ − c) = 0 with M = (I − αA)ᵏ', () => {
    const steps = 2;
    const columns = (task: number) =>
      [
        [1, 0],
        [0, 1],
      ].map((unit) => {
        const a = hessians[task] as number[][];
        return contract(a, 0.1, 2 * steps, gradientAt(a, unit, [0, 0])); // MAM, as M and A commute
      });
    const matrices = [columns(0), columns(1)];
    const sum = [0, 1].map((row) =>
      [0, 1].map((column) => matrices.reduce((s, m) => s + (m[column]?.[row] as number), 0)),
    );
    const right = [0, 1].map((row) =>
      matrices.reduce(
        (s, m, task) =>
          s + [0, 1].reduce((t, i) => t + (m[i]?.[row] as number) * (supportCentres[task]?.[i] as number), 0),
        0,
      ),
    );
    const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = sum;
    const [r = 0, q = 0] = right;
    const optimum = [(d * r - b * q) / (a * d - b * c), (a * q - c * r) / (a * d - b * c)];
    const learner = quadraticLearner(steps, unrolled());
    const { support } = quadraticEpisodes();
    const at = ([x = 0, y = 0]: number[]) => {
      const theta = { model: { layer1: { weight: tf.tensor1d([x]) }, head: { weight: tf.tensor1d([y]) } } };
      const gradient = outerGradient(learner, theta, { support, query: support.labelled }, quadraticSpec());
      return Math.max(...gradient.map(Math.abs));
    };
    expect(at(optimum)).toBeLessThan(1e-6);
    expect(at(optimum.map((x) => x + 0.1))).toBeGreaterThan(1e-2);
  });

  it('is the gradient at θ where α = 0, and leaves φ = θ', () => {
    const learner = quadraticLearner(3, unrolled(), { rate: fixedRate(0) });
    const spec = quadraticSpec();
    const theta = learner.init(spec, rng);
    const phi = learner.adapt(theta, quadraticEpisodes().support, rng, spec);
    expect([...(phi.head?.weight?.dataSync() ?? [])]).toEqual([
      ...tf.fill([2], theta0[1] as number).dataSync(),
    ]);
    expect(
      difference(outerGradient(learner, theta, quadraticEpisodes(), spec), closedForm(0, 3, 0)),
    ).toBeLessThan(1e-6);
  });

  it('moves by learned rates as dL_Q/dα = −∇L_Q(φ) ⊙ ∇L_S(θ), exactly, also at first order', () => {
    for (const metaGradient of [unrolled(), reverseHvp(), firstOrder()]) {
      const rate = learnedRate({ granularity: 'parameter', initial: 0.1, sign: 'signed' });
      const learner = quadraticLearner(1, metaGradient, { rate });
      const spec = quadraticSpec([1]);
      const gradient = outerGradient(learner, learner.init(spec, rng), quadraticEpisodes([1]), spec);
      const a = hessians[1] as number[][];
      const inner = gradientAt(a, theta0, supportCentres[1] as number[]);
      const outer = gradientAt(a, descendOnHost(1, 0.1, 1, theta0), queryCentres[1] as number[]);
      const expected = inner.map((g, index) => -g * (outer[index] as number)).reverse();
      expect(difference(gradient.slice(2), expected)).toBeLessThan(1e-5); // model before rates
    }
  });
});

describe('meta-gradients of a network', () => {
  const variants: [string, Partial<MetaLearnerParts>][] = [
    ['all leaves', {}],
    ['head only', { adapted: adaptedLeaves('head') }],
    ['biases', { adapted: adaptedLeaves('biases'), steps: { train: 3, test: 3 } }],
    ['rates per element', { rate: learnedRate({ granularity: 'parameter', initial: 0.1, sign: 'signed' }) }],
    [
      'log rates per tensor and step',
      { rate: learnedRate({ granularity: 'layerStep', initial: 0.1, sign: 'positive' }) },
    ],
    ['one rate', { rate: learnedRate({ granularity: 'scalar', initial: 0.1, sign: 'signed' }) }],
  ];
  for (const [name, parts] of variants) {
    it(`unrolled and reverseHvp agree: ${name}`, () => {
      const a = metaLearner(smallParts({ ...parts, metaGradient: unrolled() }));
      const b = metaLearner(smallParts({ ...parts, metaGradient: reverseHvp() }));
      const theta = a.init(regressionSpec, rng);
      const episodes = regressionEpisodes(3);
      expect(difference(outerGradient(b, theta, episodes), outerGradient(a, theta, episodes))).toBeLessThan(
        1e-4,
      );
    });
  }

  it('agrees with central differences in 20 random directions', () => {
    const rate = learnedRate({ granularity: 'layer', initial: 0.1, sign: 'signed' });
    const learner = metaLearner(smallParts({ rate }));
    const theta = learner.init(regressionSpec, rng);
    const episodes = regressionEpisodes(3);
    const gradient = outerGradient(learner, theta, episodes);
    const leaves = leavesOf<tf.Tensor>(theta);
    for (let trial = 0; trial < 20; trial++) {
      const direction = leaves.map((leaf, index) =>
        rng.split(`direction ${trial} ${index}`).normal(leaf.shape),
      );
      const h = 2e-2;
      const at = (sign: number) => {
        const moved = leaves.map((leaf, index) =>
          tf.add(leaf, tf.mul(direction[index] as tf.Tensor, sign * h)),
        );
        return learner
          .metaLoss?.(rebuild(theta, moved), episodes, rng, regressionSpec)
          .loss.dataSync()[0] as number;
      };
      const slope = (at(1) - at(-1) - (at(2) - at(-2)) / 8) / (1.5 * h); // fourth order
      const along = direction
        .flatMap((d) => [...d.dataSync()])
        .reduce((sum, d, index) => sum + d * (gradient[index] as number), 0);
      expect(Math.abs(along - slope)).toBeLessThan(1e-2 * Math.max(1, Math.abs(slope)));
    }
  });

  it('first order equals second order where the loss is linear, and differs where it is not', () => {
    const linear = {
      ...regressionSpec,
      loss: (outputs: tf.Tensor, targets: tf.Tensor) => tf.mean(tf.mul(outputs, targets), [1, 2]),
    };
    const model = () => vectorModelForLinear;
    const gradients = [unrolled(), firstOrder()].map((metaGradient) => {
      const learner = metaLearner(smallParts({ model, metaGradient }));
      return outerGradient(learner, learner.init(linear, rng), regressionEpisodes(2), linear);
    });
    expect(difference(gradients[1] as Float32Array, gradients[0] as Float32Array)).toBeLessThan(1e-6);

    const theta = metaLearner(smallParts()).init(regressionSpec, rng);
    const gap = (alpha: number) => {
      const [second, first] = [unrolled(), firstOrder()].map((metaGradient) =>
        outerGradient(
          metaLearner(smallParts({ metaGradient, rate: fixedRate(alpha) })),
          theta,
          regressionEpisodes(2),
        ),
      );
      return difference(first as Float32Array, second as Float32Array);
    };
    expect(gap(0)).toBeLessThan(1e-6);
    expect(gap(0.02)).toBeGreaterThan(1e-3);
    expect(gap(0.1)).toBeGreaterThan(gap(0.02));
  });

  it('reverseHvp takes k inner gradients forward and k products back, and none of third order', () => {
    let calls = 0;
    const counted = smallParts({ metaGradient: reverseHvp(), steps: { train: 4, test: 4 } });
    const innerLoss: MetaLearnerParts['innerLoss'] = {
      name: 'counted',
      make: (context) => {
        const loss = counted.innerLoss.make(context);
        return (parameters, step) => {
          calls++;
          return loss(parameters, step);
        };
      },
    };
    const learner = metaLearner({ ...counted, innerLoss });
    outerGradient(learner, learner.init(regressionSpec, rng), regressionEpisodes(2));
    expect(calls).toBe(8);
  });
});

/** Output w·x with w adapted: linear in the parameters. */
const vectorModelForLinear: ReturnType<MetaLearnerParts['model']> = {
  init: () => ({ head: { weight: tf.tensor1d([0.7]) } }),
  apply(parameters, inputs) {
    const weight = parameters.head?.weight as tf.Tensor; // [1] or [T, 1]
    return tf.mul(inputs, weight.rank === 1 ? weight : weight.expandDims(1));
  },
};
