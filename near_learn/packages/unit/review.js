// An answered question, kind by kind: what was answered, what is right, and why. As templates/player/_answers.html.
"use strict";

(function (near) {
  const { badge, h, icon } = near;

  // `every`: tell what each option means; else only those that were chosen or right.
  function answers(question, response, { seed, shuffle, voice, every = true }) {
    const shown = near.options(question, seed, shuffle);
    const marked = near.grade(question, response);
    const told = { question, response, shown, marked, voice, every };
    const make = { gap: gaps, matching: pairs, ordering: order, numeric: number };
    const choice = ["choice", "true-false", "likert"].includes(question.kind);
    const body = question.private ? own(told) : (make[question.kind] || options)(told);
    return [!response.length && !choice && h("p", { class: "meta" }, voice.say("no-answer")), body, why(question, voice)];
  }

  function why(question, voice) {
    if (!question.explanation) return null;
    const text = h("div", { html: question.explanation });
    return h("div", { class: "explanation" }, h("p", { class: "eyebrow" }, voice.say("why")), [...text.childNodes]);
  }

  function badges(voice, chosen, right) {
    return h(
      "p", { class: "cluster" },
      right && badge(voice.say("right-answer"), "good", "check"),
      chosen && badge(voice.say("your-answer"), right ? "" : "warm", right ? "" : "cross"),
    );
  }

  function classes(...names) {
    return names.filter(Boolean).join(" ");
  }

  function options({ question, response, shown, voice, every }) {
    const rows = shown.map((option) => {
      const chosen = response.includes(option.id);
      const right = question.graded && option.correct;
      const wrong = question.graded && chosen && !right;
      const said = option.feedback && (every || chosen || right);
      return h(
        "li", { class: classes("answer", chosen && "chosen", right && "right", wrong && "wrong") },
        h("p", {}, near.label(question, option, voice)),
        question.graded
          ? (chosen || right) && badges(voice, chosen, right)
          : chosen && h("p", { class: "cluster" }, badge(voice.say("your-answer"), "accent")),
        said && h("div", { class: "feedback", html: option.feedback }),
      );
    });
    return h("ul", { class: "answers" }, rows);
  }

  // The text with the learner's words in it, then what else would have fitted.
  function gaps({ question, response, marked, voice }) {
    const fits = near.fits(question, response);
    const all = question.gaps.length;
    const places = question.stem.map((part, at) => (at < all ? `${part}<span data-gap="${at}"></span>` : part));
    const text = h("div", { class: "prose gaps", html: places.join("") });
    question.gaps.forEach((gap, at) => {
      const words = voice.say(fits[at] ? "right-small" : "not-right-small");
      text.querySelector(`[data-gap="${at}"]`).replaceWith(
        h("mark", { class: `filled ${fits[at] ? "right" : "wrong"}` }, response[at] || "…",
          h("span", { class: "visually-hidden" }, ` (${words})`)),
      );
    });
    if (marked.success) return text;
    const rest = question.gaps.map((gap, at) => [gap, at]).filter(([, at]) => !fits[at]);
    const rows = rest.map(([gap, at]) =>
      h(
        "li", { class: "answer right" },
        h("p", { class: "meta" }, voice.say("gap", { number: at + 1, all })),
        h("p", {}, h("strong", {}, gap.accepted[0]), gap.accepted.length > 1 &&
          h("span", { class: "hint" }, ` ${voice.say("also")} ${gap.accepted.slice(1).join(", ")}`)),
        h("p", { class: "cluster" }, badge(voice.say("right-answer"), "good", "check")),
      ));
    return [text, h("ul", { class: "answers" }, rows)];
  }

  function pairs({ question, response, shown, voice }) {
    const targets = new Map(question.targets.map((target) => [target.id, target]));
    const chosen = new Map(response.map(near.halves));
    const rows = shown.map((option) => {
      const mine = targets.get(chosen.get(option.id));
      const target = targets.get(question.matches[option.id]);
      const right = mine === target;
      return h(
        "li", { class: classes("answer", right ? "right" : "wrong", mine && "chosen") },
        h("p", {}, h("span", { html: option.html }), " ", icon("next"), " ", h("strong", { html: target.html })),
        right ? badges(voice, true, true) : mine && h("p", { class: "cluster" },
          badge(voice.say("your-answer"), "warm", "cross"), h("span", { html: mine.html })),
        option.feedback && h("div", { class: "feedback", html: option.feedback }),
      );
    });
    return h("ul", { class: "answers" }, rows);
  }

  function order({ question, response, marked, voice }) {
    const list = (ids, name) => h("ol", { class: name }, ids.map((id) =>
      h("li", { html: question.options.find((option) => option.id === id).html })));
    const mine = !marked.success && response.length && h("div", {},
      h("p", { class: "eyebrow" }, voice.say("your-order")), list(response, "order-told"));
    const right = h("div", {}, h("p", { class: "eyebrow" }, voice.say("right-order")),
      list(question.right, "order-told right"));
    return h("div", { class: "side-by-side" }, mine || null, right);
  }

  function number({ question, response, marked, voice }) {
    const { low, high } = question.range;
    const wide = low !== high;
    const mine = response.length && h(
      "li", { class: `answer chosen ${marked.success ? "right" : "wrong"}` },
      h("p", {}, h("strong", {}, voice.number(response[0]))), badges(voice, true, marked.success),
    );
    const right = (!marked.success || wide) && h(
      "li", { class: "answer right" },
      h("p", {}, h("strong", {}, voice.number(question.right[0]))),
      h("p", { class: "cluster" }, badge(voice.say("right-answer"), "good", "check")),
      wide && h("p", { class: "meta" }, voice.say("range", {
        low: voice.number(near.decimal(low)), high: voice.number(near.decimal(high)) })),
    );
    return h("ul", { class: "answers" }, mine || null, right);
  }

  function own({ response }) {
    return response.length ? h("p", { class: "own-text" }, response[0]) : null;
  }

  Object.assign(near, { answers, why });
})((globalThis.near = globalThis.near || {}));
