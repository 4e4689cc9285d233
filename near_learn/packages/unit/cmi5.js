// A unit that reports as cmi5 says (AICC/CMI-5_Spec_Current; the numbers are its sections): launched with an
// address of a record store, it says what was done in statements, and keeps its place there.
"use strict";

(function (near) {
  const VERBS = {
    initialized: "http://adlnet.gov/expapi/verbs/initialized",
    progressed: "http://adlnet.gov/expapi/verbs/progressed",
    answered: "http://adlnet.gov/expapi/verbs/answered",
    passed: "http://adlnet.gov/expapi/verbs/passed",
    failed: "http://adlnet.gov/expapi/verbs/failed",
    scored: "http://adlnet.gov/expapi/verbs/scored",
    completed: "http://adlnet.gov/expapi/verbs/completed",
    terminated: "http://adlnet.gov/expapi/verbs/terminated",
  };
  const CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/";
  const EXTENSION = "https://w3id.org/xapi/cmi5/context/extensions/";
  const PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress";
  const PLACE = "near-learn.place";
  const VERSION = "1.0.3";
  const PLATFORM = "NEAR Learn";
  const PARAMETERS = ["endpoint", "fetch", "actor", "registration", "activityId"];

  // Tokens of this tab: an address gives its token once (8.2), and a page may be loaded again.
  const tokens = near.store("sessionStorage");

  let data; // of the unit
  let launch; // the parameters of the address (8.1)
  let template; // of the context of each statement (10.2.1)
  let session; // its id (9.6.3.1)
  let launchData;
  let authorization;
  let waiting; // queue.js
  let reported; // what this registration has been told already, part of the place
  let language;
  let begun = false;
  let judged = false; // whether this session has been told passed or failed (9.3)
  let again = []; // what an earlier session could not tell
  let known = {}; // of passed and completed: whether the record store has it; null where it does not say
  let last = 0; // the latest timestamp: they never go back

  const clone = (value) => JSON.parse(JSON.stringify(value));
  const normal = () => launchData.launchMode === "Normal";

  function problem(message) {
    return Object.assign(new Error(message), { expected: true });
  }

  // --- beginning -------------------------------------------------------------------------------

  async function connect(unit, told) {
    data = unit;
    launch = parameters();
    authorization = `Basic ${await token()}`;
    launchData = await launchDocument();
    template = launchData.contextTemplate || {};
    session = template.extensions?.[`${EXTENSION}sessionid`] || launch.registration;
    const about = `${launch.registration} ${launch.activityId}`;
    const left = near.leftovers(about, session);
    waiting = near.queue({ send, told, session, about });
    const [wishes, kept] = await Promise.all([preferences(), get(state(PLACE))]);
    if (normal()) {
      again = await unsent(left.statements);
      const [passed, completed] = await Promise.all([recorded("passed"), recorded("completed")]);
      known = { passed, completed };
    }
    const local = left.place?.body;
    const place = local && local.at > (kept?.at || 0) ? local : kept;
    reported = place?.reported || {};
    return {
      mode: { Browse: "browse", Review: "review" }[launchData.launchMode] || "normal",
      languages: wishes,
      place: launchData.launchMode === "Browse" ? null : place,
      registration: launch.registration,
      passMark: typeof launchData.masteryScore === "number" ? launchData.masteryScore : null,
    };
  }

  // 8.1: in any order, and each must be there.
  function parameters() {
    const found = new URLSearchParams(location.search);
    const missing = PARAMETERS.filter((name) => !found.get(name));
    if (missing.length) throw problem(`cmi5: ${missing.join(", ")}?`);
    const made = Object.fromEntries(PARAMETERS.map((name) => [name, found.get(name)]));
    made.endpoint = made.endpoint.replace(/\/*$/, "/");
    try {
      made.actor = JSON.parse(made.actor);
    } catch {
      throw problem("cmi5: actor?");
    }
    return made;
  }

  // 8.2: asked for once, with POST.
  async function token() {
    const key = `near-learn token ${launch.fetch}`;
    const known = tokens.read(key);
    if (known === false) throw problem("");
    if (known) return known;
    const answer = await fetch(launch.fetch, { method: "POST", referrerPolicy: "no-referrer" }).catch(() => null);
    const found = answer ? await answer.json().catch(() => ({})) : {};
    if (!found["auth-token"]) throw problem(`cmi5: ${found["error-text"] || answer?.status || "fetch"}`);
    tokens.write(key, found["auth-token"]);
    return found["auth-token"];
  }

  function send(method, path, body = null, keepalive = false) {
    const headers = { Authorization: authorization, "X-Experience-API-Version": VERSION };
    if (body !== null) headers["Content-Type"] = "application/json";
    return fetch(launch.endpoint + path, { method, headers, body, keepalive, cache: "no-store" });
  }

  // A document of the record store; null when there is none.
  async function get(path) {
    const answer = await send("GET", path);
    if (answer.status === 404) return null;
    if (!answer.ok) throw problem(`cmi5: ${path.split("?")[0]} ${answer.status}`);
    return answer.json().catch(() => null);
  }

  function state(id) {
    const { activityId, actor, registration } = launch;
    return `activities/state?${new URLSearchParams({ stateId: id, activityId, agent: JSON.stringify(actor), registration })}`;
  }

  // 10: without it a unit doesn't know what it may say.
  async function launchDocument() {
    const found = await get(state("LMS.LaunchData"));
    if (!found) throw problem("cmi5: LMS.LaunchData?");
    return found;
  }

  // 11: a comma between languages, the best first. Not to have any, or not to see them, is no mistake.
  async function preferences() {
    const query = new URLSearchParams({ profileId: "cmi5LearnerPreferences", agent: JSON.stringify(launch.actor) });
    const found = await get(`agents/profile?${query}`).catch(() => null);
    const wishes = String(found?.languagePreference || "").split(",").map((each) => each.trim()).filter(Boolean);
    return wishes.length ? wishes : near.wishes();
  }

  // What an earlier session made and could not send. It is over, so this one says it, unless it did arrive. What
  // came of attempts is not among it, because `reported` has that.
  async function unsent(statements) {
    const left = [];
    for (const one of statements) {
      if ((one.context.contextActivities?.category || []).some(isCmi5)) continue;
      const found = await send("GET", `statements?${new URLSearchParams({ statementId: one.id })}`).catch(() => null);
      if (found?.status === 404) left.push(one);
    }
    return left;
  }

  const isCmi5 = (activity) => activity.id === `${CATEGORY}cmi5`;

  // Whether this registration has a statement of cmi5's own with this verb; null when nobody says.
  async function recorded(verb) {
    const { activityId, actor, registration } = launch;
    const query = new URLSearchParams({
      agent: JSON.stringify(actor), activity: activityId, registration, verb: VERBS[verb], limit: "20",
    });
    const answer = await send("GET", `statements?${query}`).catch(() => null);
    const found = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!Array.isArray(found?.statements)) return null;
    return found.statements.some((one) => (one.context?.contextActivities?.category || []).some(isCmi5));
  }

  // --- statements ------------------------------------------------------------------------------

  function statement(verb, object, { result = null, attempt = 0, within = [] } = {}) {
    last = Math.max(last, Date.now());
    const made = {
      id: near.uuid(),
      actor: launch.actor,
      verb: { id: VERBS[verb], display: { en: verb } },
      object,
      context: context(within, attempt),
      timestamp: new Date(last).toISOString(),
    };
    if (result && Object.keys(result).length) made.result = result;
    return made;
  }

  // 10.2.1: the template, with more in it and nothing of it changed.
  function context(within, attempt) {
    const made = clone(template);
    const about = { ...data.about, release: data.module.release };
    if (attempt) about.attempt = attempt;
    const ours = Object.entries(about).map(([name, value]) => [data.terms + name, value]);
    made.registration = launch.registration;
    made.language ??= language;
    made.platform ??= PLATFORM;
    made.extensions = { ...Object.fromEntries(ours), ...made.extensions };
    made.contextActivities ??= {};
    const [parent, ...grouping] = within;
    if (parent) include(made, "parent", parent);
    for (const id of grouping) include(made, "grouping", id);
    return made;
  }

  function include(context_, name, id) {
    const given = context_.contextActivities[name] || [];
    const list = Array.isArray(given) ? given : [given];
    if (!list.some((activity) => activity.id === id)) list.push({ objectType: "Activity", id });
    context_.contextActivities[name] = list;
  }

  // 7.1.3: the statement as one of cmi5's own. 9.6.2.2: one that counts for moving on says so.
  function defined(made) {
    include(made.context, "category", `${CATEGORY}cmi5`);
    const { result } = made;
    if (result?.success === undefined && result?.completion === undefined) return made;
    include(made.context, "category", `${CATEGORY}moveon`);
    if (result.success === undefined) return made;
    if (typeof launchData.masteryScore === "number") {
      made.context.extensions[`${EXTENSION}masteryscore`] = launchData.masteryScore; // 9.6.3.2
    }
    return made;
  }

  function unit() {
    return { objectType: "Activity", id: launch.activityId, definition: data.definition };
  }

  function ofUnit(verb, more = {}) {
    return statement(verb, unit(), { within: [data.course.iri], ...more });
  }

  // Points. 9.5.1: those of cmi5's own statements are whole numbers, or left out.
  function points({ scaled, raw, max }, whole = false) {
    const score = { scaled: near.rounded(scaled) };
    if (whole && !(Number.isInteger(raw) && Number.isInteger(max))) return score;
    return { ...score, raw: near.rounded(raw), min: 0, max: near.rounded(max) };
  }

  // How far somebody is, in our words and in cmi5's (9.5.5.1), which has none for what is complete.
  function progress(share) {
    const ours = { [`${data.terms}progress`]: Number(share.toFixed(4)) };
    return reported.completed ? ours : { ...ours, [PROGRESS]: Math.round(share * 100) };
  }

  // --- what is reported ------------------------------------------------------------------------

  function began(now) {
    language = now;
    if (begun) return;
    begun = true;
    waiting.add(defined(ofUnit("initialized")));
    if (!normal()) return;
    for (const each of again) waiting.add(anew(each));
    settle(false); // a failure that the session before did not live to tell
    // What was said and never arrived is said again; what was said elsewhere is not said twice.
    if (known.passed === false && reported.passed) pass(reported.passed);
    if (known.completed === false && reported.completed) complete(reported.completed);
    if (known.passed) reported.passed ??= {};
    if (known.completed) reported.completed ??= {};
  }

  function pass(told) {
    judged = true;
    reported.passed = told;
    waiting.add(defined(ofUnit("passed", told)));
  }

  function complete(told) {
    reported.completed = told;
    waiting.add(defined(ofUnit("completed", told)));
  }

  // A statement of an earlier session that was refused, as one of this session. 9.7: not before it began.
  function anew(old) {
    const verb = Object.keys(VERBS).find((name) => VERBS[name] === old.verb.id);
    const attempt = old.context.extensions?.[`${data.terms}attempt`] || 0;
    const made = statement(verb, old.object, { result: old.result, attempt });
    for (const activity of old.context.contextActivities?.parent || []) include(made.context, "parent", activity.id);
    include(made.context, "grouping", data.course.iri);
    return made;
  }

  function read(section, share) {
    if (!normal()) return;
    const extensions = { [`${data.terms}section`]: section, ...progress(share) };
    waiting.add(ofUnit("progressed", { result: { extensions } }));
  }

  // What somebody wrote for themselves is not told.
  function answered(question, { response, score, success, seconds, attempt }) {
    if (!normal()) return;
    const object = {
      objectType: "Activity", id: `${data.module.iri}/questions/${question.id}`, definition: data.activities[question.id],
    };
    const result = {};
    if (score !== null) Object.assign(result, { score: points({ scaled: score, raw: score, max: 1 }), success });
    if (!question.private) result.response = response.join(near.JOINED);
    if (seconds !== null) result.duration = near.duration(seconds);
    waiting.add(statement("answered", object, { result, attempt, within: [launch.activityId, data.course.iri] }));
  }

  // 9.3: a session is told passed or failed once, and nothing after it passed. So a failure waits: for the next
  // attempt, or for the end of the session. An attempt that cmi5 has no room for is told all the same, as a
  // statement that it allows (7.1.3).
  function finished({ number, scaled, raw, max, graded, passed, seconds, share, last: final }) {
    if (!normal()) return;
    const result = { duration: near.duration(seconds), extensions: progress(share) };
    if (graded) result.score = points({ scaled, raw, max }, passed !== null);
    if (passed === null) {
      waiting.add(ofUnit("scored", { result, attempt: number }));
      return;
    }
    result.success = passed;
    settle(false);
    if (passed && !judged && !reported.passed) {
      pass({ result, attempt: number });
      return;
    }
    const verdict = ofUnit(passed ? "passed" : "failed", { result, attempt: number });
    if (judged || reported.passed) waiting.add(verdict);
    else {
      reported.pending = verdict;
      if (final) settle(true);
    }
  }

  // The failure that waits is told: as what came of the session, or as an attempt of several.
  function settle(over) {
    const verdict = reported.pending;
    if (!verdict) return;
    delete reported.pending;
    const own = verdict.context.extensions?.[`${EXTENSION}sessionid`] === session;
    const made = own ? verdict : anew(verdict);
    if (over && !judged && !reported.passed) {
      judged = true;
      waiting.add(defined(made));
    } else waiting.add(made);
  }

  // 9.3.3: once in a registration.
  function completed({ seconds, attempt }) {
    if (!normal() || reported.completed) return;
    complete({ result: { completion: true, duration: near.duration(seconds) }, attempt });
  }

  function keep(place) {
    if (!normal()) return;
    place.reported = reported;
    waiting.put(state(PLACE), place);
  }

  // 9.3.8: the last of a session.
  function end(seconds, place) {
    if (normal()) settle(true);
    if (normal() && place) keep(place);
    waiting.add(defined(ofUnit("terminated", { result: { duration: near.duration(seconds) } })));
    tokens.write(`near-learn token ${launch.fetch}`, false);
  }

  // 10.2.6: where to go is for the platform to say.
  async function leave(seconds, place) {
    end(seconds, place);
    await waiting.drained();
    if (!launchData.returnURL) return null;
    const to = new URL(launchData.returnURL, location.href);
    return ["http:", "https:"].includes(to.protocol) ? to.href : null;
  }

  function closing(seconds, place) {
    end(seconds, place);
    waiting.hurry();
  }

  near.transport = { answered, began, closing, completed, connect, finished, keep, leave, read };
})((globalThis.near = globalThis.near || {}));
