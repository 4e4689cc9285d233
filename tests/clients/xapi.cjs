// The script of @xapi/xapi: what the plan on standard input asks for, told as JSON on standard output.
// It sends the `cachebuster` parameter with every reading, as many of its users do.
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const XAPI = require("@xapi/xapi");

const plan = JSON.parse(readFileSync(0, "utf8"));
const options = {
  endpoint: plan.endpoint,
  auth: XAPI.toBasicAuth(plan.key, plan.secret),
  version: plan.version,
};
const client = new XAPI(options);
// Of its two ways to send, only this one keeps the type of a body with attachments in Node.
const byFetch = new XAPI({ ...options, adapter: "fetch" });
const useCacheBuster = true;
const ids = (answer) => answer.data.statements.map((one) => one.id);

async function documents() {
  const where = {
    agent: plan.agent,
    activityId: plan.activity,
    registration: plan.registration,
    stateId: "bookmark",
  };
  const read = () => client.getState({ ...where, useCacheBuster });
  const first = { ...where, etag: "*", matchHeader: "If-None-Match" };
  await client.setState({ ...first, state: { page: 1, score: 2 } });
  const { etag } = (await read()).headers;
  await client.createState({ ...where, state: { page: 2 } });
  const late = { ...where, state: {}, etag, matchHeader: "If-Match" };
  const stale = await client.setState(late).catch((error) => error.response.status);
  const merged = (await read()).data;
  const names = (await client.getStates({ ...where, useCacheBuster })).data;
  await client.deleteState({ ...where, etag: (await read()).headers.etag });
  const gone = await read().catch((error) => error.response.status);
  return { merged, stale, names, gone };
}

async function attachment() {
  const content = new TextEncoder().encode(plan.attachment.content);
  const described = { ...plan.attachment.described };
  described.sha2 = createHash("sha256").update(content).digest("hex");
  described.length = content.length;
  const statement = { ...plan.attachment.statement, attachments: [described] };
  await byFetch.sendStatement({ statement, attachments: [content.buffer] });
  const answer = await byFetch.getStatement({ statementId: statement.id, attachments: true });
  return answer.data[1];
}

async function main() {
  const sent = (await client.sendStatements({ statements: plan.statements.slice(0, 4) })).data;
  for (const statement of plan.statements.slice(4)) {
    sent.push(...(await client.sendStatement({ statement })).data);
  }
  const one = (await client.getStatement({ statementId: sent[3], useCacheBuster })).data;
  const found = { since: ids(await client.getStatements({ since: one.stored, useCacheBuster })) };
  for (const [name, query] of Object.entries(plan.queries)) {
    found[name] = ids(await client.getStatements({ ...query, useCacheBuster }));
  }
  let page = await client.getStatements({ limit: plan.limit });
  const pages = [ids(page)];
  while (page.data.more) {
    page = await client.getMoreStatements({ more: page.data.more });
    pages.push(ids(page));
  }
  const told = { sent, one, found, pages, documents: await documents(), attachment: await attachment() };
  console.log(JSON.stringify(told));
}

main();
