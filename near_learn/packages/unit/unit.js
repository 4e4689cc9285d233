// The player of a packaged unit: its pages, and where the learner is in it.
//
// What the page carries is described in near_learn/packages/unit_data.py. What was done is reported by a transport
// (cmi5.js, scorm.js or alone.js), which puts itself at near.transport and has one interface:
//
//   connect(data, told)   → Promise of {mode, languages, place, registration, passMark}. `mode` is "normal", "browse"
//                           (nothing is judged) or "review" (nothing can be sent again); `languages` what the learner
//                           prefers, best first; `place` as it was kept (place.js), or null; `registration` and
//                           `passMark` where the platform says so, else null. `told(state, reason)` is called when
//                           the connection is lost ("offline"), is back ("online") or refuses ("refused").
//                           Rejects with an Error whose message may be shown when the unit cannot be started.
//   began(language, place)   the unit is ready; again when another language is read
//   read(section, share)  a section was read; `share` of the unit is behind the learner, 0 to 1
//   answered(question, {response, score, success, seconds, attempt})   attempt 0: a knowledge check
//   finished({number, scaled, raw, max, graded, passed, seconds, share, last})   an attempt; passed null: nothing
//                         to pass; last: there will be no other
//   completed({seconds, attempt})   everything was read and the quiz taken; `attempt` of a survey, else 0
//   keep(place)           keeps the place; the transport may write into place.reported
//   leave(seconds, place) → Promise of the address to go to, or null. `seconds`: active time of this session
//   closing(seconds, place)   the page is going away: what can still be sent is sent now
"use strict";

(function (near) {
  const { button, h, icon, notice, progress } = near;

  function player(data, transport, connected) {
    const active = near.watch();
    let session = 0; // seconds of activity since the unit was opened
    let over = false;
    const own = near.store("localStorage");
    const here = {
      data, transport,
      mode: connected.mode,
      place: near.fitting(connected.place, data),
      passMark: connected.passMark ?? data.module.passMark,
    };
    here.registration = connected.registration || here.place.registration;
    const place = here.place;
    const say = (...words) => here.voice.say(...words);
    const path = () => here.text.pages;
    const hasQuiz = () => here.text.quiz.length > 0;

    // What learners write for themselves never leaves this device.
    const notes = {};
    const noteKey = (id) => `near-learn ${here.registration} ${data.module.id} ${id}`;
    here.texts = {
      read: (id) => notes[id] || own.read(noteKey(id)) || [],
      keep(id, response) {
        notes[id] = response;
        if (response.length) own.write(noteKey(id), response);
        else own.remove(noteKey(id));
      },
    };

    // --- where the learner is ------------------------------------------------------------------

    function done(page) {
      return page.id === "quiz" ? place.attempts.length > 0 : place.seen.includes(page.id);
    }

    // The share of the way that is behind the learner: each section of it and the quiz count one.
    here.share = () => {
      const seen = data.way.filter((id) => place.seen.includes(id)).length;
      const taken = hasQuiz() && place.attempts.length > 0;
      const all = data.way.length + (hasQuiz() ? 1 : 0);
      return place.completed ? 1 : (seen + (taken ? 1 : 0)) / all;
    };

    here.unread = () => path().find((page) => !done(page)) || null;

    here.keep = () => {
      lap();
      place.at = Date.now();
      place.language = here.voice.language;
      if (here.mode === "normal") transport.keep(place);
    };

    function lap() {
      const passed = active.lap();
      session += passed;
      place.seconds += passed;
    }

    // The unit becomes complete when its way is behind the learner and its quiz, if it has one, was taken.
    here.complete = (attempt = 0) => {
      const all = data.way.every((id) => place.seen.includes(id));
      if (place.completed || !all || (hasQuiz() && !place.attempts.length)) return;
      lap();
      place.completed = true;
      transport.completed({ seconds: place.seconds, attempt });
    };

    // --- the frame -----------------------------------------------------------------------------

    here.show = (parts, { title, focus = true, wide = false }) => {
      const root = document.getElementById("unit-page");
      root.replaceChildren(...[parts].flat(3).filter(Boolean));
      root.lang = here.voice.language;
      document.title = title;
      here.prepare(root);
      document.getElementById("main").classList.toggle("article", wide);
      if (!focus) return;
      scrollTo(0, 0);
      (root.querySelector('[role="alert"] button') || root.querySelector("h1[tabindex], h2[tabindex]") || root).focus({ preventScroll: true });
    };

    // Links out of the unit open beside it: leaving the page would end the session. Where there is none, other
    // units follow in its place.
    here.prepare = (part) => part.querySelectorAll("a[href]").forEach(prepare);

    function prepare(link) {
      const to = link.getAttribute("href");
      if (to.startsWith("#/")) {
        link.addEventListener("click", (event) => {
          event.preventDefault();
          const [id, element] = to.slice(2).split("/");
          here.open(id || path()[0].id, decodeURIComponent(element || ""));
        });
      } else if (!to.startsWith("#") && !(data.home && to.startsWith("../"))) {
        link.target = "_blank";
        link.rel = "noopener";
      }
    }

    function follow(address) {
      const [id, element] = address.slice(2).split("/").map(decodeURIComponent);
      here.open(id || path()[0].id, element || "");
    }

    // The head of every page: where you are, how far, and the way out.
    here.head = (where, told, value, most, label) =>
      h(
        "div", { class: "module-head stack-s" },
        h("div", { class: "split" },
          button(say("overview"), () => here.cover(), { class: "link-button" }),
          leaving()),
        h("h1", {}, here.text.title),
        h("div", {}, h("p", { class: "place" }, h("span", {}, where), told && h("span", {}, told)), progress(value, most, label)),
      );

    function leaving() {
      return button([icon("leave"), say("leave")], () => here.leave(), { class: "link-button no-print" });
    }

    function outline(current = "") {
      const rows = path().map((page, at) =>
        h("li", { class: done(page) ? "done" : null }, h(
          "button",
          { type: "button", class: "outline-item", "aria-current": page.id === current ? "page" : null, on: { click: () => here.open(page.id) } },
          h("span", { class: "state" }, done(page) ? icon("check") : String(at + 1)),
          h("span", {}, page.title, done(page) && h("span", { class: "visually-hidden" }, ` (${say("done")})`)),
        )));
      return h(
        "nav", { class: "outline no-print", "aria-labelledby": "outline-title", tabindex: "-1" },
        h("h2", { id: "outline-title", class: "eyebrow" }, say("pages")), h("ol", {}, rows),
      );
    }

    // The switch of languages.
    function tools() {
      const codes = Object.keys(data.texts);
      document.documentElement.lang = here.voice.language;
      document.getElementById("unit-course").textContent = data.course.title[here.voice.language];
      if (codes.length < 2) return;
      const select = h("select", { id: "unit-language" }, codes.map((code) =>
        h("option", { value: code, lang: code }, data.texts[code].name)));
      select.value = here.voice.language;
      select.addEventListener("change", () => {
        speak(select.value);
        transport.began(select.value, place);
        here.keep();
        here.again();
        document.getElementById("unit-language").focus();
      });
      document.getElementById("unit-tools").replaceChildren(
        h("label", { for: "unit-language", class: "visually-hidden" }, say("language")), select);
    }

    function speak(language) {
      here.text = data.texts[language];
      here.voice = near.speaker(here.text, language);
      tools();
      if (here.mode !== "normal") document.getElementById("unit-notice").replaceChildren(notice(say(here.mode)));
    }

    // --- pages ---------------------------------------------------------------------------------

    // `here.again` shows what is shown now once more: in another language.
    const around = (id) => {
      const at = path().findIndex((page) => page.id === id);
      return [path()[at - 1], path()[at], path()[at + 1]];
    };

    here.hasBefore = (id) => Boolean(around(id)[0]);
    here.hasAfter = (id) => Boolean(around(id)[2]);
    here.before = (id) => here.open(around(id)[0].id);
    here.after = (id) => here.open(around(id)[2].id);

    // Shows a page, and an element of it by its id.
    here.open = (id, element = "") => {
      const page = around(id)[1] || path()[0];
      place.page = page.id;
      here.keep();
      here.again = () => here.open(page.id);
      if (page.id === "quiz") here.quiz.overview();
      else section(page);
      const found = element && document.getElementById(element);
      if (found) {
        found.scrollIntoView();
        if (found.tabIndex < 0) found.tabIndex = -1;
        found.focus({ preventScroll: true });
      }
    };

    // What the unit is for, and its pages.
    here.cover = () => {
      here.again = here.cover;
      const { text } = here;
      const next = resume();
      const started = place.seen.length + place.attempts.length + Object.keys(place.draft).length > 0;
      const words = place.completed ? "read-again-all" : started ? "continue" : "start";
      const passed = place.attempts.some((made) => made.passed);
      here.show(
        [
          h("div", { class: "stack" },
            h("h1", {}, text.title),
            h("p", { class: "lede" }, text.summary),
            passed && h("p", {}, near.badge(say("passed-badge"), "good", "check")),
            h("p", { class: "meta" }, say("pages-count", { done: path().filter(done).length, count: path().length })),
            progress(path().filter(done).length, path().length, say("pages-done")),
            h("div", { class: "actions" },
              button(say(words), () => here.open(place.completed ? path()[0].id : next.id)),
              started && button([icon("leave"), say("leave")], () => here.leave(), { class: "button quiet" })),
            text.objectives.length > 0 && [
              h("h2", {}, say("objectives")),
              h("ul", { class: "prose objectives" }, text.objectives.map((each) => h("li", {}, each))),
            ],
            outline()),
        ],
        { title: text.title },
      );
    };

    // Where to go on: the quiz if it waits, else the page that was open last, else the first that is not done.
    function resume() {
      const again = place.completed && !place.attempts.some((made) => made.passed) && here.quiz.mayTry();
      if (hasQuiz() && (Object.keys(place.draft).length || again)) return around("quiz")[1];
      const last = around(place.page)[1];
      return last && !done(last) ? last : here.unread() || path()[0];
    }

    // One page of text with its knowledge checks.
    function section(page) {
      const [before, , after] = around(page.id);
      const at = path().indexOf(page);
      const blocks = page.blocks.map((block) =>
        typeof block === "string" ? h("div", { class: "prose", html: block }) : here.check(here.text.questions[block.question]));
      const onward = !after ? say("finish-reading") : after.id === "quiz" ? say("to-quiz") : say("next-page");
      const pages = outline(page.id);
      const jump = button(say("all-pages"), () => {
        pages.scrollIntoView();
        pages.focus({ preventScroll: true });
      }, { class: "link-button to-outline no-print" });
      const head = here.head(
        say("page", { number: at + 1, all: path().length }), jump, path().filter(done).length, path().length, say("pages-done"));
      const bar = h("div", { class: "thumb-bar" },
        before && button([icon("back"), say("back")], () => here.open(before.id), { class: "button quiet" }),
        button([onward, icon("next")], () => readThrough(page, after)));
      here.show(
        h("div", { class: "with-outline" },
          h("article", { class: "reading" }, head, h("h2", { tabindex: "-1" }, page.title), blocks, bar),
          pages),
        { title: `${page.title} · ${here.text.title}`, wide: true },
      );
    }

    // The section is read: on to the next page, or after the last one to the overview.
    function readThrough(page, after) {
      if (!place.seen.includes(page.id)) place.seen.push(page.id);
      transport.read(page.id, here.share());
      here.complete();
      here.keep();
      if (after) here.open(after.id);
      else here.cover();
    }

    // --- beginning and end ---------------------------------------------------------------------

    here.leave = async () => {
      here.keep();
      over = true;
      document.getElementById("unit-tools").replaceChildren();
      here.show([h("h1", { tabindex: "-1" }, here.text.title), h("p", {}, say("finished"))], { title: here.text.title });
      const to = await transport.leave(session, place);
      if (to) location.href = to;
    };

    addEventListener("pagehide", () => {
      if (over) return;
      over = true;
      here.keep();
      transport.closing(session, place);
    });
    // Brought back out of the browser's memory, the page would speak in a session that has ended.
    addEventListener("pageshow", (event) => event.persisted && location.reload());

    speak(language(data, connected.languages, place.language));
    here.check = near.check(here);
    here.quiz = near.quiz(here);
    transport.began(here.voice.language, place);
    // Another unit may lead to a place in this one.
    const [, wanted, element = ""] = location.hash.split("/");
    if (wanted && around(wanted)[1]) here.open(wanted, decodeURIComponent(element));
    else if (data.module.instrument) here.open("quiz");
    else if (place.page && here.mode === "normal") here.open(resume().id);
    else here.cover();
    return here;
  }

  // The language to begin with: the one that was read last, else the first one preferred that there is.
  function language(data, preferred, last) {
    if (last) return last;
    const codes = Object.keys(data.texts);
    for (const wish of preferred) {
      const found = codes.find((code) => code === wish.toLowerCase() || code === wish.toLowerCase().split("-")[0]);
      if (found) return found;
    }
    return data.language;
  }

  // What the connection is like, above the page.
  function teller(data) {
    return (state, reason = "") => {
      const code = document.documentElement.lang in data.texts ? document.documentElement.lang : data.language;
      const { say } = near.speaker(data.texts[code], code);
      const words = say(state, { reason });
      const box = document.getElementById("unit-notice");
      box.replaceChildren(notice(words, state === "online" ? "good" : "warm"));
      near.announce(words);
      if (state === "online") setTimeout(() => box.replaceChildren(), 5000);
    };
  }

  async function start() {
    const data = JSON.parse(document.getElementById("unit").textContent);
    document.documentElement.classList.add("playing");
    try {
      const connected = await near.transport.connect(data, teller(data));
      near.player = player(data, near.transport, connected);
    } catch (problem) {
      const wishes = navigator.languages || [];
      const code = language(data, wishes, "");
      const { say } = near.speaker(data.texts[code], code);
      const text = [h("h1", {}, data.texts[code].title), notice(say("not-connected"), "bad")];
      if (problem.message) text.push(h("p", { class: "hint" }, problem.message));
      document.getElementById("unit-page").replaceChildren(...text);
      if (!problem.expected) throw problem;
    }
  }

  // Without a platform that says otherwise.
  near.wishes = () => [...(navigator.languages || [])];

  start();
})((globalThis.near = globalThis.near || {}));
