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
