import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { booleans, expectSameAsEager, floats, integers, normal } from '../__fixtures__/same-as-eager.js';
import { compile } from '../compile.js';

type One = { x: tf.Tensor };

const pieces = ({ x }: One) => ({
  reshape: tf.reshape(x, [4, -1]),
  expandDims: [tf.expandDims(x, 0), tf.expandDims(x, -1), tf.expandDims(x, 2)],
  squeeze: tf.squeeze(tf.expandDims(x, 1)),
  transpose: [tf.transpose(x), tf.transpose(x, [1, 0, 2])],
  slice: [tf.slice(x, [1, 0, 1], [1, -1, 2]), tf.slice(x, 1), tf.slice(x, [0, 0, 0])],
  strided: [
    tf.stridedSlice(x, [0, 2, 0], [2, 0, 4], [1, -1, 2]),
    tf.stridedSlice(x, [1, 0, 0], [2, 3, 4], [1, 1, 1], 0, 0, 0, 0, 1),
    tf.stridedSlice(x, [0, -1, 3], [0, -4, 0], [1, -1, -1], 1, 7),
  ],
  concat: [tf.concat([x, x], 1), tf.concat([x, x, x], -1), tf.concat([x], 0)],
  stack: [tf.stack([x, x], 0), tf.stack([x, x], 2), tf.stack([x, x], 3)],
  unstack: [...tf.unstack(x, 1), ...tf.unstack(x, -1)],
  split: [...tf.split(x, 2, 2), ...tf.split(x, [1, 2], 1), ...tf.split(x, 1, 0)],
  tile: [tf.tile(x, [1, 2, 3]), tf.tile(tf.expandDims(x, 0), [2, 1, 1, 1])],
  pad: [
    tf.pad(x, [
      [0, 1],
      [2, 0],
      [0, 0],
    ]),
    tf.pad(x, [
      [0, 0],
      [0, 0],
      [0, 0],
    ]),
  ],
  reverse: [tf.reverse(x), tf.reverse(x, [0, 2]), tf.reverse(x, -1)],
  broadcast: tf.broadcastTo(tf.slice(x, [0, 0, 0], [1, 3, 1]), [2, 3, 4]),
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('pieces and layouts', () => {
  it('are the same recorded', async () => {
    for (const simplify of [true, false]) {
      await expectSameAsEager(pieces, { x: normal([2, 3, 4]) }, { simplify });
      await expectSameAsEager(pieces, { x: integers([2, 3, 4], -5, 5) }, { simplify });
    }
    await expectSameAsEager(
      ({ x }: One) => ({
        pad: tf.pad(x, [
          [1, 0],
          [0, 1],
        ]),
        constant: tf.pad(
          x.cast('float32'),
          [
            [1, 0],
            [0, 1],
          ],
          2.5,
        ),
        part: tf.slice(x, [0, 1], [2, 1]),
        joined: tf.concat([x, x], 0),
        repeated: tf.tile(x, [2, 1]),
        back: tf.reverse(x),
      }),
      { x: booleans([2, 3]) },
    );
  });

  it('of scalars and of nothing are the same recorded', async () => {
    const scalar = ({ x }: One) => [
      x.reshape([1, 1]),
      x.expandDims(0),
      tf.stack([x, x]),
      tf.broadcastTo(x, [2, 2]),
    ];
    await expectSameAsEager(scalar, { x: normal([]) });
    const nothing = ({ x }: One) => [x.reshape([3, 0]), tf.concat([x, x], 1), x.transpose()];
    await expectSameAsEager(nothing, { x: normal([0, 3]) });
  });

  it('between element types are the same recorded', async () => {
    const fn = ({ x }: One) => (['float32', 'int32', 'bool'] as const).map((dtype) => tf.cast(x, dtype));
    await expectSameAsEager(fn, { x: normal([9]) });
    await expectSameAsEager(fn, { x: integers([9], -2, 2) });
    await expectSameAsEager(fn, { x: booleans([9]) });
  });

  it('made of known numbers are the same recorded', () =>
    expectSameAsEager(
      ({ x }: One) => [
        tf.fill([2, 3], 1.5).add(x),
        tf.ones([2, 3]),
        tf.zeros([3], 'int32'),
        tf.range(0, 5, 2),
        tf.range(3, 0, -1, 'int32'),
        tf.linspace(0, 1, 4),
        tf.eye(3),
        tf.scalar(Number.POSITIVE_INFINITY),
        tf.tensor1d([Number.NaN, Number.NEGATIVE_INFINITY, 1]).mul(x),
      ],
      { x: normal([2, 3]) },
    ));
});

describe('padding and normalising', () => {
  it('are the same recorded', async () => {
    await expectSameAsEager(
      ({ x }: One) =>
        tf.mirrorPad(
          x,
          [
            [1, 2],
            [0, 1],
          ],
          'reflect',
        ),
      { x: normal([4, 3]) },
    );
    const symmetric = compile(({ x }: One) => tf.mirrorPad(x, [[1, 1]], 'symmetric'), { fallback: 'error' });
    await expect(symmetric.run({ x: normal([4]) })).rejects.toMatchObject({
      details: { kernel: 'MirrorPad' },
    });
    const fn = ({ x, m, v, s }: Record<'x' | 'm' | 'v' | 's', tf.Tensor>) => [
      tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, s as tf.Tensor1D, m as tf.Tensor1D, 0.01),
      tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D),
    ];
    const input = {
      x: normal([2, 3, 4, 5]),
      m: normal([5], 1),
      v: floats([5], 1, 2, 3, 4, 5),
      s: normal([5], 2),
    };
    await expectSameAsEager(fn, input);
  });
});

describe('matrix products', () => {
  it('are the same recorded, transposed, batched and broadcast', async () => {
    const shapes = [
      [
        [2, 3],
        [3, 4],
      ],
      [
        [5, 2, 3],
        [5, 3, 4],
      ],
      [
        [5, 2, 3],
        [1, 3, 4],
      ],
    ] as const;
    for (const [a, b] of shapes) {
      const fn = (input: Record<'a' | 'b', tf.Tensor>) => {
        const swap = (value: tf.Tensor) => {
          const axes = value.shape.map((_, axis) => axis);
          return tf.transpose(value, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
        };
        const [at, bt] = [swap(input.a), swap(input.b)];
        return [
          tf.matMul(input.a, input.b),
          tf.matMul(at, input.b, true),
          tf.matMul(input.a, bt, false, true),
          tf.matMul(at, bt, true, true),
        ];
      };
      await expectSameAsEager(fn, { a: normal([...a]), b: normal([...b], 1) });
      await expectSameAsEager(fn, { a: normal([...a]), b: normal([...b], 1) }, { simplify: false });
    }
  });

  it('of vectors, contractions and fused products are the same recorded', () =>
    expectSameAsEager(
      ({ a, b, c }: Record<'a' | 'b' | 'c', tf.Tensor>) => [
        tf.dot(a, c),
        tf.outerProduct(tf.slice(c, [0], [2]) as tf.Tensor1D, c as tf.Tensor1D),
        tf.einsum('ij,jk->ik', a, b),
        tf.einsum('ij,ij->i', a, a),
        tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, activation: 'relu', bias: tf.ones([4]) }),
      ],
      { a: normal([2, 3]), b: normal([3, 4], 1), c: normal([3], 2) },
    ));
});

describe('indices', () => {
  it('pick and place alike', () =>
    expectSameAsEager(
      ({ x, i, j }: Record<'x' | 'i' | 'j', tf.Tensor>) => ({
        rows: tf.gather(x, i as tf.Tensor1D),
        columns: tf.gather(x, j as tf.Tensor1D, 1),
        table: tf.gather(x, tf.stack([i, i]) as tf.Tensor2D, 0),
        batched: tf.gather(x, tf.stack([j, j, j]) as tf.Tensor2D, 1, 1),
        deep: tf.gather(tf.stack([x, x, x]), tf.stack([j, j, j]) as tf.Tensor2D, 2, 1),
        oneHot: tf.oneHot(i, 3),
        valued: tf.oneHot(i, 4, 2, -1),
        outside: tf.oneHot(tf.sub(i, tf.scalar(1, 'int32')), 2),
        nd: tf.gatherND(x, tf.stack([i.slice(0, 2), j], 1)),
        scattered: tf.scatterND(tf.stack([i.slice(0, 2), j], 1), tf.tensor1d([1, 2]), [3, 4]),
        summed: tf.unsortedSegmentSum(tf.gather(x, i as tf.Tensor1D), i as tf.Tensor1D, 5),
        top: tf.topk(x, 2),
      }),
      {
        x: normal([3, 4]),
        i: { dtype: 'int32', shape: [4], data: Int32Array.of(2, 0, 2, 1) },
        j: { dtype: 'int32', shape: [2], data: Int32Array.of(3, 1) },
      },
    ));

  it('overwrite alike', () =>
    expectSameAsEager(
      ({ x }: One) =>
        tf.tensorScatterUpdate(
          x,
          tf.tensor2d(
            [
              [2, 3],
              [0, 1],
            ],
            [2, 2],
            'int32',
          ),
          tf.tensor1d([1, 2]),
        ),
      { x: normal([3, 4]) },
    ));

  it('scatter alike into many segments', () =>
    expectSameAsEager(
      ({ x, i }: Record<'x' | 'i', tf.Tensor>) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 1000),
      { x: normal([6, 2]), i: { dtype: 'int32', shape: [6], data: Int32Array.of(999, 0, 3, 3, 3, 998) } },
    ));

  it('turn numbers outside the function into constants, and outputs that are inputs into copies', async () => {
    const before = tf.memory().numTensors;
    const outside = tf.tensor1d([1, 2, 3]);
    const fn = ({ x }: One) => ({ a: x, b: x, c: outside.clone(), d: outside.add(x), e: tf.scalar(3) });
    await expectSameAsEager(fn as never, { x: normal([3]) });
    expect([...outside.dataSync()]).toEqual([1, 2, 3]);
    const compiled = compile(fn);
    const x = normal([3]);
    const { a, b } = await compiled.run({ x });
    expect(new Set([a.data, b.data, x.data]).size).toBe(3);
    outside.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
