import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { column, columns, indicator, lengthOf } from '../continuous/columns.js';
import { Seen, type TabletopLaw } from './tabletop-law.js';
import { Kind } from './tabletop-skills.js';

/** The shaped reward over tensors [..., 16] → [...]; recordable. */
export function recordableTabletopReward(law: TabletopLaw, next: Tensor): Tensor {
  const tall = law.kind === Kind.block || law.kind === Kind.button;
  return tf.tidy(() => {
    const hand = columns(next, Seen.hand, 3); // [..., 3]
    const seen = columns(next, Seen.object, 3);
    const object = tall ? seen : tf.mul(seen, tf.tensor1d([1, 1, 0])); // [..., 3]
    const goal = columns(next, Seen.goal, 3);
    const left = lengthOf(tf.sub(law.reach ? hand : object, goal)); // [...]
    const near = indicator(tf.lessEqual(left, law.tolerance));
    const done = law.release ? tf.mul(near, tf.sub(1, column(next, Seen.closed))) : near;
    if (law.reach) return tf.sub(done, left);
    const away = tf.relu(tf.sub(lengthOf(tf.sub(hand, object)), 0.09)); // [...]
    return tf.sub(tf.sub(done, left), tf.mul(0.2, away));
  });
}
