import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectClose } from '../__fixtures__/expect-close.js';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { partialGradients, totalGradients } from './bilevel-gradients.js';
import { checkGradients } from './check-gradients.js';
import { flattenPerTask, perTaskGradients } from './per-task-gradients.js';
import { hvp, jvp, vjp } from './products.js';
import { stopGradient } from './stop-gradient.js';
import { gradients, valueAndGradients } from './value-and-gradients.js';

type Named = { readonly [name: string]: tf.Tensor };

const quartic = ({ x }: { x: tf.Tensor }) => tf.sum(tf.pow(x, 4)).add(tf.square(tf.sum(x))) as tf.Scalar;

onEachBackend('valueAndGradients', () => {
  it('differentiates in every leaf', () => {
    const tree = { a: tf.tensor1d([1, 2]), b: { c: tf.scalar(3) } };
    const { value, gradients: slope } = valueAndGradients(
      ({ a, b }) => tf.sum(a.square().mul(b.c)) as tf.Scalar,
      tree,
    );
    expect(value.dataSync()[0]).toBe(15);
    expectClose(slope.a, [6, 12]);
    expectClose(slope.b.c, [5]);
  });

  it('gives zeros for a leaf that is not used, and for none at all', () => {
    const slope = gradients(({ a }: Named) => tf.sum(a as tf.Tensor) as tf.Scalar, {
      a: tf.ones([2]),
      b: tf.ones([2, 3]),
    });
    expectClose(slope.b as tf.Tensor, tf.zeros([2, 3]));
    const { value, gradients: none } = valueAndGradients(() => tf.scalar(7), {});
    expect([value.dataSync()[0], none]).toEqual([7, {}]);
  });

  it('takes a function that returns its argument', () => {
    const x = tf.scalar(2);
    const { value, gradients: slope } = valueAndGradients((tree: { x: tf.Tensor }) => tree.x as tf.Scalar, {
      x,
    });
    expect([value.dataSync()[0], slope.x.dataSync()[0], x.dataSync()[0]]).toEqual([2, 1, 2]);
  });

  it('holds what the function closes over, also inside another gradient', () => {
    // d/dx of x · x₀ at x₀ = x is x₀, so the outer function is x² and its derivative 2x, not that of 2x · x.
    const outer = ({ x }: { x: tf.Tensor }) => {
      const inner = gradients((at) => at.x.mul(x) as tf.Scalar, { x });
      return inner.x.mul(x) as tf.Scalar;
    };
    expect(gradients(outer, { x: tf.scalar(3) }).x.dataSync()[0]).toBe(6);
  });

  it('says what it wants of the function', () => {
    expect(codeOf(() => gradients(({ x }) => x as tf.Scalar, { x: tf.ones([2]) }))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => gradients(() => 1 as unknown as tf.Scalar, { x: tf.ones([2]) }))).toBe(
      'SHAPE_MISMATCH',
    );
  });

  it('leaves its results and nothing else', () => {
    const x = tf.ones([3]);
    const before = tf.memory().numTensors;
    const { value, gradients: slope } = valueAndGradients(quartic, { x });
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([value, slope]);
    const product = hvp(quartic, { x }, { x });
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose(product);
  });
});

onEachBackend('products with derivatives', () => {
  it('hvp is the dense Hessian of a quartic times the vector', () => {
    const x = tf.tensor1d([1, -2, 0.5]);
    const v = tf.tensor1d([0.3, 1, -1]);
    const hessian = tf.diag(tf.mul(tf.square(x), 12)).add(tf.fill([3, 3], 2));
    expectClose(hvp(quartic, { x }, { x: v }).x, tf.dot(hessian, v));
  });

  it('vjp and jvp are the Jacobian from its two sides', () => {
    const f = ({ x }: { x: tf.Tensor }) => ({
      y: tf.stack([tf.prod(x), tf.sum(tf.exp(x))]),
      z: x.slice(0, 1).square(),
    });
    const x = tf.tensor1d([0.5, 2]);
    const jacobian = tf.tensor2d([
      [2, 0.5],
      [Math.exp(0.5), Math.exp(2)],
      [1, 0],
    ]);
    const cotangent = { y: tf.tensor1d([1, -2]), z: tf.tensor1d([3]) };
    const tangent = { x: tf.tensor1d([0.7, -1]) };
    expectClose(vjp(f, { x }, cotangent).x, tf.dot(tf.tensor1d([1, -2, 3]), jacobian));
    const forward = jvp(f, { x }, tangent);
    expectClose(tf.concat([forward.y, forward.z]), tf.dot(jacobian, tangent.x));
  });

  it('stopGradient keeps values and stops derivatives of every order', () => {
    const x = { x: tf.scalar(3) };
    expect(stopGradient(x).x.dataSync()[0]).toBe(3);
    const f = (tree: { x: tf.Tensor }) => tree.x.mul(stopGradient(tree.x.square())) as tf.Scalar;
    expect(gradients(f, x).x.dataSync()[0]).toBe(9);
    expect(hvp(f, x, { x: tf.scalar(1) }).x.dataSync()[0]).toBe(0);
    const own = stopGradient(x.x);
    x.x.dispose();
    expect(own.dataSync()[0]).toBe(3);
  });

  it('total and partial derivatives of a bilevel objective differ by the path through the solution', () => {
    const theta = { w: tf.scalar(2) };
    const objective = (t: { w: tf.Tensor }, p: { v: tf.Tensor }) => t.w.mul(p.v.square()) as tf.Scalar;
    const solve = ({ w }: { w: tf.Tensor }) => ({ v: w.mul(3) });
    // L = w (3 w)² = 9 w³
    expect(totalGradients(objective, solve, theta).w.dataSync()[0]).toBe(108);
    const partial = partialGradients(objective, theta, solve(theta));
    expect(partial.theta.w.dataSync()[0]).toBe(36);
    expect(partial.phi.v.dataSync()[0]).toBe(24);
  });
});

onEachBackend('perTaskGradients', () => {
  it("are each task's own, and sum to the gradient of the sum", () => {
    const x = tf.tensor3d([[[1, 2]], [[3, 4]], [[5, 6]]]); // [T, B, in]
    const w = tf.tensor2d([[0.5], [-1]]);
    const losses = ({ weight }: Named) => tf.sum(tf.square(tf.matMul(x, weight as tf.Tensor)), [1, 2]);
    const { losses: each, gradients: perTask } = perTaskGradients(
      losses,
      { weight: w, spare: tf.ones([2]) },
      3,
    );
    expectClose(each, [2.25, 6.25, 12.25]);
    expectClose(perTask.weight as tf.Tensor, tf.tensor([-3, -6, -15, -20, -35, -42], [3, 2, 1]));
    expect(flattenPerTask(perTask).arraySync()).toEqual([
      [0, 0, -3, -6],
      [0, 0, -15, -20],
      [0, 0, -35, -42],
    ]);
    const whole = gradients(
      (tree: Named) =>
        tf.sum(losses({ weight: tf.tile((tree.weight as tf.Tensor).expandDims(0), [3, 1, 1]) })) as tf.Scalar,
      { weight: w },
    );
    expectClose(tf.sum(perTask.weight as tf.Tensor, 0), whole.weight as tf.Tensor);
  });

  it('wants one loss per task', () => {
    expect(codeOf(() => perTaskGradients(({ w }) => tf.sum(w), { w: tf.ones([2]) }, 3))).toBe(
      'SHAPE_MISMATCH',
    );
  });
});

/** H = [[3, 1], [1, 2]], L(θ) = ½ (θ - c)ᵀ H (θ - c). */
const curvature = () =>
  tf.tensor2d([
    [3, 1],
    [1, 2],
  ]);
const centre = [1, -1];

function loss(w: tf.Tensor): tf.Scalar {
  const d = w.sub(tf.tensor1d(centre));
  return tf.sum(d.mul(tf.dot(curvature(), d))).mul(0.5) as tf.Scalar;
}

onEachBackend('the meta-gradient of an unrolled inner loop', () => {
  it.each([1, 2, 5])('after %i steps on a quadratic is ∏(I - αH) times the outer gradient', (steps) => {
    const rate = 0.1;
    const adapt = (w: tf.Tensor) => {
      let at = w;
      for (let step = 0; step < steps; step++) {
        const slope = gradients((tree: { at: tf.Tensor }) => loss(tree.at), { at });
        at = at.sub(slope.at.mul(rate));
      }
      return at;
    };
    const outer = (w: tf.Tensor) => tf.sum(adapt(w).pow(3)) as tf.Scalar;
    const w = tf.tensor1d([2, 0.5]);
    const contraction = tf.eye(2).sub(curvature().mul(rate));
    let power = tf.eye(2) as tf.Tensor;
    for (let step = 0; step < steps; step++)
      power = tf.matMul(power as tf.Tensor2D, contraction as tf.Tensor2D);
    const expected = tf.dot(power, adapt(w).square().mul(3));
    expectClose(gradients((tree: { w: tf.Tensor }) => outer(tree.w), { w }).w, expected);
    // First order: the inner gradient as a constant leaves the outer gradient alone.
    const first = (tree: { w: tf.Tensor }) => {
      let at = tree.w;
      for (let step = 0; step < steps; step++) {
        at = at.sub(stopGradient(gradients((t: { at: tf.Tensor }) => loss(t.at), { at })).at.mul(rate));
      }
      return tf.sum(at.pow(3)) as tf.Scalar;
    };
    expectClose(gradients(first, { w }).w, adapt(w).square().mul(3));
  });
});

describe('checkGradients', () => {
  it('passes what is right and fails what is wrong, at each order', () => {
    const x = { x: tf.tensor1d([0.4, -0.7, 1.1]) };
    expect(checkGradients((tree) => tf.tanh(tree.x), x).passed).toBe(true);
    const half = (y: tf.Tensor) => y.mul(0.5).add(stopGradient(y).mul(0.5));
    const wrongFirst = checkGradients((tree) => tf.sin(half(tree.x)), x);
    expect(wrongFirst.passed).toBe(false);
    expect(wrongFirst.firstOrder).toBeGreaterThan(0.3);
    // The gradient of sin with its slope held constant: right at first order only.
    const held = tf.customGrad((...args) => {
      const [y, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
      save([y]);
      return {
        value: tf.sin(y),
        gradFunc: (dy: tf.Tensor, [at]: tf.Tensor[]) => dy.mul(tf.cos(stopGradient(at as tf.Tensor))),
      };
    });
    const wrongSecond = checkGradients((tree) => held(tree.x), x);
    expect(wrongSecond.passed).toBe(false);
    expect(wrongSecond.firstOrder).toBeLessThan(0.01);
    expect(checkGradients((tree) => held(tree.x), x, { order: 1 }).passed).toBe(true);
  });

  it('counts what is not finite as wrong', () => {
    const check = checkGradients(({ x }) => tf.log(x), { x: tf.tensor1d([-1]) });
    expect(check).toMatchObject({ passed: false, firstOrder: Number.POSITIVE_INFINITY });
  });

  it('draws the same directions from the same seed', () => {
    const x = { x: tf.tensor1d([0.3, 1, -1]) };
    const check = (seed: number) => checkGradients((tree) => tf.sin(tree.x), x, { seed, directions: 1 });
    expect(check(4)).toEqual(check(4));
  });
});
