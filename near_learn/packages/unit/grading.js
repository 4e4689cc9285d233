// What an answer is worth: the same rules as near_learn/content/grading.py and content/kinds, in the browser.
//
// A response is a list of texts, by kind: ids of options (choice, true-false, likert; ordering: in the learner's
// order), "o1[.]t2" a pair (matching), one text a gap (gap), a number (numeric), a text (short-answer, reflection).
// tests/packages/unit/cases.json is one table of cases for both graders.
"use strict";

(function (near) {
  const PAIRED = "[.]";
  const JOINED = "[,]";
  const LONGEST_GAP = 200;
  const LONGEST_TEXT = 5000;

  // Texts that count as the same: see near_learn/content/kinds/tolerance.py.
  const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
  const MARKS = /[\u0300-\u036f]/g;
  const APOSTROPHES = /[‘’‚‛ʼʹ´`′]/g;
  const QUOTES = /[“”„‟«»″]/g;
  const HYPHENS = /[‐‑‒–—―−]/g;
  const END = /[.,:;!?· ]+$/;
  const BEGINNING = /^[¿¡ ]+/;

  // A number as learners type it: a decimal comma is one, spaces may divide the thousands.
  const TYPED = /^(?:[-+]?[0-9]{1,13}(?:[.,][0-9]{1,9})?|[-+]?[.,][0-9]{1,9})$/;

  function alike(text) {
    return text.replace(APOSTROPHES, "'").replace(QUOTES, '"').replace(HYPHENS, "-");
  }

  function plain(text) {
    return alike(alike(text).normalize("NFKD").replace(MARKS, ""));
  }

  // Each character by itself: a sigma is then never a final one. Upper and lower again makes ss of ß.
  function folded(text) {
    let made = "";
    for (const sign of text) made += sign === "ı" ? sign : sign.toLowerCase().toUpperCase().toLowerCase();
    return made;
  }

  function words(text) {
    return text.replace(SPACE, " ").replace(/^ | $/g, "");
  }

  // The same for texts that count as the same; empty only for a text without anything to see.
  function simple(text) {
    const made = words(plain(folded(plain(text))));
    return made.replace(END, "").replace(BEGINNING, "") || made;
  }

  function same(one, other) {
    return simple(one) === simple(other);
  }

  // A number in digits, without an exponent.
  function decimal(value) {
    const found = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
    if (!found) return String(value);
    const [, sign, first, rest = "", exponent] = found;
    const digits = first + rest;
    const point = 1 + Number(exponent);
    if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
    return sign + digits.padEnd(point, "0");
  }

  // What a learner typed as a response: digits and a decimal point; null when that is no number.
  function typed(text) {
    const number = text.replace(SPACE, "").replace(/−/g, "-");
    return TYPED.test(number) ? decimal(Number(number.replace(",", "."))) : null;
  }

  function length(text) {
    return [...text].length;
  }

  function refuse(question, why) {
    throw new RangeError(`response: question ${question.id} ${why}`);
  }

  function known(question, chosen) {
    const ids = question.options.map((option) => option.id);
    for (const id of chosen) if (!ids.includes(id)) refuse(question, `has no option ${id}`);
  }

  // One option: 1 or 0. Several: (right chosen - wrong chosen) / right, never below 0.
  function choice(question, response) {
    const chosen = new Set(response);
    known(question, chosen);
    if (chosen.size > 1 && !question.multiple) refuse(question, "takes one option");
    const right = new Set(question.right);
    const hits = [...chosen].filter((id) => right.has(id)).length;
    if (!question.multiple) return hits === 1 && right.size === 1 ? 1 : 0;
    return Math.max(0, (hits - (chosen.size - hits)) / right.size);
  }

  // The share of gaps that are filled with one of their texts.
  function gap(question, response) {
    if (response.length !== question.gaps.length) refuse(question, `takes ${question.gaps.length} texts`);
    for (const text of response) {
      if (text.includes(JOINED) || length(text) > LONGEST_GAP) refuse(question, "takes shorter texts");
    }
    return fits(question, response).filter(Boolean).length / question.gaps.length;
  }

  // Of each gap whether it is filled with one of its texts.
  function fits(question, response) {
    return question.gaps.map((each, at) => {
      const text = response[at] || "";
      return words(text) !== "" && each.accepted.some((accepted) => same(text, accepted));
    });
  }

  function halves(part) {
    const at = part.indexOf(PAIRED);
    return at < 0 ? [part, null] : [part.slice(0, at), part.slice(at + PAIRED.length)];
  }

  // The share of the pairs that are right. A right side may be chosen twice, a left side left out.
  function matching(question, response) {
    const targets = question.targets.map((target) => target.id);
    const chosen = new Map();
    for (const part of response) {
      const [left, right] = halves(part);
      known(question, [left]);
      if (!targets.includes(right)) refuse(question, `has no right side ${right}`);
      if (chosen.has(left)) refuse(question, `takes each left side once, got ${left} twice`);
      chosen.set(left, right);
    }
    const hits = [...chosen].filter(([left, right]) => question.matches[left] === right).length;
    return hits / Object.keys(question.matches).length;
  }

  // (n - 1) / (all - 1), n being the most items that stand in the right order relative to each other.
  function ordering(question, response) {
    known(question, response);
    const all = question.right.length;
    if (response.length !== all || new Set(response).size < all) refuse(question, "takes each of its items once");
    const ends = []; // the smallest end of a rising run of each length
    for (const place of response.map((id) => question.right.indexOf(id))) {
      let at = ends.findIndex((end) => end >= place);
      if (at < 0) at = ends.length;
      ends[at] = place;
    }
    return (ends.length - 1) / (all - 1);
  }

  function numeric(question, response) {
    if (response.length > 1) refuse(question, "takes one number");
    const number = typed(response[0]);
    if (number === null) refuse(question, `takes a number, got ${response[0]}`);
    return question.range.low <= Number(number) && Number(number) <= question.range.high ? 1 : 0;
  }

  function likert(question, response) {
    known(question, response);
    if (response.length > 1) refuse(question, "takes one option");
    return null;
  }

  function open(question, response) {
    if (response.length > 1) refuse(question, "takes one text");
    if (length(response[0].replace(/\r\n/g, "\n")) > LONGEST_TEXT) refuse(question, "takes a shorter text");
    return null;
  }

  const MARKS_OF = {
    choice,
    "true-false": choice,
    gap,
    matching,
    ordering,
    numeric,
    likert,
    "short-answer": open,
    reflection: open,
  };

  // {score: 0 to 1, success}; both null for a question without a right answer. An empty response is worth nothing.
  // Throws RangeError for a response that no form can send.
  function grade(question, response) {
    if (!response.length) return question.graded ? { score: 0, success: false } : { score: null, success: null };
    const score = MARKS_OF[question.kind](question, response);
    return score === null ? { score: null, success: null } : { score, success: score === 1 };
  }

  // The mean score of the questions that have a right answer, each by its weight; 1 when there is none.
  // `marked`: pairs of a question and its grade.
  function quizScore(marked) {
    let points = 0;
    let most = 0;
    for (const [question, { score }] of marked) {
      if (score === null) continue;
      points += question.weight * score;
      most += question.weight;
    }
    return { scaled: most ? points / most : 1, raw: points, max: most };
  }

  Object.assign(near, { decimal, fits, grade, halves, quizScore, same, simple, typed, words });
  Object.assign(near, { JOINED, PAIRED, LONGEST_GAP, LONGEST_TEXT });
})((globalThis.near = globalThis.near || {}));
