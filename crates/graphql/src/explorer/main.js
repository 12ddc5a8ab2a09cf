// The explorer: what is typed, what is run, and what came of it.

import { Editor } from "./editor.js";
import { highlight } from "./highlight.js";
import { operationAt, operations } from "./operations.js";
import { forget, past, remember } from "./past.js";
import { follow, post } from "./request.js";
import { SAMPLES } from "./samples.js";
import { Schema, element } from "./schema.js";
import { tabs } from "./tabs.js";
import { themes } from "./theme.js";

/** As many updates of a subscription are shown. */
const MOST_UPDATES = 100;
const DRAFT = "laurel.draft";
const SECRETS = "laurel.secrets";

const at = (id) => document.getElementById(id);
const draft = read(localStorage, DRAFT) ?? { query: SAMPLES[0].query, variables: pretty(SAMPLES[0].variables) };
const secrets = read(sessionStorage, SECRETS) ?? { key: "", headers: "" };

at("key").value = secrets.key;
const query = new Editor(at("query"), { label: "Query", language: "graphql", text: draft.query });
const variables = new Editor(at("variables"), { label: "Variables, as JSON", language: "json", text: draft.variables });
const headers = new Editor(at("headers"), { label: "Headers, as JSON", language: "json", text: secrets.headers });
const schema = new Schema(at("pane-schema"));
let stop;

for (const editor of [query, variables, headers]) editor.changed = keep;
at("key").addEventListener("input", keep);
at("key").addEventListener("change", loadSchema);
at("run").addEventListener("click", () => (stop ? stop() : run()));
document.addEventListener("keydown", shortcut);
tabs(document.querySelector(".side"), (tab) => tab === "tab-schema" && loadSchema());
tabs(document.querySelector(".editor.below"));
themes(at("theme"));
keep();
showSamples();
showPast();
say("Answers appear here.");
if (secrets.key) loadSchema();

function shortcut(event) {
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key === "Enter") {
    event.preventDefault();
    if (stop) stop();
    run();
  } else if (control && event.key.toLowerCase() === "k") {
    event.preventDefault();
    at("tab-schema").click();
    (document.querySelector(".search") ?? at("pane-schema")).focus();
  } else if (event.key === "Escape" && stop) {
    stop();
  }
}

function run() {
  let body;
  let sent;
  const operation = operationAt(query.text, query.caret);
  try {
    body = { query: query.text, variables: declared(json(variables.text, "Variables")) };
    sent = allHeaders();
  } catch (error) {
    status("Not sent", true);
    say(error.message);
    return;
  }
  if (operations(query.text).length > 1) body.operationName = operation.name;
  const entry = { query: query.text, variables: variables.text, name: operation.name, kind: operation.kind, at: Date.now() };
  if (operation.kind === "subscription") listen(body, sent, entry);
  else ask(body, sent, entry);
}

async function ask(body, sent, entry) {
  const abort = new AbortController();
  running(() => abort.abort());
  status("Asking …");
  try {
    const { status: code, text, took } = await post(body, sent, abort.signal);
    const answer = parsed(text);
    const failed = code >= 400 || Boolean(answer?.errors);
    const cost = answer?.extensions?.cost;
    const size = new Blob([text]).size;
    const facts = [code, `${Math.round(took)} ms`, size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KB`];
    if (typeof cost === "number" || typeof cost === "string") facts.push(`cost ${cost}`);
    status(facts.join("  ·  "), failed);
    show(answer ? pretty(answer) : text);
    recall({ ...entry, failed });
  } catch (error) {
    const aborted = error.name === "AbortError";
    status(aborted ? "Stopped" : "No answer", !aborted);
    say(aborted ? "Stopped before it was answered." : "The server could not be reached.");
  }
  running();
}

function listen(body, sent, entry) {
  const updates = [];
  let state = "Connecting …";
  const tell = (fault) => status(updates.length ? `${state}  ·  ${updates.length} so far` : state, fault);
  running(follow(body, sent, {
    told(payload) {
      updates.unshift(payload);
      show(updates.slice(0, MOST_UPDATES).map(pretty).join("\n\n"));
      tell(false);
    },
    state(now) {
      state = now;
      tell(false);
    },
    ended(why) {
      running();
      state = "Stopped";
      if (why?.errors) show(pretty(why));
      if (why?.closed) {
        state = `Closed  ·  ${why.closed.code} ${why.closed.reason}`;
        if (!updates.length) say(why.closed.reason || "The connection was closed.");
      }
      tell(Boolean(why));
      recall({ ...entry, failed: Boolean(why) });
    },
  }));
  say("Updates appear here, the newest first.");
  tell(false);
}

/** Whether something is under way, and how it is stopped. */
function running(how) {
  stop = how;
  at("run").replaceChildren(...(how ? ["Stop ", element("kbd", { textContent: "Esc" })] : ["Run ", element("kbd", { textContent: "Ctrl\u202f↵" })]));
}

function status(text, fault = false) {
  at("status").textContent = text;
  at("status").classList.toggle("fault", fault);
}

function say(text) {
  at("result").replaceChildren(element("span", { className: "empty", textContent: text }));
}

function show(text) {
  at("result").replaceChildren(highlight(text, "json"));
}

function allHeaders() {
  const key = at("key").value.trim();
  const given = json(headers.text, "Headers") ?? {};
  const has = Object.keys(given).some((name) => name.toLowerCase() === "authorization");
  return key && !has ? { Authorization: `Bearer ${key}`, ...given } : given;
}

function loadSchema() {
  try {
    schema.load(allHeaders());
  } catch {
    // Headers that are being typed are no headers yet.
  }
}

function showSamples() {
  at("pane-samples").replaceChildren(element("ul", { className: "list" }, SAMPLES.map((sample) =>
    item(sample.name, sample.note, () => take(sample.query, sample.variables ? pretty(sample.variables) : "")))));
}

function showPast() {
  const runs = past();
  if (!runs.length) {
    at("pane-history").replaceChildren(element("p", { className: "hint", textContent: "What you run is listed here, in this browser only." }));
    return;
  }
  const list = runs.map((entry) => {
    const when = new Date(entry.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const note = entry.failed ? `${when}  ·  failed` : when;
    return item(entry.name ?? `An unnamed ${entry.kind}`, note, () => take(entry.query, entry.variables));
  });
  const clear = element("button", { className: "quiet clear", type: "button", textContent: "Forget all" });
  clear.addEventListener("click", () => {
    forget();
    showPast();
  });
  at("pane-history").replaceChildren(element("ul", { className: "list" }, list), clear);
}

function recall(entry) {
  remember(entry);
  showPast();
}

function item(name, note, chosen) {
  const button = element("button", { type: "button" }, [element("b", { textContent: name }), element("span", { textContent: note })]);
  button.addEventListener("click", chosen);
  return element("li", {}, [button]);
}

function take(text, values) {
  query.text = text;
  variables.text = values;
  keep();
  query.area.focus();
  query.area.setSelectionRange(0, 0);
}

function keep() {
  write(localStorage, DRAFT, { query: query.text, variables: variables.text });
  write(sessionStorage, SECRETS, { key: at("key").value, headers: headers.text });
  at("query-name").textContent = operationAt(query.text, 0).name ?? "Query";
}

function json(text, what) {
  if (!text.trim()) return undefined;
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} are not JSON: ${error.message}.`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error(`${what} have to be a JSON object.`);
  return value;
}

/** The server takes no variables that a query does not declare; those of another one may lie beside them. */
function declared(values) {
  return values && Object.fromEntries(Object.entries(values).filter(([name]) => query.text.includes(`$${name}`)));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pretty(value) {
  return JSON.stringify(value, null, 2);
}

function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(name));
  } catch {
    return undefined;
  }
}

function write(storage, name, value) {
  try {
    storage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still runs queries.
  }
}
