// A unit that reports through a SCORM run-time, 1.2 or 2004 4th edition: completion, score, place, interactions.
// The run-time is an object that the platform puts into a window around this one or behind it.
"use strict";

(function (near) {
  const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
  // How far up it looks: frames in frames, as the run-time's own document has it.
  const DEEPEST = 500;

  // What the two versions call things. `most`: characters of a place.
  const VERSIONS = {
    scorm12: {
      object: "API", begin: "LMSInitialize", get: "LMSGetValue", set: "LMSSetValue", save: "LMSCommit", end: "LMSFinish",
      mode: "cmi.core.lesson_mode", location: "cmi.core.lesson_location", language: "cmi.student_preference.language",
      begun: "cmi.core.lesson_status", score: "cmi.core.score", exit: "cmi.core.exit",
      lasted: "cmi.core.session_time", response: "student_response", at: "time", wrong: "wrong", most: 4096,
      time: clock, moment: (now) => now.toTimeString().slice(0, 8),
    },
    scorm2004: {
      object: "API_1484_11", begin: "Initialize", get: "GetValue", set: "SetValue", save: "Commit", end: "Terminate",
      mode: "cmi.mode", location: "cmi.location", language: "cmi.learner_preference.language",
      begun: "cmi.completion_status", score: "cmi.score", exit: "cmi.exit",
      lasted: "cmi.session_time", response: "learner_response", at: "timestamp", wrong: "incorrect", most: 64000,
      time: near.duration, moment: (now) => now.toISOString().replace(/(\.\d)\d*Z$/, "$1Z"), // a time zone follows tenths only
    },
  };

  let data; // of the unit
  let names; // of the version
  let runTime = null;
  let mode = "normal";
  let best = null; // the best score so far, 0 to 1
  let passed = false;
  let judged = false;
  let done = false;
  let share = 0;
  let saving = 0;
  let over = false;

  // Hours, minutes and seconds, as 1.2 has a length of time.
  function clock(seconds) {
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    const hundredths = String(Math.floor((seconds % 1) * 100)).padStart(2, "0");
    return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${hundredths}`;
  }

  // The run-time in this window, one around it, or the one that opened it. Windows of other sites cannot be looked into.
  function find(from) {
    let here = from;
    for (let deep = 0; here && deep < DEEPEST; deep += 1) {
      try {
        if (here[names.object]) return here[names.object];
      } catch {
        // of another site
      }
      if (here === here.parent) break;
      here = here.parent;
    }
    return null;
  }

  const get = (name) => String(runTime[names.get](name) ?? "");

  function set(name, value) {
    if (mode !== "normal" || over) return;
    if (String(runTime[names.set](name, String(value))) !== "true") console.warn(`SCORM: ${name} was not taken`);
  }

  // Saving asks the platform's server: once for what is set in one go.
  function save() {
    if (mode !== "normal" || over || saving) return;
    saving = setTimeout(commit, 200);
  }

  function commit() {
    clearTimeout(saving);
    saving = 0;
    if (!over) runTime[names.save]("");
  }

  async function connect(unit) {
    data = unit;
    names = VERSIONS[data.kind];
    runTime = find(window) || (window.opener && find(window.opener));
    if (!runTime) throw Object.assign(new Error(`SCORM: ${names.object}?`), { expected: true });
    if (String(runTime[names.begin]("")) !== "true") throw Object.assign(new Error(`SCORM: ${names.begin}`), { expected: true });
    mode = { browse: "browse", review: "review" }[get(names.mode)] || "normal";
    const wish = get(names.language);
    return {
      mode,
      languages: [wish, ...near.wishes()].filter(Boolean),
      place: mode === "browse" ? null : kept(),
      registration: null,
      passMark: null,
    };
  }

  // The place of an earlier session. In the first one there is none, and to ask for it would be an error in 2004.
  function kept() {
    if (["unknown", "not attempted"].includes(get(names.begun))) return null;
    try {
      return JSON.parse(get("cmi.suspend_data"));
    } catch {
      return null;
    }
  }

  // What was reached in earlier sessions counts on.
  function began(language, earlier) {
    const scores = earlier.attempts.map((made) => made.scaled).filter((scaled) => scaled !== null);
    if (scores.length) best = Math.max(...scores);
    judged = earlier.attempts.some((made) => made.passed !== null);
    passed = earlier.attempts.some((made) => made.passed);
    done = earlier.completed;
    status();
    save();
  }

  // What is known of the whole unit. 1.2 has one word for it, 2004 has two.
  function status() {
    if (data.kind === "scorm12") {
      const verdict = passed ? "passed" : judged ? "failed" : "completed";
      set("cmi.core.lesson_status", done ? verdict : "incomplete");
      return;
    }
    set("cmi.completion_status", done ? "completed" : "incomplete");
    if (judged) set("cmi.success_status", passed ? "passed" : "failed");
    set("cmi.progress_measure", done ? 1 : near.rounded(share));
  }

  function read(section, now) {
    share = now;
    status();
    save();
  }

  // The best attempt counts.
  function finished({ scaled, graded, passed: success, share: now }) {
    share = now;
    if (graded) best = Math.max(best ?? 0, scaled);
    if (success !== null) {
      judged = true;
      passed ||= success;
    }
    score();
    status();
    save();
  }

  function score() {
    if (best === null) return;
    if (data.kind === "scorm2004") set(`${names.score}.scaled`, near.rounded(best));
    set(`${names.score}.min`, 0);
    set(`${names.score}.max`, 100);
    set(`${names.score}.raw`, Math.round(best * 10000) / 100);
  }

  function completed() {
    done = true;
    status();
    save();
  }

  // An interaction for each answer. What somebody wrote for themselves is not told.
  function answered(question, { response, success, seconds, attempt }) {
    if (mode !== "normal") return;
    const at = `cmi.interactions.${Number(get("cmi.interactions._count")) || 0}`;
    const definition = data.activities[question.id];
    const old = data.kind === "scorm12";
    set(`${at}.id`, attempt ? `${question.id}.${attempt}` : question.id);
    set(`${at}.type`, old && question.private ? "fill-in" : definition.interactionType);
    if (!old) set(`${at}.description`, question.title.slice(0, 250));
    if (question.graded) pattern(at, question, definition, old);
    set(`${at}.weighting`, question.graded ? question.weight : 0);
    if (!question.private && response.length) set(`${at}.${names.response}`, told(question, response, old));
    set(`${at}.result`, success === null ? "neutral" : success ? "correct" : names.wrong);
    set(`${at}.${names.at}`, names.moment(new Date()));
    if (seconds !== null) set(`${at}.latency`, names.time(seconds));
    save();
  }

  function pattern(at, question, definition, old) {
    const right = old ? told(question, question.right, true) : definition.correctResponsesPattern?.[0];
    if (right) set(`${at}.correct_responses.0.pattern`, right);
  }

  // A response as the version writes it. 1.2 has a single letter for each answer.
  function told(question, response, old) {
    if (!old) return response.join(near.JOINED);
    const letter = (id) => LETTERS[question.options.findIndex((option) => option.id === id)] || "0";
    const figure = (id) => LETTERS[question.targets.findIndex((target) => target.id === id)] || "0";
    if (question.kind === "true-false") return response[0] === "true" ? "t" : "f";
    if (question.kind === "matching") {
      return response.map(near.halves).map(([left, right]) => `${letter(left)}.${figure(right)}`).join(",");
    }
    if (["choice", "likert", "ordering"].includes(question.kind)) return response.map(letter).join(",");
    return response.join("; ").slice(0, 255);
  }

  function keep(now) {
    set("cmi.suspend_data", near.within(now, names.most));
    set(names.location, now.page);
    save();
  }

  function end(seconds) {
    if (over) return;
    set(names.lasted, names.time(seconds));
    set(names.exit, "suspend"); // so that the place is there the next time
    commit();
    over = true;
    runTime[names.end]("");
  }

  // Where to go is for the platform to say: it sees that the unit has ended.
  async function leave(seconds) {
    end(seconds);
    return null;
  }

  near.transport = { answered, began, closing: end, completed, connect, finished, keep, leave, read };
})((globalThis.near = globalThis.near || {}));
