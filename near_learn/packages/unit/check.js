// Knowledge checks: the questions in the text of a unit, each answered where it stands.
"use strict";

(function (near) {
  const { h, icon } = near;

  // A wrong answer is first met with its feedback only: the right one may still be found.
  const TRIES_BEFORE_REVEAL = 2;

  // What makes the box of a question in the pages of `player` (unit.js).
  function check(player) {
    const say = (...words) => player.voice.say(...words);

    // A question in the text, in each of its states: to be answered, answered wrongly once, and told.
    function show(question, failed = null) {
      const [tries, said] = player.place.checks[question.id] || [0, null];
      const response = question.private ? player.texts.read(question.id) : said || [];
      const given = said !== null && (!question.private || response.length > 0);
      const grade = given && !question.private ? near.grade(question, response) : { score: null, success: null };
      const guess = ["choice", "true-false"].includes(question.kind) && !question.multiple && question.options.length <= 2;
      const told = given && question.graded && (grade.success || tries >= TRIES_BEFORE_REVEAL || guess);
      const id = `q-${question.id}`;
      const title = h("h3", { id: `${id}-title` }, question.title);
      const seed = near.seedOf(player.registration, player.data.module.id, 0);
      const box = h("div", { class: "check", id, role: "group", "aria-labelledby": `${id}-title`, tabindex: "-1" },
        h("p", { class: "eyebrow" }, say(question.kind === "reflection" ? "reflect" : "think")));
      if (told) {
        const verdict = grade.success ? [icon("check"), say("is-right")] : [icon("partly"), say("told")];
        box.append(...[
          title, near.stem(question),
          h("p", { class: grade.success ? "verdict good" : "verdict", "data-announce": true }, verdict),
          h("div", {}, near.answers(question, response, { seed, shuffle: player.data.module.shuffle, voice: player.voice })),
        ].filter(Boolean));
        return box;
      }
      const clock = near.watch();
      const error = failed && near.problem(question, failed, player.voice);
      const inputs = near.fields(question, {
        seed, shuffle: player.data.module.shuffle, response: failed ? failed.response : response, voice: player.voice,
        described: error ? `${id}-error` : "", told: given && !failed,
      });
      const sent = (event) => {
        event.preventDefault();
        const read = inputs.read();
        if (read.problem || !read.response.length) replace(show(question, { problem: "nothing", ...read }));
        else replace(checked(question, read.response, clock.lap(), tries));
      };
      const replace = (made) => {
        box.replaceWith(made);
        player.prepare(made);
        made.focus({ preventScroll: true });
        made.scrollIntoView({ block: "nearest" });
        near.announce([...made.querySelectorAll("[data-announce]")].map((each) => each.textContent.trim()).join(" "));
      };
      const words = question.graded ? (given ? "check-again" : "check") : given ? "save-again" : "save";
      box.append(h(
        "form", { on: { submit: sent }, novalidate: true },
        h("fieldset", {}, h("legend", {}, title), near.stem(question),
          state(question, error, given, grade, response),
          h("p", { class: "hint" }, near.how(question, player.voice)), inputs.element),
        near.hint(question, player.voice),
        given && !question.graded && near.why(question, player.voice),
        h("button", { class: "button" }, say(words))));
      return box;
    }

    function state(question, error, given, grade, response) {
      const id = `q-${question.id}-error`;
      if (error) return h("p", { class: "error", id, "data-announce": true }, icon("warning"), h("span", {}, error));
      if (!given) return null;
      if (!question.graded) return h("p", { class: "verdict good", "data-announce": true }, icon("check"), say("saved"));
      return h("p", { class: "verdict", "data-announce": true }, icon("partly"), notYet(question, response));
    }

    // What an answer that was not right is met with, before the right one is told.
    function notYet(question, response) {
      const chosen = new Map(response.map(near.halves));
      const right = question.kind === "gap" ? near.fits(question, response).filter(Boolean).length
        : question.options.filter((option) => chosen.get(option.id) === question.matches[option.id]).length;
      const count = question.gaps.length || question.options.length;
      if (["gap", "matching"].includes(question.kind) && right) return say("some-right", { right, count });
      return say(question.kind === "choice" ? "not-yet-choice" : "not-yet");
    }

    function checked(question, response, seconds, tries) {
      if (question.private) player.texts.keep(question.id, response);
      player.place.checks[question.id] = [tries + 1, question.private ? [] : response];
      const grade = near.grade(question, response);
      player.transport.answered(question, { response: question.private ? [] : response, ...grade, seconds, attempt: 0 });
      player.keep();
      return show(question);
    }

    return show;
  }

  Object.assign(near, { check });
})((globalThis.near = globalThis.near || {}));
