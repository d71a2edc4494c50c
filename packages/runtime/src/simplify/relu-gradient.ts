import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import type { GraphEditor } from './graph-editor.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';
import { sameShape } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

/** The smallest normal float32 times this is 2: the slope makes a step of HardSigmoid's ramp. */
const STEEP = 2 ** 127;

/** x, where the value is the truth of x > 0. */
function positivePart(editor: GraphEditor, condition: ValueId): ValueId | undefined {
  const node: Node | undefined = editor.producerOf(condition);
  if (node === undefined) return undefined;
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const x = node.op === 'Greater' && numberOf(editor, right) === 0 ? left : undefined;
  const mirrored = node.op === 'Less' && numberOf(editor, left) === 0 ? right : undefined;
  const found = x ?? mirrored;
  if (found === undefined || editor.valueOf(found).dtype !== 'float32') return undefined;
  return sameShape(editor.shapeOf(found), editor.shapeOf(condition)) ? found : undefined;
}

/** [x > 0] as a number = min(1, max(0, 2¹²⁷x)): one node and one pass, exact for every normal float32. */
const step: Rule = (node, editor) => {
  const [condition] = node.inputs as readonly [ValueId];
  if (editor.valueOf(node.outputs[0] as ValueId).dtype !== 'float32') return undefined;
  const x = editor.valueOf(condition).dtype === 'bool' ? positivePart(editor, condition) : undefined;
  if (x === undefined) return undefined;
  return { ...node, op: 'HardSigmoid', inputs: [x], attributes: { alpha: float(STEEP), beta: float(0) } };
};

/** Makes the mask of a rectifier's gradient in one node. */
export const reluGradient: Pass = lateRewritePass(
  'relu-gradient',
  'Writes cast(x > 0), the derivative of a rectifier, as one HardSigmoid of infinite slope.',
  { Cast: step },
);
