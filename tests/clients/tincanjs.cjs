// The script of TinCanJS: what the plan on standard input asks for, told as JSON on standard output.
const { readFileSync } = require("node:fs");
const TinCan = require("tincanjs");

const plan = JSON.parse(readFileSync(0, "utf8"));
const lrs = new TinCan.LRS({
  endpoint: plan.endpoint,
  username: plan.key,
  password: plan.secret,
  version: plan.version,
  allowFail: false,
});
const statement = (value) => new TinCan.Statement(value);
const ids = (result) => result.statements.map((one) => one.id);

// The library calls back with (error, result); an error is a status, or the request itself.
const ask = (method, ...given) =>
  new Promise((done, failed) => {
    const options = given.pop();
    options.callback = (error, result) =>
      error === null || error === undefined ? done(result) : failed({ status: error, said: result.responseText });
    lrs[method](...given, options);
  });

const TYPED = {
  agent: (value) => new TinCan.Agent(value),
  verb: (id) => new TinCan.Verb({ id }),
  activity: (id) => new TinCan.Activity({ id }),
};
const typed = (query) =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, TYPED[name] ? TYPED[name](value) : value]));

async function documents() {
  const where = () => ({
    agent: new TinCan.Agent(plan.agent),
    activity: new TinCan.Activity({ id: plan.activity }),
    registration: plan.registration,
  });
  const json = () => ({ ...where(), contentType: "application/json" });
  await ask("saveState", "bookmark", { page: 1, score: 2 }, json());
  const first = await ask("retrieveState", "bookmark", where());
  await ask("saveState", "bookmark", { page: 2 }, { ...json(), method: "POST" });
  const late = { ...json(), lastSHA1: first.etag };
  const stale = await ask("saveState", "bookmark", {}, late).catch((error) => error.status);
  const merged = (await ask("retrieveState", "bookmark", where())).contents;
  const names = await ask("retrieveStateIds", where());
  await ask("dropState", "bookmark", where());
  // It takes a 404 for "there is none".
  const gone = (await ask("retrieveState", "bookmark", where())) === null ? 404 : 200;
  return { merged, stale, names, gone };
}

async function attachment() {
  const described = new TinCan.Attachment(plan.attachment.described);
  described.setContentFromString(plan.attachment.content);
  const sending = statement(plan.attachment.statement);
  sending.attachments = [described];
  await ask("saveStatement", sending, {});
  const found = await ask("retrieveStatement", sending.id, { params: { attachments: true } });
  return found.attachments[0].getContentAsString();
}

async function main() {
  const saved = await ask("saveStatements", plan.statements.slice(0, 4).map(statement), {});
  const sent = JSON.parse(saved.responseText);
  for (const value of plan.statements.slice(4)) {
    // A single statement with an id is PUT, and answered with nothing.
    await ask("saveStatement", statement(value), {});
    sent.push(value.id);
  }
  const { id, actor, stored } = await ask("retrieveStatement", sent[3], {});
  const one = { id, actor: actor.asVersion(plan.version), stored };
  const found = { since: ids(await ask("queryStatements", { params: { since: one.stored } })) };
  for (const [name, query] of Object.entries(plan.queries)) {
    found[name] = ids(await ask("queryStatements", { params: typed(query) }));
  }
  let page = await ask("queryStatements", { params: { limit: plan.limit } });
  const pages = [ids(page)];
  while (page.more) {
    page = await ask("moreStatements", { url: page.more });
    pages.push(ids(page));
  }
  const told = { sent, one, found, pages, documents: await documents(), attachment: await attachment() };
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
