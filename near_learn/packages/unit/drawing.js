// Which questions an attempt asks, and how their answers stand: as near_learn/content/drawing.py draws them.
// For the same registration, module and number of the attempt it is the same here and on the server.
"use strict";

(function (near) {
  const PRIMES = [];
  for (let number = 2; PRIMES.length < 64; number += 1) {
    if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
  }
  const fraction = (root) => Math.floor((root % 1) * 2 ** 32);
  const ROUNDS = PRIMES.map((prime) => fraction(Math.cbrt(prime)));
  const BEGINNING = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

  const turned = (word, by) => (word >>> by) | (word << (32 - by));

  // SHA-256 (FIPS 180-4) of a text as hexadecimal digits. The browser's own exists on https only.
  function sha256(text) {
    const bytes = new TextEncoder().encode(text);
    const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 4, bytes.length * 8);
    const state = [...BEGINNING];
    for (let at = 0; at < padded.length; at += 64) block(state, view, at);
    return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  function block(state, view, at) {
    const w = [];
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) {
        w[i] = view.getUint32(at + 4 * i);
        continue;
      }
      const s0 = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const s1 = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + w[i]) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      state[i] = (state[i] + word) | 0;
    });
  }

  // The items in the order of a SHA-256 over the seed and the id of each.
  function shuffled(items, seed) {
    const keyed = items.map((item) => [sha256(`${seed}\n${item.id}`), item]);
    return keyed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
  }

  // The questions of one attempt, in the order of the quiz. `draw`: how many of all, or of each objective.
  // Questions without a right answer are no part of the draw and always asked.
  function drawn(quiz, draw, seed) {
    if (draw === null) return quiz;
    const numbers = typeof draw === "number" ? { 0: draw } : draw;
    const pool = (question) => (typeof draw === "number" ? 0 : question.objective || 0);
    const chosen = new Set();
    for (const [name, number] of Object.entries(numbers)) {
      const own = quiz.filter((question) => question.graded && String(pool(question)) === name);
      for (const question of shuffled(own, seed).slice(0, number)) chosen.add(question.id);
    }
    return quiz.filter((question) => chosen.has(question.id) || !question.graded);
  }

  // The options as an attempt shows them. Items to be ordered are always shuffled, and never in the right order.
  function options(question, seed, shuffle) {
    const mixed = () => shuffled(question.options, `${seed}/${question.id}`);
    if (question.kind === "ordering") {
      const found = mixed();
      const solved = found.every((option, at) => option === question.options[at]);
      return solved ? [...found.slice(1), found[0]] : found;
    }
    return shuffle && !question.fixed && ["choice", "matching"].includes(question.kind) ? mixed() : question.options;
  }

  // The right sides of a matching question, always shuffled.
  function targets(question, seed) {
    return shuffled(question.targets, `${seed}/${question.id}/targets`);
  }

  const seedOf = (registration, module, number) => `${registration}/${module}/${number}`;

  Object.assign(near, { drawn, options, seedOf, sha256, shuffled, targets });
})((globalThis.near = globalThis.near || {}));
