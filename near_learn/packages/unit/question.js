// The inputs of a question, kind by kind, and what stands in them: as templates/player/_fields.html and
// near_learn/player/entry.py have it.
"use strict";

(function (near) {
  const { h, icon } = near;

  // A question as it is asked: `seed` and `shuffle` decide how its answers stand, `response` is filled in.
  // `element` holds the inputs; `read()` gives {response} or {response, problem}; `told`: feedback of what is chosen.
  function fields(question, { seed, shuffle, response, voice, described, told }) {
    const make = { gap: gaps, matching: pairs, ordering: order, numeric: number };
    const asked = { question, response, voice, described, told, shown: near.options(question, seed, shuffle), seed };
    if (question.private) return own(asked);
    return (make[question.kind] || choices)(asked);
  }

  function label(question, option, voice) {
    if (question.kind === "true-false") return voice.say(option.id);
    return h("span", { html: option.html });
  }

  function choices({ question, response, voice, described, told, shown }) {
    const type = question.multiple ? "checkbox" : "radio";
    const rows = shown.map((option) => {
      const picked = response.includes(option.id);
      const meaning = told && picked && option.feedback ? feedback(question, option) : null;
      const input = h("input", {
        type,
        name: `answer-${question.id}`,
        "aria-describedby": meaning ? meaning.id : described || null,
        "data-option": option.id,
      });
      input.checked = picked;
      return { input, meaning, row: h("label", { class: "option" }, input, h("span", {}, label(question, option, voice))) };
    });
    const scale = question.kind === "likert";
    const element = h(
      "div",
      {},
      h("div", { class: scale ? "options scale" : "options" }, rows.map(({ row, meaning }) =>
        h("div", {}, row, !scale && meaning))),
      scale && rows.map(({ meaning }) => meaning),
    );
    const read = () => {
      const sent = rows.filter(({ input }) => input.checked).map(({ input }) => input.dataset.option);
      return { response: question.options.map((option) => option.id).filter((id) => sent.includes(id)) };
    };
    return { element, read };
  }

  function feedback(question, option) {
    return h("div", { class: "feedback", id: `f-${question.id}-${option.id}`, html: option.feedback });
  }

  // The inputs stand in the text, where the gaps are. A piece of it may open a paragraph that a later one closes.
  function gaps({ question, response, voice, described }) {
    const all = question.gaps.length;
    const places = question.stem.map((part, at) => (at < all ? `${part}<span data-gap="${at}"></span>` : part));
    const element = h("div", { class: "prose gaps", html: places.join("") });
    const inputs = question.gaps.map((gap, at) =>
      h("input", {
        class: "gap", type: "text", size: "12", maxlength: "200", autocomplete: "off", autocapitalize: "off",
        spellcheck: "false", "aria-label": voice.say("gap", { number: at + 1, all }),
        "aria-describedby": described || null, value: response[at] || "",
      }),
    );
    inputs.forEach((input, at) => element.querySelector(`[data-gap="${at}"]`).replaceWith(input));
    const read = () => {
      const texts = inputs.map((input) => near.words(input.value).split(near.JOINED).join(","));
      if (!texts.some(Boolean)) return { response: [] };
      const long = texts.some((text) => [...text].length > near.LONGEST_GAP);
      return { response: texts, problem: long ? "too-long" : "" };
    };
    return { element, read };
  }

  function pairs({ question, response, voice, described, shown, seed }) {
    const chosen = new Map(response.map(near.halves));
    const rights = near.targets(question, seed);
    const selects = shown.map((option) => {
      const select = h(
        "select",
        { id: `m-${question.id}-${option.id}`, "aria-describedby": described || null, "data-option": option.id },
        h("option", { value: "" }, voice.say("choose")),
        rights.map((target) => h("option", { value: target.id }, target.text)),
      );
      select.value = chosen.get(option.id) || "";
      return select;
    });
    const element = h("div", { class: "pairs" }, shown.map((option, at) =>
      h("div", { class: "pair" }, h("label", { for: selects[at].id, html: option.html }), selects[at])));
    const read = () => {
      const picked = new Map(selects.map((select) => [select.dataset.option, select.value]));
      const made = question.options.filter((option) => picked.get(option.id));
      return { response: made.map((option) => option.id + near.PAIRED + picked.get(option.id)) };
    };
    return { element, read };
  }

  // Items move with their buttons. The focus stays on the button that was pressed, which moves along.
  function order({ question, response, voice, shown }) {
    const byId = new Map(shown.map((option) => [option.id, option]));
    const begun = response.length === shown.length ? response.map((id) => byId.get(id)) : shown;
    const list = h("ol", { class: "order" });
    const move = (item, option, up) => {
      const neighbour = up ? item.previousElementSibling : item.nextElementSibling;
      if (!neighbour) return;
      if (up) neighbour.before(item);
      else neighbour.after(item);
      ends();
      item.querySelector(up ? ".up" : ".down").focus();
      const items = [...list.children];
      near.announce(voice.say("moved", { item: option.text, place: items.indexOf(item) + 1, all: items.length }));
    };
    const end = (mover, there) => {
      if (there) mover.setAttribute("aria-disabled", "true");
      else mover.removeAttribute("aria-disabled");
    };
    const ends = () => {
      const items = [...list.children];
      for (const item of items) {
        end(item.querySelector(".up"), item === items[0]);
        end(item.querySelector(".down"), item === items.at(-1));
      }
    };
    for (const option of begun) {
      const item = h("li", { class: "order-item", "data-option": option.id });
      const mover = (up) =>
        h(
          "button",
          {
            type: "button", class: `move ${up ? "up" : "down"}`,
            "aria-label": voice.say(up ? "move-up" : "move-down", { item: option.text }),
            on: { click: () => move(item, option, up) },
          },
          icon(up ? "up" : "down"),
        );
      item.append(
        h("span", { class: "order-text", html: option.html }),
        h("span", { class: "order-moves" }, mover(true), mover(false)),
      );
      list.append(item);
    }
    ends();
    return { element: list, read: () => ({ response: [...list.children].map((item) => item.dataset.option) }) };
  }

  function number({ question, response, voice, described }) {
    const input = h("input", {
      id: `n-${question.id}`, type: "text", inputmode: "decimal", maxlength: "30", autocomplete: "off",
      "aria-describedby": described || null, "aria-invalid": described ? "true" : null,
      value: response.length ? voice.number(response[0]) : "",
    });
    const element = h(
      "div", { class: described ? "field number has-error" : "field number" },
      h("label", { for: input.id }, voice.say("your-number")), input,
    );
    const read = () => {
      const text = input.value.trim();
      if (!text) return { response: [] };
      const found = near.typed(text);
      return found === null ? { response: [text], problem: "no-number" } : { response: [found] };
    };
    return { element, read };
  }

  function own({ question, response, voice, described }) {
    const id = `t-${question.id}`;
    const area = h("textarea", {
      id, rows: question.kind === "short-answer" ? "3" : "6", maxlength: "5000", value: response[0] || "",
      "aria-describedby": [`${id}-alone`, described].filter(Boolean).join(" "),
    });
    const element = h(
      "div", { class: "own-words stack-s" },
      h("label", { for: id }, voice.say("your-answer")),
      area,
      h("p", { class: "hint", id: `${id}-alone` }, icon("lock"), h("span", {}, voice.say("here-only"))),
    );
    const read = () => {
      const text = area.value.replace(/\r\n/g, "\n").trim();
      const long = [...text].length > near.LONGEST_TEXT;
      return { response: text ? [text] : [], problem: long ? "too-long" : "" };
    };
    return { element, read };
  }

  // How to answer, in a line.
  function how(question, voice) {
    if (question.private) return voice.say("how-open");
    if (question.kind === "choice" && question.multiple) return voice.say("choose-all");
    if (["choice", "true-false"].includes(question.kind)) return voice.say("choose-one");
    return voice.say(`how-${question.kind}`);
  }

  // What is wrong with what was entered.
  function problem(question, read, voice) {
    if (read.problem === "no-number") return voice.say("no-number", { text: read.response[0] });
    if (read.problem === "too-long") {
      return voice.say("too-long", { most: question.private ? near.LONGEST_TEXT : near.LONGEST_GAP });
    }
    const name = question.private ? "empty-text" : `empty-${question.kind}`;
    return voice.say(["empty-gap", "empty-numeric", "empty-text"].includes(name) ? name : "empty");
  }

  // The text under a question's title; that of a gap question is its inputs.
  function stem(question) {
    return question.kind !== "gap" && question.stem[0] ? h("div", { html: question.stem[0] }) : null;
  }

  function hint(question, voice) {
    if (!question.hint) return null;
    return h(
      "details", { class: "help" },
      h("summary", {}, voice.say("hint")), h("div", { class: "prose", html: question.hint }),
    );
  }

  Object.assign(near, { fields, feedback, hint, how, label, problem, stem });
})((globalThis.near = globalThis.near || {}));
