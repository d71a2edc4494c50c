/** How hard the data are for pixels alone. */

/**
 * Accuracy of the cosine nearest neighbour on pixels, 5-way 1-shot, 5 queries a class.
 * @param {Uint8Array[][]} classes - images of each class.
 * @param {number} episodes
 * @returns {string} mean ± 95 % interval over episodes, per cent.
 */
export function nearestNeighbour(classes, episodes) {
  let state = 12345;
  const draw = (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const choose = (count, bound) => {
    const chosen = new Set();
    while (chosen.size < count) chosen.add(draw(bound));
    return [...chosen];
  };
  const norm = (image) => Math.sqrt(image.reduce((sum, pixel) => sum + pixel, 0));
  const scores = Array.from({ length: episodes }, () => {
    const episode = choose(5, classes.length).map((index) =>
      choose(6, classes[index].length).map((item) => classes[index][item]),
    );
    let right = 0;
    for (const [label, [, ...queries]] of episode.entries()) {
      for (const query of queries) {
        const cosines = episode.map(
          ([support]) => support.reduce((sum, pixel, index) => sum + pixel * query[index], 0) / norm(support),
        );
        right += cosines.indexOf(Math.max(...cosines)) === label ? 1 : 0;
      }
    }
    return right / 25;
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / episodes;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (episodes - 1);
  return `${(100 * mean).toFixed(1)} ± ${(196 * Math.sqrt(variance / episodes)).toFixed(1)} %`;
}
