// What is smoother with a script. Every page works without it.
"use strict";

// A knowledge check is answered in place: the server sends the same piece of page that a reload would show.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-check]") || !window.fetch) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Fragment": "1" },
      redirect: "error",
    });
    if (!answer.headers.has("X-Fragment")) throw new Error("not a fragment");
    const box = form.closest(".check");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".check");
    box.replaceWith(fresh);
    fresh.focus({ preventScroll: true });
    fresh.scrollIntoView({ block: "nearest" });
    const words = [...fresh.querySelectorAll("[data-announce]")].map((each) => each.textContent.trim());
    document.getElementById("announcer").textContent = words.join(" ");
  } catch {
    form.submit(); // signed out, offline or an error: let the browser show what the server says
  }
});

// Items to be put in order move at once. The focus stays on the button that was pressed, which moves along.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".order .move");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("li");
  const list = item.closest("ol");
  const up = button.value.endsWith(":up");
  const neighbour = up ? item.previousElementSibling : item.nextElementSibling;
  if (!neighbour) return;
  if (up) neighbour.before(item);
  else neighbour.after(item);
  const items = [...list.children];
  for (const each of items) {
    each.querySelector('.move[value$=":up"]').toggleAttribute("data-end", each === items[0]);
    each.querySelector('.move[value$=":down"]').toggleAttribute("data-end", each === items.at(-1));
  }
  for (const each of list.querySelectorAll(".move")) {
    if (each.hasAttribute("data-end")) each.setAttribute("aria-disabled", "true");
    else each.removeAttribute("aria-disabled");
  }
  button.focus();
  item.scrollIntoView({ block: "nearest" });
  const said = { item: item.querySelector(".order-text").textContent.trim(), place: items.indexOf(item) + 1, all: items.length };
  document.getElementById("announcer").textContent = list.dataset.order.replace(/\{(\w+)\}/g, (_, name) => said[name]);
});

// Times stand in UTC on the page; here they are the reader's own.
for (const time of document.querySelectorAll("time[data-local]")) {
  const local = new Date(time.dateTime);
  const language = document.documentElement.lang;
  time.textContent = local.toLocaleString(language === "en" ? "en-IE" : language, { dateStyle: "long", timeStyle: "short" });
}

// Menus close with Escape (the focus goes back to their button) and when the focus or a click goes elsewhere.
const close = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
};
document.addEventListener("click", (event) => close(event.target));
document.addEventListener("focusin", (event) => close(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
