// Follows the files: the server says when one was saved, and only the pieces that changed are put in anew.
"use strict";

const state = document.getElementById("state");
const say = (name) => { state.textContent = state.dataset[name]; };

// Puts the new pieces in place of those that differ; the whole page when there are other pieces than before.
const take = (fresh) => {
  const names = (page) => [...page.querySelectorAll("[data-piece]")].map((each) => each.dataset.piece).join("\n");
  document.title = fresh.title;
  if (names(fresh) !== names(document)) {
    document.getElementById("main").innerHTML = fresh.getElementById("main").innerHTML;
    return;
  }
  for (const piece of document.querySelectorAll("[data-piece]")) {
    const other = fresh.querySelector(`[data-piece="${piece.dataset.piece}"]`);
    if (other.innerHTML === piece.innerHTML) continue;
    piece.replaceWith(document.importNode(other, true));
    document.querySelector(`[data-piece="${other.dataset.piece}"]`).classList.add("fresh");
  }
};

const load = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    say(answer.ok ? "fresh" : "nothing");
  } catch {
    say("stopped");
  }
};

const changes = document.body.dataset.changes;
if (changes && window.EventSource) {
  document.getElementById("reload").hidden = true;
  const source = new EventSource(changes);
  source.addEventListener("open", () => say("follows"));
  source.addEventListener("change", load);
  source.addEventListener("error", () => say("stopped"));
  addEventListener("pagehide", () => source.close());
}
