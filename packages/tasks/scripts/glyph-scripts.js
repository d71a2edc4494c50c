/**
 * Which characters are rendered, from which fonts, and in which split each script is.
 *
 * Scripts that look alike (Latin, Greek, Cyrillic, Cherokee...; Thai, Lao, Khmer; the kana; Devanagari and
 * its relatives; Telugu and Kannada) stay in one split. Families are ids of @fontsource packages, all under
 * the SIL Open Font License; where they are fewer than 20, several weights of a family are used.
 *
 * `characters`: explicit list; else every letter of the Unicode script, thinned evenly to `take`.
 */

/** @typedef {{ name: string, split: 'train'|'validation'|'test', unicode?: string, characters?: string, from?: string, take?: number, fonts: string }} GlyphScript */

/** @type {readonly GlyphScript[]} */
export const glyphScripts = [
  // Test: most have many typefaces.
  {
    name: 'Hebrew',
    split: 'test',
    characters: 'אבגדהוזחטיכלמנסעפצקרשתךםןףץ',
    fonts:
      'noto-sans-hebrew noto-serif-hebrew heebo rubik assistant frank-ruhl-libre david-libre secular-one suez-one varela-round alef amatic-sc bellefair miriam-libre tinos arimo open-sans m-plus-rounded-1c karantina ibm-plex-sans-hebrew bona-nova fredoka',
  },
  {
    name: 'Thai',
    split: 'test',
    from: 'ก-ฮ',
    fonts:
      'noto-sans-thai noto-serif-thai noto-sans-thai-looped sarabun kanit pridi trirong taviraj itim sriracha chonburi pattaya k2d kodchasan mali charm charmonman fahkwang chakra-petch ibm-plex-sans-thai-looped',
  },
  { name: 'Lao', split: 'test', from: 'ກ-ະ', fonts: 'noto-sans-lao noto-sans-lao-looped noto-serif-lao' },
  {
    name: 'Khmer',
    split: 'test',
    from: 'ក-ឳ',
    fonts:
      'noto-sans-khmer noto-serif-khmer battambang bayon bokor chenla content dangrek fasthand freehand hanuman kantumruy-pro khmer koh-santepheap koulen moul moulpali nokora odor-mean-chey preahvihear siemreap suwannaphum taprom angkor',
  },
  {
    name: 'Tamil',
    split: 'test',
    unicode: 'Tamil',
    fonts:
      'noto-sans-tamil noto-serif-tamil hind-madurai mukta-malar catamaran arima baloo-thambi-2 kavivanar coiny pavanam',
  },
  {
    name: 'Hiragana',
    split: 'test',
    characters:
      'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん',
    fonts:
      'sawarabi-gothic sawarabi-mincho m-plus-1p kiwi-maru klee-one yomogi yusei-magic zen-kurenaido zen-maru-gothic zen-old-mincho hina-mincho hachi-maru-pop dela-gothic-one potta-one rocknroll-one reggae-one stick biz-udpmincho yuji-syuku',
  },
  {
    name: 'Katakana',
    split: 'test',
    characters:
      'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン',
    fonts:
      'sawarabi-gothic sawarabi-mincho m-plus-1p kiwi-maru klee-one yomogi yusei-magic zen-kurenaido zen-maru-gothic zen-old-mincho hina-mincho hachi-maru-pop dela-gothic-one potta-one rocknroll-one reggae-one stick biz-udpmincho yuji-syuku',
  },
  { name: 'Ethiopic', split: 'test', from: 'ሀ-ፚ', take: 60, fonts: 'noto-sans-ethiopic abyssinica-sil' },
  { name: 'Javanese', split: 'test', unicode: 'Javanese', fonts: 'noto-sans-javanese' },
  { name: 'Ol Chiki', split: 'test', unicode: 'Ol_Chiki', fonts: 'noto-sans-ol-chiki' },

  // Validation.
  {
    name: 'Sinhala',
    split: 'validation',
    unicode: 'Sinhala',
    fonts: 'noto-sans-sinhala noto-serif-sinhala abhaya-libre stick-no-bills gemunu-libre yaldevi',
  },
  { name: 'Myanmar', split: 'validation', from: 'က-ဪ', fonts: 'noto-sans-myanmar noto-serif-myanmar padauk' },
  { name: 'Tibetan', split: 'validation', from: 'ཀ-ཨ', fonts: 'noto-serif-tibetan jomolhari' },
  { name: 'Glagolitic', split: 'validation', from: 'Ⰰ-Ⱞ', fonts: 'noto-sans-glagolitic' },
  { name: 'Mongolian', split: 'validation', from: 'ᠠ-ᡂ', fonts: 'noto-sans-mongolian' },
  { name: "N'Ko", split: 'validation', unicode: 'Nko', fonts: 'noto-sans-nko' },

  // Training: the alphabets that look alike.
  {
    name: 'Latin',
    split: 'train',
    characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghijklmnpqrtuyæðøþßœ',
    fonts:
      'noto-sans noto-serif lora merriweather caveat patrick-hand indie-flower architects-daughter comic-neue josefin-sans courier-prime pt-serif zilla-slab gochi-hand shadows-into-light cormorant-garamond oswald playfair-display kalam',
  },
  {
    name: 'Greek',
    split: 'train',
    characters: 'ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξπρσςτυφχψω',
    fonts:
      'noto-sans noto-serif gfs-didot cardo caudex open-sans comfortaa tinos fira-sans source-serif-4 eb-garamond alegreya vollkorn m-plus-1p advent-pro jura didact-gothic play literata',
  },
  {
    name: 'Cyrillic',
    split: 'train',
    characters: 'БГДЖЗИЛПУФЦЧШЩЪЫЬЭЮЯбвгджзиклмптуфцчшщъыьэюяєђћџљњ',
    fonts:
      'noto-sans noto-serif pt-sans pt-serif lora playfair-display caveat bad-script neucha marck-script pangolin comfortaa philosopher kurale old-standard-tt alegreya oswald cormorant vollkorn',
  },
  {
    name: 'Armenian',
    split: 'train',
    characters: 'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՎՏՐՑՓՔՖաբգդեզէըթժլխծկհձղճմյնշոչպջռվտրցւփքֆ',
    fonts: 'noto-sans-armenian noto-serif-armenian',
  },
  { name: 'Cherokee', split: 'train', from: 'Ꭰ-Ᏼ', fonts: 'noto-sans-cherokee' },
  { name: 'Coptic', split: 'train', from: 'Ⲁ-Ⲱ', fonts: 'noto-sans-coptic' },
  { name: 'Gothic', split: 'train', unicode: 'Gothic', fonts: 'noto-sans-gothic' },
  { name: 'Georgian', split: 'train', from: 'ა-ჰ', fonts: 'noto-sans-georgian noto-serif-georgian' },
  { name: 'Deseret', split: 'train', from: '𐐀-𐐧', fonts: 'noto-sans-deseret' },
  { name: 'Osage', split: 'train', from: '𐒰-𐓓', fonts: 'noto-sans-osage' },
  { name: 'Tifinagh', split: 'train', unicode: 'Tifinagh', fonts: 'noto-sans-tifinagh akatab' },
  { name: 'Runic', split: 'train', from: 'ᚠ-ᛪ', fonts: 'noto-sans-runic' },
  { name: 'Shavian', split: 'train', unicode: 'Shavian', fonts: 'noto-sans-shavian' },

  // Training: Semitic and African.
  {
    name: 'Arabic',
    split: 'train',
    characters: 'ابتثجحخدذرزسشصضطظعغفقكلمنهوي',
    fonts:
      'noto-sans-arabic noto-naskh-arabic noto-kufi-arabic amiri cairo tajawal almarai lateef scheherazade-new harmattan mada markazi-text reem-kufi el-messiri changa lalezar lemonada mirza katibeh rakkas aref-ruqaa vazirmatn',
  },
  { name: 'Syriac', split: 'train', from: 'ܐ-ܬ', fonts: 'noto-sans-syriac' },
  { name: 'Thaana', split: 'train', from: 'ހ-ޡ', fonts: 'noto-sans-thaana' },
  { name: 'Adlam', split: 'train', from: '𞤀-𞤡', fonts: 'noto-sans-adlam adlam-display' },
  { name: 'Vai', split: 'train', from: 'ꔀ-ꘋ', take: 60, fonts: 'noto-sans-vai' },

  // Training: Indic.
  {
    name: 'Devanagari',
    split: 'train',
    from: 'अ-ह',
    fonts:
      'noto-sans-devanagari noto-serif-devanagari hind poppins kalam tillana eczar martel laila rozha-one khand teko rajdhani amita dekko inknut-antiqua modak ranga sarpanch yatra-one gotu annapurna-sil',
  },
  {
    name: 'Bengali',
    split: 'train',
    from: 'অ-হ',
    fonts:
      'noto-sans-bengali noto-serif-bengali hind-siliguri baloo-da-2 anek-bangla tiro-bangla atma galada mina',
  },
  {
    name: 'Gujarati',
    split: 'train',
    from: 'અ-હ',
    fonts:
      'noto-sans-gujarati noto-serif-gujarati hind-vadodara mukta-vaani rasa baloo-bhai-2 anek-gujarati shrikhand mogra farsan kumar-one',
  },
  {
    name: 'Gurmukhi',
    split: 'train',
    from: 'ਅ-ਹ',
    fonts: 'noto-sans-gurmukhi mukta-mahee baloo-paaji-2 tiro-gurmukhi',
  },
  { name: 'Oriya', split: 'train', from: 'ଅ-ହ', fonts: 'noto-sans-oriya baloo-bhaina-2' },
  {
    name: 'Telugu',
    split: 'train',
    from: 'అ-హ',
    fonts:
      'noto-sans-telugu noto-serif-telugu hind-guntur mandali mallanna ramabhadra ramaraja ntr gurajada dhurjati lakki-reddy peddana ravi-prakash timmana anek-telugu',
  },
  {
    name: 'Kannada',
    split: 'train',
    from: 'ಅ-ಹ',
    fonts: 'noto-sans-kannada baloo-tamma-2 anek-kannada hubballi akaya-kanadaka',
  },
  {
    name: 'Malayalam',
    split: 'train',
    from: 'അ-ഹ',
    fonts:
      'noto-sans-malayalam noto-serif-malayalam baloo-chettan-2 anek-malayalam manjari gayathri chilanka',
  },
  { name: 'Meetei Mayek', split: 'train', from: 'ꯀ-ꯚ', fonts: 'noto-sans-meetei-mayek' },
  { name: 'Limbu', split: 'train', unicode: 'Limbu', fonts: 'noto-sans-limbu namdhinggo' },

  // Training: east, north and ancient.
  {
    name: 'Hangul',
    split: 'train',
    characters:
      '가각간갈감갑강거걸고곡공과구국군기길나날남노눈다달당대도동라람로마말문물미바발방별보봄부비빛사산상새서석소손수숲시아안양여영오옷용우원유은이인자장전정조중지집차창천초총춤카코타토통파포풀하학한해호홍화',
    take: 80,
    fonts:
      'nanum-gothic nanum-myeongjo nanum-pen-script nanum-brush-script gowun-batang gowun-dodum do-hyeon jua song-myung gaegu hi-melody gamja-flower poor-story kirang-haerang east-sea-dokdo cute-font stylish black-han-sans single-day sunflower dongle',
  },
  {
    name: 'Canadian Aboriginal',
    split: 'train',
    characters: 'ᐁᐃᐅᐊᐯᐱᐳᐸᑌᑎᑐᑕᑫᑭᑯᑲᒉᒋᒍᒐᒣᒥᒧᒪᓀᓂᓄᓇᓓᓕᓗᓚᓭᓯᓱᓴᔐᔑᔓᔕᔦᔨᔪᔭᕂᕆᕈᕋ',
    fonts: 'noto-sans-canadian-aboriginal',
  },
  { name: 'Old Hungarian', split: 'train', from: '𐲀-𐲲', fonts: 'noto-sans-old-hungarian' },
  { name: 'Old Turkic', split: 'train', from: '𐰀-𐱈', take: 40, fonts: 'noto-sans-old-turkic' },
  { name: 'Linear B', split: 'train', from: '𐀀-𐁍', take: 60, fonts: 'noto-sans-linear-b' },
  { name: 'Kayah Li', split: 'train', from: 'ꤊ-ꤥ', fonts: 'noto-sans-kayah-li kay-pho-du' },
];

/** Ids of every family used, sorted. */
export const glyphFamilies = [...new Set(glyphScripts.flatMap((script) => script.fonts.split(' ')))].sort();
