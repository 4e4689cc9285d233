// Lists: a file that is too large is told before it is sent, and the bar of a long list moves by itself.
"use strict";

for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  field.addEventListener("change", () => {
    const large = field.files.length > 0 && field.files[0].size > Number(field.dataset.most);
    field.setCustomValidity(large ? field.dataset.tooLarge : "");
    field.reportValidity();
  });
}

const working = document.querySelector("[data-working]");
if (working && window.fetch) {
  const look = async () => {
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-working]");
      if (!answer.ok || !fresh) return location.reload();
      working.replaceChildren(...fresh.childNodes);
    } catch {
      // The line is down for a moment: the work goes on, and so does looking.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
