/** What is known of a task that was learnt with others, and alone. Losses are means over tasks or of one task. */
export interface TransferEvidence {
  /** Training loss of the shared model. */
  readonly trainTogether: number;
  /** Training loss of independent networks. */
  readonly trainAlone: number;
  /** Test loss of the shared model. */
  readonly testTogether: number;
  /** Test loss of independent networks. */
  readonly testAlone: number;
  /** Share of pairs of tasks whose gradients conflict (cosine below zero), if it was measured. */
  readonly conflict?: number;
  /** Training loss of a shared model of twice the width, if it was trained. */
  readonly trainWider?: number;
  /** What of a difference counts as none, relative to the loss; 0.05 unless given. */
  readonly tolerance?: number;
}

/** Something to try. */
export interface TransferRemedy {
  readonly remedy: 'none' | 'shareMore' | 'shareLess' | 'moreCapacity' | 'gradientSurgery' | 'balanceTasks';
  /** Why, in a sentence. */
  readonly because: string;
}

/**
 * The ladder of remedies for negative transfer: is the shared model unable to fit (capacity, or optimisation under conflict), or does it
 * fit and generalise badly?
 *
 * A higher training loss than alone: more capacity, if a wider network trains better; gradient surgery, if gradients conflict; balance
 * of the tasks' losses; then share less. No higher training loss: a test loss that is higher asks to share less; a large gap
 * between training and test alone asks to share more.
 *
 * @returns what to try, first things first.
 */
export function transferRemedies(evidence: TransferEvidence): readonly TransferRemedy[] {
  const { trainTogether, trainAlone, testTogether, testAlone, conflict, trainWider } = evidence;
  const { tolerance = 0.05 } = evidence;
  const above = (a: number, b: number) => a > b + tolerance * Math.abs(b);
  const loses = above(testTogether, testAlone);
  const remedies: TransferRemedy[] = [];
  const add = (remedy: TransferRemedy['remedy'], because: string) => remedies.push({ remedy, because });
  if (above(trainTogether, trainAlone) && loses) {
    const widens = trainWider === undefined ? undefined : above(trainTogether, trainWider);
    if (widens !== false)
      add('moreCapacity', 'The shared network fits its training items worse than networks of their own.');
    if ((conflict ?? 0) > 0.3)
      add('gradientSurgery', 'Gradients conflict in many pairs, and training is slower for it.');
    add('balanceTasks', 'One task may drown another: look at the training curve of each.');
    add('shareLess', 'If none of these helps, the tasks want different features.');
    return remedies;
  }
  if (loses) {
    add('shareLess', 'It fits as well as learning alone and generalises worse: what is shared misleads.');
    return remedies;
  }
  if (above(testAlone, 2 * trainAlone))
    add('shareMore', 'Networks of their own fit much better than they generalise: there is little data.');
  if (remedies.length === 0) add('none', 'Sharing costs nothing here.');
  return remedies;
}
