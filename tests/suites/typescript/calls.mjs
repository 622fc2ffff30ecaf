// Calls every method that the installed official TypeScript SDK has for email security, and prints what was answered.
//
//     node calls.mjs PACKAGE_FOLDER < wish.json
//
// Reads one JSON object: baseURL, token, account, message and queueId (of a message), job, setting (ids).
// Writes one JSON object: version, calls (what went over the wire), failed (what was raised), missed (methods).

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "calls.cjs"));
const loaded = require("cloudflare");
const Cloudflare = loaded.default ?? loaded;
const version = JSON.parse(readFileSync(path.join(folder, "node_modules/cloudflare/package.json"))).version;
const wish = JSON.parse(readFileSync(0));
const calls = [];
const failed = {};
const called = new Set();

const client = new Cloudflare({
  apiToken: wish.token,
  baseURL: wish.baseURL,
  maxRetries: 0,
  fetch: async (url, init) => {
    const answer = await fetch(url, init);
    const text = await answer.clone().text();
    calls.push({ method: init.method.toUpperCase(), path: new URL(url).pathname, status: answer.status, text });
    return answer;
  },
});

function find(name) {
  let holder = client.emailSecurity;
  const words = name.split(".");
  const method = words.pop();
  for (const word of words) holder = holder?.[word];
  return holder?.[method] ? { holder, method } : undefined;
}

async function call(name, ...words) {
  const found = find(name);
  if (!found) return undefined;
  called.add(name);
  const params = { account_id: wish.account, ...(words.pop() ?? {}) };
  try {
    const given = found.holder[found.method](...words, params);
    if (name.endsWith("list")) {
      const rows = [];
      for await (const row of given) rows.push(row);
      return rows;
    }
    const result = await given;
    if (result === undefined) throw new Error("nothing was decoded");
    return result;
  } catch (error) {
    failed[name] = String(error).slice(0, 500);
    return undefined;
  }
}

function known(holder, prefix = "") {
  const found = [];
  for (const word of Object.getOwnPropertyNames(Object.getPrototypeOf(holder))) {
    if (word !== "constructor" && typeof holder[word] === "function") found.push(prefix + word);
  }
  for (const [word, value] of Object.entries(holder)) {
    if (value && typeof value === "object" && word !== "_client" && value._client) {
      found.push(...known(value, `${prefix}${word}.`));
    }
  }
  return found;
}

let number = 0;

function body(group) {
  number += 1;
  const name = `n${number}-${version.replaceAll(".", "-")}`;
  return {
    allowPolicies: {
      pattern: `${name}@friend.example`, pattern_type: "EMAIL", is_regex: false, is_trusted_sender: true,
      is_exempt_recipient: false, is_acceptable_sender: false, verify_sender: true,
    },
    blockSenders: { pattern: `${name}@foe.example`, pattern_type: "EMAIL", is_regex: false },
    trustedDomains: { pattern: `${name}.example`, is_regex: false, is_recent: true, is_similarity: false },
    contentPolicies: { name, pattern: name, targets: ["SUBJECT"], enabled: true },
    domains: {
      domain: `${name}.example`, allowed_delivery_modes: ["DIRECT"], drop_dispositions: ["MALICIOUS"],
      ip_restrictions: [], regions: ["GLOBAL"],
    },
    impersonationRegistry: { name: `Person ${name}`, email: `${name}@example.com`, is_email_regex: false },
    sendingDomainRestrictions: { domain: `${name}.example`, exclude: [] },
    urlIgnorePatterns: { pattern: `https://${name}\\.example/.*` },
  }[group];
}

async function investigate() {
  await call("investigate.list", { per_page: 20 });
  for (const reference of [wish.message, wish.queueId]) {
    await call("investigate.get", reference, {});
    for (const part of ["detections", "raw", "trace", "preview"]) {
      await call(`investigate.${part}.get`, reference, {});
    }
    await call("investigate.move.create", reference, { destination: "Inbox" });
    await call("investigate.reclassify.create", reference, { expected_disposition: "SPAM" });
  }
  await call("investigate.get", wish.message, { submission: true });
  await call("investigate.preview.create", { id: wish.message });
  await call("investigate.preview.create", { postfix_id: wish.queueId });
  await call("investigate.move.bulk", { destination: "Inbox", ids: [wish.message] });
  await call("investigate.move.bulk", { destination: "Inbox", postfix_ids: [wish.queueId] });
  // Versions before 7.3 know `body` only, and send nothing at all for `ids`.
  if (Number.parseInt(version) >= 7) await call("investigate.release.bulk", { ids: [wish.message] });
  await call("investigate.release.bulk", { body: [wish.message] });
}

async function jobs() {
  await call("investigate.bulk.create", { action: "RELEASE", search_params: {} });
  await call("investigate.bulk.create", { action: "MOVE", destination: "JunkEmail", search_params: {} });
  await call("investigate.bulk.list", {});
  await call("investigate.bulk.get", wish.job, {});
  await call("investigate.bulk.cancel.create", wish.job, {});
  await call("investigate.bulk.messages.list", wish.job, {});
  await call("investigate.bulk.delete", wish.job, {});
}

async function settings(group) {
  const name = `settings.${group}`;
  const { domain, ...rest } = body(group);
  const whole = group === "domains" ? rest : body(group);
  await call(`${name}.create`, body(group));
  await call(`${name}.list`, {});
  await call(`${name}.get`, wish.setting, {});
  await call(`${name}.edit`, wish.setting, {});
  await call(`${name}.update`, wish.setting, whole);
  await call(`${name}.batch`, {
    deletes: [{ id: wish.setting }],
    patches: [{ id: wish.setting }],
    posts: [body(group)],
    puts: [{ id: wish.setting, ...(group === "domains" ? whole : body(group)) }],
  });
  await call(`${name}.delete`, wish.setting, {});
  await call(`${name}.bulkDelete`, {});
}

await investigate();
await jobs();
await call("submissions.list", { type: "TEAM" });
await call("phishguard.reports.list", { from_date: "2026-01-01" });
const groups = Object.keys(client.emailSecurity.settings).filter((word) => body(word) !== undefined);
for (const group of groups) await settings(group);
const missed = known(client.emailSecurity).filter((name) => !called.has(name));
process.stdout.write(JSON.stringify({ version, calls, failed, missed }));
