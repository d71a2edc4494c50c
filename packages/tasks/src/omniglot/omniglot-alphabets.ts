/**
 * The 50 alphabets of Omniglot and, for each of their characters in order, the split that Vinyals et al. (2016) dealt it
 * to: t train, v validation, e test.
 *
 * Counts are those of the data set (Lake et al., MIT licence, https://github.com/brendenlake/omniglot); the split is that
 * of `data/omniglot/splits/vinyals` in https://github.com/jakesnell/prototypical-networks (MIT licence).
 */
export const omniglotAlphabets: readonly {
  readonly name: string;
  readonly set: 'background' | 'evaluation';
  readonly vinyals: string;
}[] = [
  { name: 'Alphabet_of_the_Magi', set: 'background', vinyals: 'tttttttttttttttttttt' },
  { name: 'Anglo-Saxon_Futhorc', set: 'background', vinyals: 'ttttttttttttttttttttttttttttt' },
  { name: 'Arcadian', set: 'background', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Armenian', set: 'background', vinyals: 'vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv' },
  { name: 'Asomtavruli_(Georgian)', set: 'background', vinyals: 'tttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Balinese', set: 'background', vinyals: 'tttttttttttttttttttttttt' },
  { name: 'Bengali', set: 'background', vinyals: 'vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv' },
  { name: 'Blackfoot_(Canadian_Aboriginal_Syllabics)', set: 'background', vinyals: 'tttttttttttttt' },
  { name: 'Braille', set: 'background', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Burmese_(Myanmar)', set: 'background', vinyals: 'tttttttttttttttttttttttttttttttttt' },
  { name: 'Cyrillic', set: 'background', vinyals: 'ttttttttttttttttttttttttttttttttt' },
  { name: 'Early_Aramaic', set: 'background', vinyals: 'vvvvvvvvvvvvvvvvvvvvvv' },
  { name: 'Futurama', set: 'background', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Grantha', set: 'background', vinyals: 'ttttttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Greek', set: 'background', vinyals: 'tttttttttttttttttttttttt' },
  { name: 'Gujarati', set: 'background', vinyals: 'tttttttttttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Hebrew', set: 'background', vinyals: 'vvvvvvvvvvvvvvvvvvvvvv' },
  { name: 'Inuktitut_(Canadian_Aboriginal_Syllabics)', set: 'background', vinyals: 'tttttttttttttttt' },
  {
    name: 'Japanese_(hiragana)',
    set: 'background',
    vinyals: 'tttttttttttttttttttttttttttttttttttttttttttttttttttt',
  },
  {
    name: 'Japanese_(katakana)',
    set: 'background',
    vinyals: 'ttttttttttttttttttttttttttttttttttttttttttttttt',
  },
  { name: 'Korean', set: 'background', vinyals: 'tttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Latin', set: 'background', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Malay_(Jawi_-_Arabic)', set: 'background', vinyals: 'tttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Mkhedruli_(Georgian)', set: 'background', vinyals: 'vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv' },
  { name: 'N_Ko', set: 'background', vinyals: 'ttttttttttttttttttttttttttttttttt' },
  { name: 'Ojibwe_(Canadian_Aboriginal_Syllabics)', set: 'background', vinyals: 'tttttttttttttt' },
  { name: 'Sanskrit', set: 'background', vinyals: 'tttttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Syriac_(Estrangelo)', set: 'background', vinyals: 'ttttttttttttttttttttttt' },
  { name: 'Tagalog', set: 'background', vinyals: 'ttttttttttttttttt' },
  { name: 'Tifinagh', set: 'background', vinyals: 'ttttttttttttttttttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Angelic', set: 'evaluation', vinyals: 'tttttttttttttttttttt' },
  { name: 'Atemayar_Qelisayer', set: 'evaluation', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Atlantean', set: 'evaluation', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Aurek-Besh', set: 'evaluation', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Avesta', set: 'evaluation', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Ge_ez', set: 'evaluation', vinyals: 'tttttttttttttttttttttttttt' },
  { name: 'Glagolitic', set: 'evaluation', vinyals: 'ttttttttttttttttttttttttttttttttttttttttttttt' },
  { name: 'Gurmukhi', set: 'evaluation', vinyals: 'ttttttttttttttttttttttttttttttttttttttttteeee' },
  { name: 'Kannada', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Keble', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Malayalam', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Manipuri', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Mongolian', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  {
    name: 'Old_Church_Slavonic_(Cyrillic)',
    set: 'evaluation',
    vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee',
  },
  { name: 'Oriya', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Sylheti', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Syriac_(Serto)', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Tengwar', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'Tibetan', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' },
  { name: 'ULOG', set: 'evaluation', vinyals: 'eeeeeeeeeeeeeeeeeeeeeeeeee' },
];
