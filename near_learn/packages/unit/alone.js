// A unit that reports to nobody: the place is kept in this browser, where it may be.
"use strict";

(function (near) {
  const kept = near.store("localStorage");
  let key = "";
  let home = null; // the page of the course, where the package has one

  near.transport = {
    async connect(data) {
      key = `near-learn place ${data.module.iri}`;
      home = data.home || null;
      const place = kept.read(key);
      // The page that led here may say which language it was in. Who comes back has perhaps chosen another.
      const [came] = performance.getEntriesByType("navigation");
      const led = !came || came.type === "navigate";
      const asked = led ? new URLSearchParams(location.search).get("language") : null;
      if (place && asked in data.texts) place.language = asked;
      const languages = [asked, ...near.wishes()].filter(Boolean);
      const mode = data.reading ? "browse" : "normal";
      return { mode, languages, place: data.reading ? null : place, registration: null, passMark: null };
    },
    began() {},
    read() {},
    answered() {},
    finished() {},
    completed() {},
    keep(place) {
      kept.write(key, place);
    },
    async leave() {
      return home;
    },
    closing() {},
  };
})((globalThis.near = globalThis.near || {}));
