// Plays a Postman collection against a running SCIM server, as far as Microsoft's public SCIM collections need it:
//   node tools/scim_postman.mjs FILE URL TOKEN [FOLDER ...]
// Its people share e-mail addresses and external ids, which no two people of an account may: each gets its own here.
// URL is the SCIM base. The collection is Microsoft's (AzureAD/SCIMReferenceCode): it is fetched, not kept here.
import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import vm from "node:vm";

const [file, base, token, ...folders] = process.argv.slice(2);
const { protocol, hostname, port, pathname } = new URL(base);
const values = new Map(
  Object.entries({
    Protocol: protocol.slice(0, -1),
    Server: hostname,
    Port: port ? `:${port}` : "",
    Api: pathname.slice(1),
    endpoint: hostname,
  }),
);
let passed = 0;
const failed = [];

const dynamic = (name) => {
  if (name === "$isoTimestamp") return new Date().toISOString();
  return name.startsWith("$") ? randomUUID().slice(0, 8) : "";
};
const filled = (text) => text.replace(/\{\{(\$?[\w]+)\}\}/g, (_, name) => values.get(name) ?? dynamic(name));
const store = {
  get: (name) => values.get(name),
  set: (name, value) => values.set(name, value),
  replaceIn: filled,
};

function expect(received) {
  const check = (holds, words) => {
    if (!holds) throw new Error(`expected ${words}; received ${JSON.stringify(received)?.slice(0, 160)}`);
  };
  return {
    to: {
      eql: (wanted) => check(JSON.stringify(received) === JSON.stringify(wanted), JSON.stringify(wanted)),
      include: (wanted) => check(String(received).includes(wanted), `something with ${wanted}`),
      not: { include: (wanted) => check(!String(received).includes(wanted), `nothing with ${wanted}`) },
    },
  };
}

function postman(name, answer) {
  const status = (wanted) => expect(answer.status).to.eql(wanted);
  return {
    environment: store,
    variables: store,
    collectionVariables: store,
    expect,
    response: { code: answer.status, json: () => JSON.parse(answer.text), text: () => answer.text, to: { have: { status } } },
    test: (what, run) => {
      try {
        run();
        passed += 1;
      } catch (problem) {
        failed.push(`${name}: ${what}: ${problem.message}`);
      }
    },
  };
}

function runScripts(entry, when, answer) {
  for (const event of entry.event ?? []) {
    if (event.listen !== when) continue;
    try {
      vm.runInNewContext(event.script.exec.join("\n"), { pm: postman(entry.name, answer), postman: {}, console }, { timeout: 2000 });
    } catch (problem) {
      failed.push(`${entry.name}: its script: ${problem.message}`);
    }
  }
}

function ownNames(text) {
  try {
    const person = JSON.parse(text);
    if (!person.userName || !person.externalId) return text;
    for (const email of person.emails ?? []) if (email.value?.includes("@")) email.value = `${person.userName}.${email.value}`;
    return JSON.stringify({ ...person, externalId: `${person.userName}-${person.externalId}` });
  } catch {
    return text;
  }
}

async function play(entry) {
  runScripts(entry, "prerequest", { status: 0, text: "" });
  const { method, url, body, header = [] } = entry.request;
  const address = filled(typeof url === "string" ? url : url.raw).replace(/^https?:\/\/[^/]+\/(scim|api\/scim)/, base);
  const headers = Object.fromEntries(header.filter((one) => !one.disabled).map((one) => [one.key, filled(one.value)]));
  headers.Authorization = `Bearer ${token}`;
  if (body?.raw && !headers["Content-Type"]) headers["Content-Type"] = "application/scim+json";
  const sent = ["GET", "HEAD"].includes(method) || !body?.raw ? undefined : ownNames(filled(body.raw));
  const response = await fetch(encodeURI(decodeURI(address)), { method, headers, body: sent, redirect: "manual" });
  runScripts(entry, "test", { status: response.status, text: await response.text() });
}

async function walk(entries, chosen) {
  for (const entry of entries) {
    if (entry.item) await walk(entry.item, chosen || folders.length === 0 || folders.includes(entry.name));
    else if (chosen || folders.length === 0 || folders.includes(entry.name)) await play(entry);
  }
}

await walk(JSON.parse(readFileSync(file, "utf8")).item, false);
failed.forEach((line) => console.log(`FAILED ${line}`));
console.log(`${passed} of ${passed + failed.length} assertions hold.`);
process.exit(failed.length ? 1 : 0);
