// The quiz of a unit, or a test or survey of its own: one question a page, an overview, sending, the result.
// As near_learn/player/quiz.py and result.py have it.
"use strict";

(function (near) {
  const { badge, button, h, icon, notice, progress } = near;

  // The pages of the quiz of `player` (unit.js), which is told what to show next.
  function quiz(player) {
    const { data, transport } = player;
    const { module } = data;
    let clock = near.watch();

    const say = (...words) => player.voice.say(...words);
    const survey = () => module.instrument && !["pre-test", "post-test"].includes(module.kind);
    const made = () => player.place.attempts.at(-1)?.number || 0; // there may be no room to keep them all
    const number = () => made() + 1;
    const seed = (of) => near.seedOf(player.registration, module.id, of);
    const left = () => (module.attempts === null ? null : Math.max(0, module.attempts - made()));
    const drafted = () => Object.keys(player.place.draft).length;

    // The questions that attempt `of` asks.
    function asked(of) {
      return near.drawn(player.text.quiz.map((id) => player.text.questions[id]), module.draw, seed(of));
    }

    function waitsUntil() {
      const last = player.place.attempts.at(-1);
      if (!module.coolDown || !last) return null;
      const until = last.at + module.coolDown * 1000;
      return Date.now() < until ? until : null;
    }

    function open() {
      return left() !== 0 && waitsUntil() === null && player.mode !== "review";
    }

    // Questions without a right answer may be left out; of a test or survey, all.
    function missing() {
      if (module.instrument) return [];
      return asked(number()).filter((question) => question.graded && !(question.id in player.place.draft));
    }

    function attemptsLeft() {
      return left() === null ? say("unlimited") : say("attempts-left", { count: left() });
    }

    // Before the first answer an introduction; afterwards all questions, ready to be sent.
    function overview(refused = false) {
      player.again = () => overview();
      const questions = asked(number());
      const all = questions.length;
      const title = module.instrument ? say("questions") : left() === 0 ? say("no-attempts") : say("attempt", { number: number() });
      const told = open() && say("count-answered", { answered: drafted(), count: all });
      const head = player.head(title, told, drafted(), all, say("questions-answered"));
      const begun = drafted() > 0 || refused;
      const body = [h("h2", { tabindex: "-1", lang: player.voice.language }, player.text.pages.find((page) => page.id === "quiz").title)];
      if (refused) body.unshift(unanswered(questions));
      if (!open()) body.push(closed());
      else if (begun) body.push(...list(questions));
      else body.push(...introduction(all));
      if (player.place.attempts.length) body.push(earlier());
      player.show([head, h("div", { class: "stack" }, body), bar(begun)], { title: player.text.title });
    }

    function unanswered(questions) {
      const open_ = missing().map((question) => [
        say("question", { number: questions.indexOf(question) + 1 }), () => page(questions.indexOf(question)),
      ]);
      return near.mistakes(say("no-answers-yet", { count: open_.length }), open_);
    }

    function closed() {
      const until = waitsUntil();
      if (player.mode === "review") return notice(say("review"));
      if (left() === 0) return notice(say(module.instrument ? "thanks-done" : "used-up"), module.instrument ? "good" : "warm");
      return notice(say("later", { moment: player.voice.moment(until) }), "warm");
    }

    function introduction(all) {
      const quizPage = player.text.pages.find((each) => each.id === "quiz");
      const lines = [say("questions-count", { count: all })];
      if (module.instrument) lines.push(say(survey() ? "nothing-to-pass-survey" : "nothing-to-pass"));
      else lines.push(say("you-pass", { mark: player.voice.percent(player.passMark) }), attemptsLeft());
      if (module.coolDown && !module.instrument) lines.push(say("pause"));
      return [
        quizPage.html && h("div", { class: "prose", html: quizPage.html }),
        h("ul", { class: "prose" }, lines.map((line) => h("li", {}, line))),
      ];
    }

    function list(questions) {
      const open_ = missing().length;
      const words = open_ ? "open-left" : drafted() < questions.length ? "may-send" : "all-answered";
      const rows = questions.map((question, at) => {
        const done = question.id in player.place.draft;
        const state = done ? badge(say("answered"), "accent")
          : missing().includes(question) ? badge(say("open"), "warm") : badge(say("left-out"));
        return h("li", { class: done ? "done" : null }, h(
          "button", { type: "button", class: "outline-item", on: { click: () => page(at) } },
          h("span", { class: "state" }, done ? icon("check") : String(at + 1)), h("span", {}, question.title), state,
        ));
      });
      return [h("p", {}, say(words)), h("div", { class: "outline" }, h("ol", {}, rows))];
    }

    function earlier() {
      const rows = player.place.attempts.map((made) => {
        const score = made.scaled === null ? "" : ` (${player.voice.percent(made.scaled)})`;
        const words = say("attempt", { number: made.number }) + score;
        return button(words, () => result(made), { class: "link-button" });
      });
      return h("p", { class: "cluster" }, say("earlier"), rows);
    }

    function bar(begun) {
      const back = button([icon("back"), say("back")], () => player.before("quiz"), { class: "button quiet" });
      const parts = player.hasBefore("quiz") ? [back] : [];
      if (open()) {
        parts.push(begun
          ? button(say(module.instrument ? "send-answers" : "send-quiz"), send)
          : button([say(module.instrument ? "begin" : "begin-quiz"), icon("next")], () => page(0)));
      } else if (player.hasAfter("quiz")) {
        parts.push(button([say("next-page"), icon("next")], () => player.after("quiz")));
      }
      return h("div", { class: "thumb-bar" }, parts);
    }

    // One question of the attempt. `failed`: what was entered and is no answer.
    function page(at, failed = null) {
      player.again = () => page(at);
      const questions = asked(number());
      const all = questions.length;
      const question = questions[at];
      const place = say("question-of", { number: at + 1, all });
      const error = failed && near.problem(question, failed, player.voice);
      const mine = failed ? failed.response : kept(question);
      const inputs = near.fields(question, {
        seed: seed(number()), shuffle: module.shuffle, response: mine, voice: player.voice,
        described: error ? `q-${question.id}-error` : "",
      });
      if (!failed) clock = near.watch();
      const go = (then) => (event) => {
        event?.preventDefault();
        const read = inputs.read();
        if (read.problem) page(at, read);
        else {
          keep(question, read.response);
          then();
        }
      };
      const onward = at + 1 < all ? () => page(at + 1) : () => overview();
      const head = player.head(place, null, drafted(), all, say("questions-answered"));
      const summary = error && near.mistakes(say("check-form"), [[error, () => form.querySelector("input, textarea").focus()]]);
      const hints = [near.how(question, player.voice), question.graded ? "" : say("may-leave-out")].filter(Boolean).join(" ");
      const form = h(
        "form", { on: { submit: go(onward) }, novalidate: true },
        h("div", { class: "check", id: `q-${question.id}` }, h(
          "fieldset", {},
          h("legend", {}, h("h2", { tabindex: "-1" }, question.title)),
          near.stem(question),
          error && h("p", { class: "error", id: `q-${question.id}-error` }, icon("warning"), h("span", {}, error)),
          h("p", { class: "hint" }, hints),
          inputs.element,
        ), near.hint(question, player.voice), h("p", { class: "hint" }, say(module.instrument ? "kept-answers" : "kept-quiz"))),
        h("div", { class: "thumb-bar turned" },
          h("button", { class: "button" }, at + 1 < all ? say("next-question") : say("to-overview"), icon("next")),
          at > 0 && button([icon("back"), say("back")], go(() => page(at - 1)), { class: "button quiet" })),
        h("p", { class: "beyond" }, button([icon("list"), say("see-all")], go(() => overview()), { class: "link-button" })),
      );
      const title = `${error ? `${say("error")} ` : ""}${place} · ${player.text.title}`;
      player.show([head, summary || null, form], { title });
    }

    function kept(question) {
      if (question.private) return player.texts.read(question.id);
      return player.place.draft[question.id]?.[0] || [];
    }

    function keep(question, response) {
      const spent = (player.place.draft[question.id]?.[1] || 0) + clock.lap();
      if (question.private) player.texts.keep(question.id, response);
      if (response.length) player.place.draft[question.id] = [question.private ? [] : response, Math.min(spent, near.LONGEST_PAUSE)];
      else delete player.place.draft[question.id];
      player.keep();
    }

    // Marks the attempt and reports it: each answer, then what came of it.
    function send() {
      if (missing().length) {
        overview(true);
        return;
      }
      const { place } = player;
      const made = { number: number(), at: Date.now(), scaled: null, passed: null, answers: {} };
      const marked = [];
      let seconds = 0;
      for (const question of asked(made.number)) {
        const [response, spent] = place.draft[question.id] || [[], null];
        const given = question.id in place.draft;
        const grade = near.grade(question, response);
        marked.push([question, grade]);
        if (given && !question.private) made.answers[question.id] = response;
        seconds += spent || 0;
        if (question.graded || given) {
          transport.answered(question, { response, ...grade, seconds: spent, attempt: made.number });
        }
      }
      const score = near.quizScore(marked);
      const graded = marked.some(([question]) => question.graded);
      if (graded) made.scaled = near.rounded(score.scaled);
      // A quiz in which nothing is marked is passed by being sent.
      if (!module.instrument) made.passed = score.scaled >= player.passMark;
      place.attempts.push(made);
      place.draft = {};
      const told = {
        ...score, graded, passed: made.passed, number: made.number, seconds, share: player.share(), last: left() === 0,
      };
      if (graded || !module.instrument) transport.finished(told);
      player.complete(module.instrument && !graded ? made.number : 0);
      player.keep();
      result(made);
    }

    // What came of an attempt, and each answer with what is right and why. Of a pre-test no answers: they would teach.
    function result(made) {
      player.again = () => result(made);
      const { place } = player;
      const title = module.instrument
        ? say(made.scaled === null ? "thanks" : "where-you-stand")
        : say(made.passed ? "passed" : "not-passed");
      const told = module.kind === "pre-test" ? [] : reviews(made);
      const body = [h("p", { class: "eyebrow" }, player.text.title), h("h1", { tabindex: "-1" }, title)];
      if (made.scaled !== null) body.push(score(made, told));
      if (module.kind === "pre-test") body.push(h("p", {}, say("not-shown")));
      const unread = player.unread();
      if (unread && made.passed) body.push(notice(say("one-thing-left")));
      if (!made.passed && !module.instrument) body.push(h("p", {}, again()));
      body.push(actions(made, unread), ...goals(told));
      if (told.length) body.push(h("h2", {}, say("your-answers")), told.map((each) => answered(each, made)));
      place.page = "quiz";
      player.show([h("div", { class: "stack" }, body)], { title: `${title} · ${player.text.title}` });
    }

    function reviews(made) {
      const found = [];
      for (const question of asked(made.number)) {
        const response = question.private ? player.texts.read(question.id) : made.answers[question.id] || [];
        if (!question.graded && !response.length) continue;
        found.push({ question, response, grade: near.grade(question, response) });
      }
      // Where there was no room to keep the answers, there are none to look at.
      return Object.keys(made.answers).length || found.every((each) => each.question.private) ? found : [];
    }

    function score(made, told) {
      const graded = told.filter(({ question }) => question.graded);
      const right = graded.filter(({ grade }) => grade.success).length;
      const parts = [
        graded.length && say("entirely-right", { right, count: graded.length }),
        !module.instrument && say("you-pass", { mark: player.voice.percent(player.passMark) }),
        `${module.instrument ? "" : `${say("attempt", { number: made.number })}, `}${player.voice.day(made.at)}.`,
      ];
      return h(
        "div", { class: made.passed || module.instrument ? "score good" : "score" },
        h("p", {}, h("strong", {}, player.voice.percent(made.scaled))),
        progress(Math.round(made.scaled * 100), 100, say("your-score")),
        h("p", {}, parts.filter(Boolean).join(" ")),
      );
    }

    function again() {
      const until = waitsUntil();
      const wait = until && left() !== 0 ? `${say("later", { moment: player.voice.moment(until) })} ` : "";
      return wait + attemptsLeft();
    }

    function actions(made, unread) {
      const parts = [];
      if (!module.instrument && !made.passed && open()) parts.push(button(say("try-again"), () => overview()));
      else if (unread) parts.push(button([say("read-on"), ": ", unread.title], () => player.open(unread.id)));
      else parts.push(button(say("leave"), () => player.leave()));
      if (!module.instrument) parts.push(button(say("overview"), () => player.cover(), { class: "button quiet" }));
      return h("div", { class: "actions no-print" }, parts);
    }

    // How well each objective was reached that the questions are about.
    function goals(told) {
      const marked = told.filter(({ question }) => question.graded && player.text.objectives[question.objective - 1]);
      const numbers = [...new Set(marked.map(({ question }) => question.objective))].sort((one, other) => one - other);
      if (!numbers.length) return [];
      const rows = numbers.map((number_) => {
        const own = marked.filter(({ question }) => question.objective === number_);
        const { scaled } = near.quizScore(own.map(({ question, grade }) => [question, grade]));
        const words = player.text.objectives[number_ - 1];
        return h("li", { class: "stack-s" },
          h("p", { class: "split" }, h("span", {}, words), h("strong", {}, player.voice.percent(scaled))),
          progress(Math.round(scaled * 100), 100, words));
      });
      return [h("h2", {}, say("by-objective")), h("ul", { class: "goals" }, rows)];
    }

    function answered({ question, response, grade }, made) {
      const weak = question.graded && !grade.success;
      return h(
        "details", { class: "check answered", id: `q-${question.id}`, open: weak || question.private },
        h("summary", {}, h("h3", {}, question.title), verdict(question, grade)),
        h("div", {},
          near.stem(question),
          near.answers(question, response, { seed: seed(made.number), shuffle: module.shuffle, voice: player.voice, every: false }),
          weak && readAgain(question)),
      );
    }

    function verdict(question, grade) {
      if (question.private) return h("p", { class: "verdict plain" }, icon("lock"), say("here-only"));
      if (!question.graded) return h("p", { class: "verdict plain" }, say("your-answer"));
      if (grade.success) return h("p", { class: "verdict good" }, icon("check"), say("right"));
      if (!grade.score) return h("p", { class: "verdict" }, icon("cross"), say("not-right"));
      return h("p", { class: "verdict" }, icon("partly"), say("partly-right", { score: player.voice.percent(grade.score) }));
    }

    // What the author says, else where the text asks about the same objective.
    function readAgain(question) {
      const about = (page_) => (page_.blocks || []).some((block) =>
        block.question && player.text.questions[block.question].objective === question.objective);
      const pages = player.text.pages.filter((page_) =>
        question.see.length ? question.see.includes(page_.id) : question.objective && about(page_));
      if (!pages.length) return null;
      const links = pages.map((page_) => button(page_.title, () => player.open(page_.id), { class: "link-button" }));
      return h("p", { class: "see cluster" }, say("read-again"), links);
    }

    return { mayTry: () => left() !== 0, overview };
  }

  Object.assign(near, { quiz });
})((globalThis.near = globalThis.near || {}));
