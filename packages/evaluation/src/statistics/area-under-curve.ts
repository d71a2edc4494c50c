/**
 * Area under the ROC curve: the probability that a positive item scores higher than a negative one, ties counting one half.
 *
 *     AUC = (Σ ranks of positives − P (P + 1) / 2) / (P N), tied items at their mean rank
 *
 * @param scores - one per item, higher for the positive class.
 * @param labels - 1 for a positive item, anything else for a negative one.
 * @returns a number in [0, 1]; NaN where one of the classes is missing.
 */
export function areaUnderCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const order = Array.from(scores, (_, item) => item).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  let [positives, ranks] = [0, 0];
  for (let first = 0; first < order.length; ) {
    const score = scores[order[first] as number];
    let end = first;
    while (end < order.length && scores[order[end] as number] === score) end += 1;
    const own = order.slice(first, end).filter((item) => labels[item] === 1).length;
    positives += own;
    ranks += (own * (first + 1 + end)) / 2;
    first = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
