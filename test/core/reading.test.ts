import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Formula, readingOf, syllables } from "../../src/core/reading.ts";

const en = "fleschKincaid";
const es = "fernandezHuerta";
const runs = { numRuns: process.env["THRESHOLD_LONG"] === undefined ? 300 : 20_000 };

/** The words that are counted otherwise than they are divided, with what is counted. */
const wrong = (divided: string, formula: Formula): readonly string[] =>
  divided
    .split(" ")
    .map((word) => ({ word, count: syllables(word.replaceAll("-", ""), formula) }))
    .flatMap(({ word, count }) => (count === word.split("-").length ? [] : [`${word}: ${count}`]));

describe("English words, divided by hand and by ear", () => {
  test.each([
    ["groups of vowels", "the a desk door pa-per a-gent may street through school a-bout an-swer e-mer-gen-cy"],
    ["at a front desk", "in-ter-pre-ter au-tho-rized su-per-vi-sor pri-va-cy ca-mer-a coun-sel war-rant sub-poe-na"],
    ["the table", "busi-ness cash-ier eve-ning j-peg li-on may-be peo-ple sci-ence seve-ral sol-dier Wednes-day"],
    ["the table, of three", "a-re-a ar-gu-ing be-hav-ior el-e-ment fa-mil-iar ha-be-as i-de-a who-e-ver"],
    ["near the table", "dif-fer-ent in-ter-est wher-e-ver hun-dred nev-er for-ev-er"],
    ["the table, with more", "a-re-as i-de-as peo-ple's sol-diers sci-ence-'s"],
    ["e at the end", "wrote here leave gate close role whole nurse sup-pose Chi-nese im-pede"],
    ["e at the end that is all there is", "the me he she be we"],
    ["le at the end", "ta-ble lit-tle han-dle ve-hi-cle sam-ples set-tle-ment a-cre"],
    ["l before e that is no syllable", "file rule while files filled called belle crawled"],
    ["-ed", "used asked called named passed walked o-pened en-tered saved seized tried stayed"],
    ["-ed that is heard", "wan-ted end-ed han-ded set-tled han-dled sa-cred need bed red"],
    ["-es", "files times makes goes does eyes themes clothes them-selves"],
    ["-es that is heard", "pla-ces bad-ges box-es hou-ses wat-ches dash-es si-zes han-dles"],
    [
      "e inside",
      "some-one some-thing some-where some-times home-less life-time there-fore else-where safe-ty guide-line",
    ],
    ["e inside, again", "here-by home-land house-hold name-tag side-walk time-ta-ble"],
    ["e inside that is heard", "there-in here-af-ter hou-ses ti-mer home ther-a-py"],
    ["e inside a plural", "homes times names sides ti-mers"],
    ["every", "ev-ery ev-ery-one ev-ery-bo-dy ev-ery-where an-y-one"],
    ["e before an ending", "care-ful strange-ly state-ment man-age-ment like-ly use-less whole-ness ce-ment re-ly"],
    ["gue and que", "col-league col-leagues vague u-nique va-lue ar-gue i-ssues"],
    ["y", "yes yet you be-yond law-yer pay-er try-ing co-py-ing fly-er a-gen-cy key eyed"],
    [
      "i before a",
      "im-me-di-ate me-di-a guar-di-an tri-al tri-age li-ai-son ma-te-ri-al a-sso-ci-ate con-fi-den-ti-al-i-ty",
    ],
    [
      "i before a, in one",
      "spe-cial ju-di-cial o-ffi-cial i-ni-tial Geor-gia A-sia Rus-sian Bel-gian Chris-tian I-ta-lian ci-vi-lian mar-riage phy-si-cian",
    ],
    ["i before o", "pe-ri-od pre-vi-ous vi-o-lent ra-di-o pri-or se-ri-ous"],
    [
      "i before o, in one",
      "ques-tion im-mi-gra-tion o-pi-nion re-gion u-nion re-li-gious cau-tious se-nior con-scious cush-ion bil-lion ver-sion an-xious",
    ],
    ["i before e", "cli-ent qui-et so-ci-e-ty au-di-ence ear-li-er bu-si-est a-li-en"],
    ["i before e, in one", "pa-tient an-cient hy-giene con-ve-nience friend field pier priest re-view piece"],
    ["i before i and u", "ski-ing me-di-um"],
    ["u", "ac-tu-al u-su-al fu-el flu-ent-ly i-ssu-ing ru-in flu-id su-i-cide con-ti-nu-ous tu-i-tion an-nu-i-ty"],
    [
      "u, in one",
      "lan-guage guard Juan e-qual fre-quent li-quid squad per-suade re-quest guest build fruit quick guide",
    ],
    ["e before o and a", "vi-de-o cre-ate cre-a-tion re-act re-a-li-ty re-ap-ply"],
    ["a after re", "re-ad-mit re-af-firm re-a-lize re-ar-rest re-as-sign re-at-tach"],
    ["e before o and a, in one", "sur-geon crea-ture cream read rea-son real-ly please"],
    ["-ing after e and o", "be-ing see-ing go-ing do-ing"],
    ["what is put before", "re-en-ter re-im-burse re-in-state re-u-nite co-op-er-ate co-or-di-nate u-ni-ted"],
    ["-sm and -thm", "ra-ci-sm rhy-thm cri-ti-ci-sms arms"],
    ["an apostrophe", "don't can't I'm I'll they're you've I'd aren't won't o'-clock site's"],
    ["an apostrophe that is a syllable", "is-n't did-n't could-n't have-n't judge-'s Bush-'s it-'ll that-'d would-'ve"],
    ["a curly apostrophe", "don’t is-n’t judge-’s"],
    ["accents", "ca-fé na-ïve Jo-sé Gar-cí-a Ñan-du-ti"],
    ["names that JavaScript knows too", "con-struc-tor to-String val-ue-Of"],
  ])("%s", (_rule, divided) => expect(wrong(divided, en)).toEqual([]));
});

describe("Spanish words, divided by hand", () => {
  test.each([
    ["one vowel each", "ca-sa pa-pel a-bo-ga-do o-fi-ci-na per-mi-so es-pe-re fir-ma car-go"],
    ["strong beside strong", "le-er cre-o a-e-ro-puer-to ca-os hé-ro-e te-a-tro em-ple-o ro-er"],
    ["weak beside strong", "puer-ta cau-sa rei-na vein-te nue-ve tie-ne gua-po a-gua o-fi-cial ciu-dad-es"],
    ["an accent on the strong one", "au-to-ri-za-ción in-mi-gra-ción tam-bién des-pués si-tua-ción diá-lo-go"],
    ["an accent on the weak one", "po-li-cí-a dí-a pa-ís a-hí ba-úl ra-íz re-ír Ma-rí-a ac-tú-a ve-ní-an o-í-a"],
    ["weak beside weak", "ciu-dad cui-da-do viu-da muy je-sui-ta cons-truí cuí-da-te huí"],
    ["three together", "lim-piáis Pa-ra-guay ca-í-a cre-í-a o-í-ais pa-ra-no-ia"],
    ["h between vowels", "a-ho-ra al-co-hol pro-hí-be bú-ho ve-hí-cu-lo prohi-bir ahu-mar"],
    ["h elsewhere", "ha-bla hue-so hie-lo an-he-lo"],
    ["qu", "que quien a-quí quí-mi-ca cual e-qui-po por-que que-rí-a"],
    ["gu", "gue-rra se-guir guí-a guion a-ve-ri-guar Mi-guel si-guien-te se-gún"],
    ["ü", "pin-güi-no ver-güen-za an-ti-güe-dad a-ve-ri-güéis bi-lin-güe"],
    ["y", "y ya yo ma-yo le-yes ley rey muy soy es-toy hay Nan-cy"],
    ["in capitals", "PO-LI-CÍ-A ES-PE-RE A-bo-ga-da"],
    ["an e at the end is heard", "cla-se nom-bre lla-me u-ni-do par-tes a-gen-tes"],
  ])("%s", (_rule, divided) => expect(wrong(divided, es)).toEqual([]));
});

describe("what is no plain word", () => {
  test.each<[string, Formula, number]>([
    ["911", en, 3],
    ["0123456789", en, 12],
    ["911", es, 6],
    ["0123456789", es, 17],
    ["14:05", en, 5],
    ["I-200", en, 6],
    ["I-200", es, 6],
    ["/s/", en, 1],
    ["/s/", es, 2],
    ["NYPD", en, 4],
    ["NYPD", es, 5],
    ["NYPD's", en, 4],
    ["NYPD’s", en, 4],
    ["IDs", en, 2],
    ["ID", en, 2],
    ["W", en, 3],
    ["w", en, 3],
    ["W", es, 3],
    ["DWI", en, 5],
    ["FHJLMNÑRSXZ", es, 22],
    ["BCDFGHJKLMN", en, 11],
    ["ACLU", en, 4],
    ["AGENT", en, 2],
    ["ICE", en, 1],
    ["ICE's", en, 2],
    ["ICE", es, 2],
    ["JPEG", en, 2],
    ["NOT", en, 1],
    ["ALL DO DOWN IS LIVE NO NOT SAY SHA TIFF", en, 10],
    ["ALSO", en, 4],
    ["NOTE", en, 4],
    ["Is", en, 1],
    ["Es", es, 1],
    ["I", en, 1],
    ["a", en, 1],
    ["hmm", en, 1],
    ["Mr.", en, 1],
    ["non-public", en, 3],
    ["front-desk", en, 2],
    ['"people,"', en, 2],
    ["(role)", en, 1],
    ["¿Quién?", es, 1],
    ["cafe\u0301", en, 2],
    ["poli\u0301tica", es, 4],
    ["{n}", en, 2],
    ["{contact.privacyOfficer}.", en, 2],
    ["{site}'s", en, 2],
    ["{n}-{n}", es, 4],
    ["{not a name}", en, 3],
    ["中文", en, 1],
    ["", en, 0],
    ["—", en, 0],
    ["· $ %", es, 0],
  ])("%s (%s): %i", (word, formula, count) => expect(syllables(word, formula)).toBe(count));
});

describe("texts, computed by hand", () => {
  test.each<[string, Formula, string, number]>([
    ["a known one", en, "The cat sat on the mat.", -1.45],
    ["one of ours", en, "I am stepping aside.", 3.67],
    ["two sentences", en, "I do not consent. I am not authorized to consent.", 2.88],
    ["one word", en, "Immigration.", 0.39 + 47.2 - 15.59],
    ["no word", en, "", 0],
    ["only signs", en, " \n… — ?! ", 0],
    ["Spanish", es, "No doy permiso.", 103.78],
    ["Spanish, harder", es, "No tengo autorización para dejarlo pasar.", 50.72],
    ["no word in Spanish", es, "¿?", 100],
  ])("%s (%s)", (_name, formula, text, value) => expect(readingOf(text, formula)).toBeCloseTo(value, 10));

  test.each<[string, string, { readonly sentences: number; readonly words: number; readonly syllables: number }]>([
    ["no period at the end", "Call the lead", { sentences: 1, words: 3, syllables: 3 }],
    ["? and !", "Who is it? Stop! Wait.", { sentences: 3, words: 5, syllables: 5 }],
    ["several signs are one end", "What?! No... Yes… Go.", { sentences: 4, words: 4, syllables: 4 }],
    ["a line", "Call the lead\nSign nothing", { sentences: 2, words: 5, syllables: 6 }],
    ["lines of Windows, and an empty one", "Call.\r\n\r\nWait.", { sentences: 2, words: 2, syllables: 2 }],
    ["a colon and a semicolon end nothing", "No answer: wait; call again.", { sentences: 1, words: 5, syllables: 7 }],
    ["a period inside ends nothing", "See site.yaml at 3.5 now.", { sentences: 1, words: 5, syllables: 7 }],
    ["an abbreviation ends one", "Ask Mr. Lee.", { sentences: 2, words: 3, syllables: 3 }],
    ["a quotation ends with its sign", 'Say "No." Then ("go.") Wait.', { sentences: 3, words: 5, syllables: 5 }],
    ["and with others", "Say “No.” Then «go.» Wait.", { sentences: 3, words: 5, syllables: 5 }],
    ["quotation marks and brackets are no words", '( "Stop" ) [ it ]', { sentences: 1, words: 2, syllables: 2 }],
    [
      "dashes part words, with a space or without",
      "Stop—wait – go--now - ten–two",
      { sentences: 1, words: 6, syllables: 6 },
    ],
    ["a hyphen does not", "a non-public room", { sentences: 1, words: 3, syllables: 5 }],
    ["a slash does", "Removal/Deportation /s/", { sentences: 1, words: 3, syllables: 8 }],
    ["a number is a word", "Call 911 now", { sentences: 1, words: 3, syllables: 5 }],
    ["so is a placeholder", "Call {contact.lead}. Wait.", { sentences: 2, words: 3, syllables: 4 }],
    ["signs are no words", "· Stop & wait $", { sentences: 1, words: 2, syllables: 2 }],
  ])("%s", (_name, text, is) => {
    expect(readingOf(text, en)).toBeCloseTo(
      (0.39 * is.words) / is.sentences + (11.8 * is.syllables) / is.words - 15.59,
      10,
    );
  });
});

describe("whatever is written", () => {
  const formula = fc.constantFrom<Formula>(en, es);
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(" ", ".", "\n", "-", "'", "{", "}", "a", "e", "i", "u", "y", "í", "ü", "q", "g", "W", "9"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  });
  const sentenceOf = (min: number, ...words: readonly string[]) =>
    fc.array(fc.constantFrom(...words), { minLength: min, maxLength: 14 });
  const english = ["call", "the", "desk", "agent", "911", "{site}", "authorized", "emergency", "I-200", "someone's"];
  const short = { [en]: ["call", "the", "desk", "agent", "paper"], [es]: ["no", "por", "puerta", "papel", "usted"] };

  test("a count is a whole number, and a reading a number", () =>
    fc.assert(
      fc.property(text, formula, (text, formula) => {
        expect(Number.isSafeInteger(syllables(text, formula))).toBe(true);
        expect(Number.isFinite(readingOf(text, formula))).toBe(true);
      }),
      runs,
    ));

  test("where there is a letter there is a syllable", () =>
    fc.assert(
      fc.property(text, formula, (text, formula) => {
        expect(syllables(text, formula)).toBeGreaterThanOrEqual(/\p{L}/u.test(text) ? 1 : 0);
      }),
      runs,
    ));

  test("a sentence said twice is as hard as once", () =>
    fc.assert(
      fc.property(sentenceOf(1, ...english), formula, (words, formula) => {
        const once = `${words.join(" ")}.`;
        expect(readingOf(`${once} ${once}`, formula)).toBeCloseTo(readingOf(once, formula), 8);
        expect(readingOf(`${once}\n${once}`, formula)).toBeCloseTo(readingOf(once, formula), 8);
      }),
      runs,
    ));

  // Where words are long and few, one "and" makes the average word so much shorter that the formulas call it easier.
  test("two sentences of five short words or more are not easier as one", () =>
    fc.assert(
      fc.property(formula, fc.gen(), (formula, pick) => {
        const [a, b] = [1, 2].map(() => pick(sentenceOf, 5, ...short[formula]).join(" "));
        const [apart, together] = [`${a}. ${b}.`, `${a} ${formula === en ? "and" : "y"} ${b}.`];
        const harder = readingOf(together, formula) - readingOf(apart, formula);
        expect(formula === en ? harder : -harder).toBeGreaterThan(0);
      }),
      runs,
    ));
});
