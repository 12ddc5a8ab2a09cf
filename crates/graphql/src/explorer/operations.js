// Which operations a document holds, as far as the explorer needs to know; the server reads it properly.

const OPERATION = /(?:^|[}\s])(query|mutation|subscription)\b\s*(\w+)?|^\s*\{/gm;

/** Every operation, in order: its kind, its name, and where it begins. */
export function operations(text) {
  const plain = text.replace(/#[^\n]*|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"/g, (hidden) => " ".repeat(hidden.length));
  const found = [];
  let depth = 0;
  let looked = 0;
  for (const match of plain.matchAll(OPERATION)) {
    for (const character of plain.slice(looked, match.index)) {
      if (character === "{") depth += 1;
      if (character === "}") depth -= 1;
    }
    looked = match.index;
    const outside = match[0].startsWith("}") ? depth === 1 : depth === 0;
    // Without a name and a word there is one at most; elsewhere the bracket belongs to the operation before it.
    if (outside && (match[1] || found.length === 0)) {
      found.push({ kind: match[1] ?? "query", name: match[2], at: match.index });
    }
  }
  return found;
}

/** The operation that the caret is in; the first one where it is in none. */
export function operationAt(text, caret) {
  const all = operations(text);
  return all.findLast((operation) => operation.at <= caret) ?? all[0] ?? { kind: "query" };
}
