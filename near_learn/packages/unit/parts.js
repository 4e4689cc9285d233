// The small parts that pages of a unit are made of: elements, icons, words, numbers.
"use strict";

(function (near) {
  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = {
    check: "M5 12.5l4.5 4.5L19 7.5",
    cross: "M6.5 6.5l11 11M17.5 6.5l-11 11",
    partly: "M6 12h12",
    back: "M14.5 6l-6 6 6 6",
    next: "M9.5 6l6 6-6 6",
    up: "M6 14.5l6-6 6 6",
    down: "M6 9.5l6 6 6-6",
    list: "M9 7h10M9 12h10M9 17h10M5 7h.01M5 12h.01M5 17h.01",
    lock: "M6 11h12v8.5H6zM8.5 11V8.5a3.5 3.5 0 0 1 7 0V11",
    clock: "M12 7.5V12l3 2M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 1 1 0-17",
    warning: "M12 4.5l8.5 15h-17zM12 10.5v4M12 17h.01",
    leave: "M10 4.5H5.5v15H10M14 8l4 4-4 4M18 12H9.5",
  };

  // An element. `attributes`: false and null leave one out, `html` is what stands in it, `on` are its listeners.
  function h(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (name === "html") made.innerHTML = value;
      else if (name === "on") for (const [event, heard] of Object.entries(value)) made.addEventListener(event, heard);
      else if (name === "value") made.value = value;
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  }

  function icon(name) {
    const made = document.createElementNS(SVG, "svg");
    const drawn = {
      class: "icon", viewBox: "0 0 24 24", width: "24", height: "24", fill: "none", stroke: "currentColor",
      "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
      focusable: "false",
    };
    for (const [attribute, value] of Object.entries(drawn)) made.setAttribute(attribute, value);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", SHAPES[name]);
    made.append(path);
    return made;
  }

  function button(words, clicked, attributes = {}) {
    return h("button", { type: "button", class: "button", on: { click: clicked }, ...attributes }, words);
  }

  function badge(words, tone = "", symbol = "") {
    return h("span", { class: `badge ${tone}` }, symbol && icon(symbol), words);
  }

  function progress(value, most, label) {
    return h("progress", { class: "progress", value: String(value), max: String(most), "aria-label": label });
  }

  function notice(words, tone = "") {
    return h("p", { class: `notice ${tone}` }, words);
  }

  // What is wrong with a form, above it; each mistake leads to its place.
  function mistakes(title, found) {
    const links = found.map(([words, go]) =>
      h("li", {}, h("button", { type: "button", class: "link-button", on: { click: go } }, words)),
    );
    return h(
      "div",
      { class: "notice bad error-summary", role: "alert" },
      h("p", { class: "notice-title" }, icon("warning"), title),
      h("ul", {}, links),
    );
  }

  // The words of a language: say("page", {number: 1, all: 7}). `count` picks the form for a number.
  function speaker(text, language) {
    const locale = language === "en" ? "en-IE" : language;
    const percents = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
    function say(name, values = {}) {
      let found = text.words[name];
      if (found && found.forms) {
        const number = Math.min(values.count, found.by.length - 1);
        found = found.forms[found.by[number]];
        values = { num: values.count, ...values };
      }
      return (found || name).replace(/%\((\w+)\)s/g, (whole, key) => (key in values ? values[key] : whole));
    }
    return {
      language,
      say,
      percent: (share) => percents.format(share),
      number: (digits) => digits.replace(".", text.decimal),
      moment: (time) => new Date(time).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" }),
      day: (time) => new Date(time).toLocaleDateString(locale, { dateStyle: "long" }),
    };
  }

  function announce(words) {
    document.getElementById("announcer").textContent = words;
  }

  Object.assign(near, { announce, badge, button, h, icon, mistakes, notice, progress, speaker });
})((globalThis.near = globalThis.near || {}));
