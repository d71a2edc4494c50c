import { createRng, type HostTensor, type Tree } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameAsEager, floats } from '../__fixtures__/same-as-eager.js';
import { compile } from '../compile.js';

type One = { x: tf.Tensor };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('randomness in a recorded function', () => {
  const draws = (_: Tree<tf.Tensor>, rng: ReturnType<typeof createRng>) => {
    const child = rng.split('noise');
    return {
      a: child.normal([3]),
      b: rng.uniform([2, 2]),
      c: child.normal([5]).mul(2),
      again: rng.split('noise').normal([3]),
      d: rng.split(1).split('deep').uniform([4]),
    };
  };

  it('is the same as eager, run after run', async () => {
    await expectSameAsEager(draws as never, {});
    const compiled = compile(draws);
    const [first, second] = [await compiled.run({}, createRng(3)), await compiled.run({}, createRng(3))];
    const other = await compiled.run({}, createRng(4));
    expect([...first.c.data]).toEqual([...second.c.data]);
    expect([...first.c.data]).not.toEqual([...other.c.data]);
    expect([...first.a.data]).toEqual([...first.again.data]);
    compiled.dispose();
  });

  it('moves the stream as an eager run moves it', async () => {
    const compiled = compile((_: Tree<tf.Tensor>, rng) => rng.normal([3]));
    const [rng, reference] = [createRng(5), createRng(5)];
    const values: number[] = [];
    for (let run = 0; run < 2; run++) {
      values.push(...((await compiled.run({}, rng)) as HostTensor).data);
    }
    const expected = tf.tidy(() =>
      [reference.normal([3]), reference.normal([3])].flatMap((t) => [...t.dataSync()]),
    );
    expect(values).toEqual(expected);
    compiled.dispose();
  });

  it('needs a stream, and only draws tensors', async () => {
    const compiled = compile(draws);
    await expect(compiled.run({})).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { key: 'rng' } });
    const host = compile(({ x }: One, rng) => x.mul(rng.next()));
    await expect(host.run({ x: floats([1], 1) }, createRng(1))).rejects.toMatchObject({
      code: 'NOT_RECORDABLE',
      details: { method: 'rng.next' },
    });
    const frozen = compile(({ x }: One) => x.add(tf.randomNormal([1])));
    await expect(frozen.run({ x: floats([1], 1) })).rejects.toMatchObject({
      code: 'NOT_RECORDABLE',
      details: { op: 'randomNormal' },
    });
    compiled.dispose();
  });
});
