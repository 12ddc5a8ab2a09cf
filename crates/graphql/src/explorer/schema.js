// The schema, read from the server with the reader's own credentials, to be browsed.

import { post } from "./request.js";

const TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
const INTROSPECTION = `query Schema {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason
        args { name description defaultValue type { ${TYPE} } }
        type { ${TYPE} }
      }
      inputFields { name description defaultValue type { ${TYPE} } }
      interfaces { name }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
    }
  }
}`;

const KINDS = {
  OBJECT: "type", INTERFACE: "interface", UNION: "union", ENUM: "enum", INPUT_OBJECT: "input", SCALAR: "scalar",
};

export class Schema {
  constructor(panel) {
    this.panel = panel;
    this.search = element("input", { className: "search", type: "search", placeholder: "Search types and fields" });
    this.search.setAttribute("aria-label", "Search the schema");
    this.search.addEventListener("input", () => this.#page());
    this.doc = element("div", { className: "doc" });
    this.trail = [];
    this.loadedWith = undefined;
    this.#hint("Give an API key to read the schema.");
  }

  /** Reads the schema, unless it was read with the same credentials. */
  async load(headers) {
    const credentials = JSON.stringify(headers);
    if (this.loadedWith === credentials) return;
    this.loadedWith = credentials;
    try {
      const { status, text } = await post({ query: INTROSPECTION }, headers);
      const schema = JSON.parse(text).data?.__schema;
      if (!schema) {
        this.types = undefined;
        this.#hint(status === 401
          ? "Give an API key to read the schema."
          : "The schema is not open to these credentials. Queries run all the same.");
        return;
      }
      this.types = new Map(schema.types.map((type) => [type.name, type]));
      this.roots = ["queryType", "mutationType", "subscriptionType"].map((root) => schema[root]?.name).filter(Boolean);
      this.panel.replaceChildren(this.search, this.doc);
      this.#page();
    } catch {
      this.loadedWith = undefined;
      this.#hint("The schema could not be read: the server does not answer.");
    }
  }

  #hint(text) {
    this.panel.replaceChildren(element("p", { className: "hint", textContent: text }));
  }

  #open(name) {
    this.search.value = "";
    const place = this.trail.indexOf(name);
    this.trail = place < 0 ? [...this.trail, name] : this.trail.slice(0, place + 1);
    this.#page();
    this.doc.querySelector("h2")?.focus();
    this.panel.scrollTop = 0;
  }

  #page() {
    const sought = this.search.value.trim().toLowerCase();
    const name = this.trail.at(-1);
    if (sought) this.doc.replaceChildren(...this.#found(sought));
    else if (name) this.doc.replaceChildren(this.#crumbs(), ...this.#type(this.types.get(name)));
    else this.doc.replaceChildren(...this.#start());
  }

  #start() {
    const names = [...this.types.keys()].filter((name) => !name.startsWith("__") && !this.roots.includes(name)).sort();
    return [
      element("h3", { textContent: "Where operations begin" }), this.#links(this.roots),
      element("h3", { textContent: "All types" }), this.#links(names),
    ];
  }

  #links(names) {
    return list(names.map((name) => [this.#link(name)]));
  }

  #link(name) {
    const link = element("button", { className: "link", type: "button", textContent: name });
    link.addEventListener("click", () => this.#open(name));
    return link;
  }

  #crumbs() {
    const home = element("button", { className: "link", type: "button", textContent: "Schema" });
    home.addEventListener("click", () => {
      this.trail = [];
      this.#page();
    });
    const parts = this.trail.slice(0, -1).flatMap((name) => ["›", this.#link(name)]);
    const crumbs = element("nav", { className: "crumbs" }, [home, ...parts, "›"]);
    crumbs.setAttribute("aria-label", "Where you are");
    return crumbs;
  }

  #type(type) {
    const heading = element("h2", { textContent: type.name, tabIndex: -1 });
    const parts = [heading, element("span", { className: "kind", textContent: KINDS[type.kind] }), ...words(type.description)];
    const section = (title, items) => {
      if (items?.length) parts.push(element("h3", { textContent: title }), element("dl", {}, items.flat()));
    };
    const names = (title, types) => {
      if (types?.length) parts.push(element("h3", { textContent: title }), this.#links(types.map(({ name }) => name)));
    };
    names("Implements", type.interfaces);
    names("One of", type.possibleTypes);
    section("Fields", type.fields?.map((field) => this.#field(field)));
    section("Fields", type.inputFields?.map((field) => this.#field(field)));
    section("Values", type.enumValues?.map((value) => this.#field(value)));
    return parts;
  }

  #field(field) {
    const name = element("span", { className: field.isDeprecated ? "k gone" : "k", textContent: field.name });
    const signature = [name];
    if (field.args?.length) {
      signature.push("(");
      for (const arg of field.args) signature.push(element("span", { className: "arg" }, this.#typed(arg)));
      signature.push(")");
    }
    if (field.type) signature.push(": ", ...this.#of(field.type));
    if (field.defaultValue != null) signature.push(` = ${field.defaultValue}`);
    const about = [...words(field.description), ...(field.args ?? []).flatMap((arg) => argument(arg))];
    if (field.isDeprecated) about.push(...words(`Deprecated: ${field.deprecationReason ?? "do not use it any more."}`));
    return [element("dt", {}, signature), element("dd", {}, about)];
  }

  #typed({ name, type, defaultValue }) {
    const parts = [`${name}: `, ...this.#of(type)];
    return defaultValue == null ? parts : [...parts, ` = ${defaultValue}`];
  }

  /** A type as GraphQL writes it, its name a link. */
  #of(type) {
    if (type.kind === "NON_NULL") return [...this.#of(type.ofType), "!"];
    if (type.kind === "LIST") return ["[", ...this.#of(type.ofType), "]"];
    return [this.#link(type.name)];
  }

  #found(sought) {
    const matches = [];
    for (const type of this.types.values()) {
      if (type.name.startsWith("__")) continue;
      if (type.name.toLowerCase().includes(sought)) matches.push([type.name, this.#link(type.name)]);
      for (const field of [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])]) {
        if (!field.name.toLowerCase().includes(sought)) continue;
        matches.push([`${type.name}.${field.name}`, this.#link(type.name), `.${field.name}`]);
      }
    }
    if (!matches.length) return [element("p", { className: "hint", textContent: "Nothing of that name." })];
    matches.sort(([one], [other]) => one.localeCompare(other));
    return [list(matches.slice(0, 100).map(([, ...parts]) => parts))];
  }
}

/** A list of names. */
function list(items) {
  return element("ul", { className: "names" }, items.map((parts) => element("li", {}, parts)));
}

function argument({ name, description }) {
  if (!description) return [];
  return [element("p", { className: "of-arg" }, [element("code", { textContent: name }), ` ${description}`])];
}

/** A description's paragraphs. */
function words(text) {
  return (text ?? "").split(/\n\s*\n/).filter(Boolean).map((textContent) => element("p", { textContent }));
}

export function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
