// The script of adl-xapiwrapper: what the plan on standard input asks for, told as JSON on standard output.
// It speaks 1.0.1, knows neither attachments nor deleting, and sends objects as POST, so that they are merged.
const { readFileSync } = require("node:fs");
const { XAPIWrapper } = require("adl-xapiwrapper");

const plan = JSON.parse(readFileSync(0, "utf8"));
const wrapper = new XAPIWrapper({ url: plan.endpoint, auth: { user: plan.key, pass: plan.secret } });
const ids = (result) => result.statements.map((one) => one.id);

// The library calls back with (error, response, body), whatever the status.
const ask = (method, ...given) =>
  new Promise((done, failed) => {
    wrapper[method](...given, (error, response, body) => {
      if (error) failed(error);
      else done({ status: response.statusCode, headers: response.headers, body });
    });
  });
async function read(method, ...given) {
  const answer = await ask(method, ...given);
  if (answer.status !== 200) throw new Error(`${method}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}

async function documents() {
  const where = [plan.activity, plan.agent, "bookmark", plan.registration];
  await ask("sendState", ...where, { page: 1, score: 2 }, null, "*");
  const { etag } = (await ask("getState", ...where, null)).headers;
  await ask("sendState", ...where, { page: 2 }, etag, null);
  const stale = (await ask("sendState", ...where, { page: 3 }, etag, null)).status;
  const merged = await read("getState", ...where, null);
  const names = await read("getState", plan.activity, plan.agent, null, plan.registration, new Date(0));
  return { merged, stale, names };
}

async function main() {
  const sent = await read("sendStatements", plan.statements.slice(0, 4));
  for (const value of plan.statements.slice(4)) {
    sent.push(...(await read("sendStatements", value)));
  }
  const one = await read("getStatements", { statementId: sent[3] }, null);
  const found = { since: ids(await read("getStatements", { since: one.stored }, null)) };
  for (const [name, query] of Object.entries(plan.queries)) {
    const agent = query.agent && { agent: JSON.stringify(query.agent) };
    found[name] = ids(await read("getStatements", { ...query, ...agent }, null));
  }
  let page = await read("getStatements", { limit: plan.limit }, null);
  const pages = [ids(page)];
  while (page.more) {
    page = await read("getStatements", null, page.more);
    pages.push(ids(page));
  }
  console.log(JSON.stringify({ sent, one, found, pages, documents: await documents() }));
}

main();
