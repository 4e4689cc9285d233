// What waits to be sent to a record store: statements in their order, then the place. Survives a lost connection
// and a closed page, and never stores anything twice, because a statement gets its id when it is made.
"use strict";

(function (near) {
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 60000;
  const AT_ONCE = 25;
  // What a browser still sends when its page goes away.
  const MOST_AT_THE_END = 60000;

  const kept = near.store("localStorage");
  const PREFIX = "near-learn waiting ";

  // `send(method, path, body, keepalive)` → Promise of a Response; `told` as in unit.js. `session` names the queue
  // in the browser; `about` says whose it is.
  function queue({ send, told, session, about }) {
    const key = PREFIX + session;
    const waiting = []; // statements
    let place = null; // the latest, if it is not sent: {path, body}
    let running = false;
    let wait = FIRST_WAIT;
    let timer = 0;
    let lost = false;
    let opened = false; // whether the first statement is there: platforms want to know it before they take others
    let refused = false;
    const rejected = []; // statements that this session may not say; another may
    let idle = [];

    function keep() {
      const statements = [...rejected, ...waiting];
      if (statements.length || place) kept.write(key, { about, statements, place });
      else kept.remove(key);
    }

    function add(statement) {
      waiting.push(statement);
      keep();
      run();
    }

    function put(path, body) {
      place = { path, body };
      keep();
      run();
    }

    async function run() {
      if (running || refused) return;
      running = true;
      clearTimeout(timer);
      try {
        while (waiting.length || place) await (waiting.length ? statements() : document());
        wait = FIRST_WAIT;
        if (lost) told("online");
        lost = false;
        settle();
      } catch (problem) {
        if (problem.refused) {
          refused = true;
          told("refused", problem.message);
          settle();
        } else {
          if (!lost) told("offline");
          lost = true;
          timer = setTimeout(run, wait);
          wait = Math.min(wait * 2, LONGEST_WAIT);
        }
      } finally {
        running = false;
      }
    }

    function settle() {
      for (const done of idle) done();
      idle = [];
    }

    async function statements() {
      const some = waiting.slice(0, opened ? AT_ONCE : 1);
      const answer = await post(some);
      if (answer.ok) sent(some.length);
      // One of them is not taken: which, they show one by one.
      else if (!busy(answer)) for (const one of some) await single(one);
    }

    async function single(one) {
      const answer = await post([one]);
      if (!answer.ok && !busy(answer) && !(await there(one, answer))) {
        await complain(answer);
        // Wrong in itself it would be wrong for ever; what may not be said now may be said in another session.
        if (answer.status === 403) rejected.push(one);
      }
      sent(1);
    }

    // Whether it was refused because it is stored: it had been sent before, and the answer was lost.
    async function there(one, answer) {
      if (answer.status === 409) return true;
      if (answer.status !== 403) return false;
      return (await send("GET", `statements?${new URLSearchParams({ statementId: one.id })}`)).ok;
    }

    function post(some) {
      return send("POST", "statements", JSON.stringify(some));
    }

    // Throws where another try may help.
    function busy(answer) {
      if (answer.status >= 500 || [408, 429].includes(answer.status)) throw new Error(`${answer.status}`);
      return false;
    }

    // Without a token that holds nothing more is taken.
    async function complain(answer) {
      if (answer.status === 401) throw Object.assign(new Error("401"), { refused: true });
      console.error(`not stored (${answer.status}): ${(await answer.text().catch(() => "")).slice(0, 300)}`);
      if (answer.status === 403) told("refused", "403");
    }

    function sent(many) {
      opened = true;
      waiting.splice(0, many);
      keep();
    }

    async function document() {
      const now = place;
      const answer = await send("PUT", now.path, JSON.stringify(now.body));
      if (!answer.ok && !busy(answer)) await complain(answer);
      if (place === now) place = null;
      keep();
    }

    // When everything is sent, or nothing more can be.
    function drained() {
      run();
      return new Promise((done) => {
        if ((!waiting.length && !place && !running) || refused) done();
        else idle.push(done);
      });
    }

    // The page goes away: everything once more, in one request that outlives it. What arrives twice is stored once.
    function hurry() {
      clearTimeout(timer);
      const body = JSON.stringify(waiting);
      if (waiting.length && body.length < MOST_AT_THE_END) send("POST", "statements", body, true).catch(() => {});
      if (place) send("PUT", place.path, JSON.stringify(place.body), true).catch(() => {});
    }

    addEventListener("online", () => {
      wait = FIRST_WAIT;
      run();
    });

    return { add, drained, hurry, put };
  }

  // What earlier sessions of the same learner in the same unit could not send: statements and the latest place.
  // Taken out of the browser: whoever takes it sends it.
  function leftovers(about, session) {
    const found = { statements: [], place: null };
    for (const key of kept.keys().filter((each) => each.startsWith(PREFIX) && each !== PREFIX + session)) {
      const value = kept.read(key);
      if (!value || value.about !== about) continue;
      kept.remove(key);
      found.statements.push(...value.statements);
      const newer = value.place && (!found.place || value.place.body.at > found.place.body.at);
      if (newer) found.place = value.place;
    }
    return found;
  }

  Object.assign(near, { leftovers, queue });
})((globalThis.near = globalThis.near || {}));
