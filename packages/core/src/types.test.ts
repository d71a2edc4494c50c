import type { Tensor } from '@tensorflow/tfjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  defineLearner,
  definePlugin,
  type EpisodeBatch,
  type EpisodicLearner,
  type Hosted,
  type HostTensor,
  leavesOf,
  mapTree,
  type Plugin,
  type Tree,
  unflattenTree,
  zipTrees,
} from './index.js';

type Layer = { readonly weight: Tensor; readonly bias: Tensor };

describe('types', () => {
  it('keep the structure of trees of tensors', () => {
    expectTypeOf(mapTree<{ layer: Layer }>).returns.toEqualTypeOf<{ layer: Layer }>();
    expectTypeOf(zipTrees<Layer>).returns.toEqualTypeOf<Layer>();
    expectTypeOf(unflattenTree<Layer>).returns.toEqualTypeOf<Layer>();
    expectTypeOf(leavesOf<HostTensor>).returns.toEqualTypeOf<HostTensor[]>();
  });

  it('take episodes for trees, on the device and on the host', () => {
    expectTypeOf<EpisodeBatch>().toExtend<Tree<Tensor>>();
    expectTypeOf<EpisodeBatch<HostTensor>>().toExtend<Tree<HostTensor>>();
    expectTypeOf<Hosted<EpisodeBatch>>().toExtend<EpisodeBatch<HostTensor>>();
  });

  it('infer a learner from its options', () => {
    const descriptor = defineLearner({
      kind: 'episodic',
      summary: '',
      reference: { title: '', authors: '', year: 0, url: '' },
      capabilities: {} as never,
      defaults: { rate: 0.1, order: 'second' },
      create: (options) => {
        expectTypeOf(options).toEqualTypeOf<Readonly<{ rate: number; order: string }>>();
        return {} as EpisodicLearner;
      },
    });
    const plugin = definePlugin({
      specificationVersion: 'v1',
      name: 'a',
      version: '1.0.0',
      learners: { mine: descriptor },
    });
    expectTypeOf(plugin).toExtend<Plugin>();
    expectTypeOf<keyof typeof plugin.learners>().toEqualTypeOf<'mine'>();
  });
});
