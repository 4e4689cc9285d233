// Where a learner is in a unit and what they have done there: kept as JSON by whatever the unit reports to.
//
//   format, release   of this shape, and of the course it was begun in
//   registration      what the draw of questions hangs on, where the platform gives none
//   language, page    what was open last: the id of a page
//   seen              ids of the sections that were read
//   checks            by question: [tries, response]
//   draft             answers of the attempt being made, by question: [response, seconds]
//   attempts          number, at, scaled (null: nothing to mark), passed (null: nothing to pass),
//                     answers by question (may be missing where room is short)
//   seconds           active time so far
//   completed         whether this was reported
//   reported          what the transport wants to remember
"use strict";

(function (near) {
  const FORMAT = 1;
  // Longer without a sign of life is no learning. Records on the server count a pause likewise.
  const LONGEST_PAUSE = 15 * 60;

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isTexts = (value) => Array.isArray(value) && value.every((each) => typeof each === "string");
  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

  function fresh(data) {
    return {
      format: FORMAT, release: data.module.release, registration: near.uuid(), language: "", page: "",
      seen: [], checks: {}, draft: {}, attempts: [], seconds: 0, completed: false, reported: {}, at: 0,
    };
  }

  // The place that was kept, without anything this unit does not have: it may come from an earlier release.
  function fitting(kept, data) {
    const place = fresh(data);
    if (!isObject(kept) || kept.format !== FORMAT) return place;
    const text = data.texts[data.language];
    const answer = (id, response) => {
      if (!(id in text.questions) || !isTexts(response)) return false;
      try {
        near.grade(text.questions[id], response);
        return true;
      } catch {
        return false;
      }
    };
    const pages = text.pages.map((page) => page.id);
    if (typeof kept.registration === "string") place.registration = kept.registration;
    if (kept.language in data.texts) place.language = kept.language;
    if (pages.includes(kept.page)) place.page = kept.page;
    if (isTexts(kept.seen)) place.seen = kept.seen.filter((id) => pages.includes(id));
    for (const [id, each] of Object.entries(isObject(kept.checks) ? kept.checks : {})) {
      if (Array.isArray(each) && isNumber(each[0]) && answer(id, each[1])) place.checks[id] = [each[0], each[1]];
    }
    for (const [id, each] of Object.entries(isObject(kept.draft) ? kept.draft : {})) {
      if (Array.isArray(each) && answer(id, each[0])) place.draft[id] = [each[0], isNumber(each[1]) ? each[1] : 0];
    }
    for (const each of Array.isArray(kept.attempts) ? kept.attempts : []) {
      if (!isObject(each) || !isNumber(each.number)) continue;
      const given = Object.entries(isObject(each.answers) ? each.answers : {});
      place.attempts.push({ ...each, answers: Object.fromEntries(given.filter(([id, said]) => answer(id, said))) });
    }
    if (isNumber(kept.seconds)) place.seconds = kept.seconds;
    if (isNumber(kept.at)) place.at = kept.at;
    place.completed = kept.completed === true;
    if (isObject(kept.reported)) place.reported = kept.reported;
    return place;
  }

  // The place as JSON of at most so many characters: what there is no room for is left out, the least missed first.
  function within(place, most) {
    let text = JSON.stringify(place);
    if (text.length <= most) return text;
    const smaller = { ...place, attempts: place.attempts.map((each) => ({ ...each, answers: {} })) };
    const last = place.attempts.at(-1);
    if (last) smaller.attempts[smaller.attempts.length - 1] = last;
    const steps = [
      () => {},
      () => (smaller.attempts = smaller.attempts.map((each) => ({ ...each, answers: {} }))),
      () => (smaller.checks = {}),
      () => (smaller.attempts = smaller.attempts.filter((each, at, all) => each.passed || at === all.length - 1)),
      () => (smaller.draft = {}),
      () => (smaller.seen = []),
    ];
    for (const step of steps) {
      step();
      text = JSON.stringify(smaller);
      if (text.length <= most) return text;
    }
    return "";
  }

  // A random UUID, also where the browser's own function is missing: it exists on https only.
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  // Seconds of activity. `lap()`: those since the last lap, a long pause counting as the longest.
  function watch() {
    let last = performance.now();
    return {
      lap() {
        const now = performance.now();
        const passed = Math.min((now - last) / 1000, LONGEST_PAUSE);
        last = now;
        return passed;
      },
    };
  }

  // An ISO 8601 duration; statements carry hundredths of a second.
  function duration(seconds) {
    return `PT${Math.round(Math.max(0, seconds) * 100) / 100}S`;
  }

  const rounded = (number) => Number(number.toFixed(6));

  // A store of the browser that may be missing or full: in a frame of another site, on a file, on a shared machine.
  function store(kind) {
    const reach = (work, otherwise) => {
      try {
        return work(globalThis[kind]);
      } catch {
        return otherwise;
      }
    };
    return {
      read: (key) => reach((found) => JSON.parse(found.getItem(key)), null),
      write: (key, value) => reach((found) => found.setItem(key, JSON.stringify(value)) === undefined, false),
      remove: (key) => reach((found) => found.removeItem(key), undefined),
      keys: () => reach((found) => Object.keys(found), []),
    };
  }

  Object.assign(near, { LONGEST_PAUSE, duration, fitting, fresh, rounded, store, uuid, watch, within });
})((globalThis.near = globalThis.near || {}));
