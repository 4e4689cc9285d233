// The editor of the writing desk, smoother: findings and preview while typing, line numbers, a guard for what is
// not saved. Every page of the desk works without it.
"use strict";

const form = document.getElementById("editor");
const text = document.getElementById("text");
const paper = document.getElementById("paper");
const announcer = document.getElementById("announcer");
const PAUSE = 700; // milliseconds without a key before the server is asked
const STILL_HERE = 60_000; // how often the server hears that this page is open

// Line numbers: a copy of the text behind it, line by line, with the same width and font, that nobody reads out.
const mirror = document.createElement("div");
mirror.className = "mirror";
mirror.setAttribute("aria-hidden", "true");
paper.prepend(mirror);
paper.classList.add("numbered");
let marks = new Map(); // number of a line: the class that marks it

const number = () => {
  const lines = text.value.split("\n");
  while (mirror.childElementCount > lines.length) mirror.lastElementChild.remove();
  while (mirror.childElementCount < lines.length) mirror.append(document.createElement("div"));
  lines.forEach((line, index) => {
    const row = mirror.children[index];
    if (row.textContent !== line) row.textContent = line;
    const mark = marks.get(index + 1) || "";
    if (row.className !== mark) row.className = mark;
  });
  follow();
};
const follow = () => {
  mirror.scrollTop = text.scrollTop;
};
text.addEventListener("scroll", follow);
new ResizeObserver(follow).observe(text);

// The caret to a line, in the middle of what can be seen.
const goTo = (line) => {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] || "").length);
  const row = mirror.children[line - 1];
  if (row) text.scrollTop = row.offsetTop - text.clientHeight / 3;
};

// Not saved: said beside the button, and asked before the page is left.
let saved = form.dataset.saved === "yes";
let sending = false;
let offline = false; // the last check was not answered: sending the form now could lose the text
const state = document.getElementById("state");
const changed = () => {
  saved = false;
  if (state) state.textContent = form.dataset.unsaved;
};
window.addEventListener("beforeunload", (event) => {
  if (!saved && !sending) event.preventDefault();
});
form.addEventListener("submit", async (event) => {
  if (offline) {
    event.preventDefault();
    await ask();
    if (!offline) form.requestSubmit(event.submitter);
    return;
  }
  sending = true;
  if (form.elements.caret) form.elements.caret.value = text.selectionStart;
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=save]"));
  }
});

text.addEventListener("input", () => {
  changed();
  number();
});
number();

// Findings and preview.
let ask = async () => {};
if (form.dataset.checker) {
  const list = document.getElementById("finding-list");
  const summary = document.getElementById("summary");
  const frame = document.getElementById("preview");
  const others = document.getElementById("others");
  let waiting, asked = 0, shown = 0;

  const withButtons = () => {
    marks = new Map();
    for (const item of list.children) {
      const line = Number(item.dataset.line);
      if (item.classList.contains("error")) marks.set(line, "has-error");
      else if (!marks.has(line)) marks.set(line, "has-warning");
      const where = item.querySelector(".where");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link-button where";
      button.textContent = where.textContent;
      button.addEventListener("click", () => goTo(line));
      where.replaceWith(button);
    }
    number();
  };

  const tell = (words) => {
    if (summary.textContent === words) return;
    summary.textContent = words;
    announcer.textContent = words;
  };

  const warn = (words) => {
    if (others.textContent !== words) others.textContent = words; // a live region: says it once
    others.hidden = !words;
  };

  const show = (found) => {
    const items = found.problems.map((problem, index) => {
      const item = document.createElement("li");
      item.className = `finding ${problem.severity}`;
      item.dataset.line = problem.line;
      const where = document.createElement("span");
      where.className = "where";
      where.textContent = found.lines[index];
      const message = document.createElement("span");
      message.lang = "en";
      message.textContent = problem.message;
      item.append(where, " ", message);
      return item;
    });
    const kept = list.contains(document.activeElement) ? document.activeElement.textContent : null;
    list.replaceChildren(...items);
    withButtons();
    if (kept) [...list.querySelectorAll("button")].find((each) => each.textContent === kept)?.focus();
    document.getElementById("nothing").hidden = items.length > 0;
    tell(found.summary);
    warn(found.warning);
    const place = frame.contentDocument?.getElementById("shown");
    // Parsed without running anything; the frame itself allows no scripts either.
    if (place) place.replaceChildren(...new DOMParser().parseFromString(found.html, "text/html").body.childNodes);
  };

  ask = async () => {
    clearTimeout(waiting);
    const turn = ++asked;
    const data = new FormData();
    for (const name of ["csrf_token", "base", "text", "show"]) data.set(name, form.elements[name].value);
    try {
      const answer = await fetch(form.dataset.checker, { method: "POST", body: data, redirect: "error" });
      if (answer.status === 429) {
        waiting = setTimeout(ask, 5000);
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      offline = false;
      if (turn > shown) {
        shown = turn;
        show(found);
      }
    } catch {
      offline = true;
      warn(form.dataset.offline);
    }
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  };

  text.addEventListener("input", soon);
  for (const radio of form.querySelectorAll("input[name=show]")) radio.addEventListener("change", ask);
  setInterval(() => document.visibilityState === "visible" && ask(), STILL_HERE);
  for (const each of form.querySelectorAll("[data-without-script]")) each.remove();
  for (const each of form.querySelectorAll(".script-only")) each.hidden = false;
  withButtons();
}

// Where something was just written into the text, or where a finding is.
if (form.dataset.caret) {
  goTo(text.value.slice(0, Number(form.dataset.caret)).split("\n").length);
}
