/** Texts as people write them, so far as an index can tell: Chinese and English words, some in every sentence, some rare. */
const HAN = Array.from(
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运茶预算',
);
const WORDS =
  'the of and to a in is it you that he was for on are with as his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under name very through just form much great think say help low line before turn cause same mean differ move right boy old too does tell sentence set three want air well also play small end put home read hand port large spell add even land here must big high such follow act why ask men change went light kind off need house picture try us again animal point mother world near build self earth father budget'.split(
    ' ',
  );

/** The same for the same seed. */
export class Corpus {
  #state: number;

  constructor(seed = 1) {
    this.#state = seed;
  }

  text(): string {
    const isChinese = this.below(10) < 7;
    const length = isChinese ? 5 + this.below(25) : 3 + this.below(12);
    const parts = Array.from({ length }, () => this.#often(isChinese ? HAN : WORDS));
    return parts.join(isChinese ? '' : ' ');
  }

  /** 0 … `bound` - 1 (Lehmer). */
  below(bound: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % bound;
  }

  /** The first of them most. */
  #often(list: readonly string[]): string {
    const share = (this.below(1_000_000) / 1_000_000) ** 2;
    return list[Math.floor(share * list.length)] ?? '';
  }
}
