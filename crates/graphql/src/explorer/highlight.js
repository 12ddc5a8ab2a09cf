// Colours GraphQL and JSON, as elements and never as markup.

const GRAPHQL = /(?<c>#[^\n]*)|(?<s>"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"?)|(?<v>\$\w+)|(?<n>-?\d[\d.eE+-]*)|(?<w>\b(?:query|mutation|subscription|fragment|on|true|false|null)\b)|(?<k>@\w+|\w+(?=\s*:))|(?<p>[{}()[\]:!=|&.,])/g;
const JSON_TEXT = /(?<k>"(?:\\.|[^"\\\n])*"(?=\s*:))|(?<s>"(?:\\.|[^"\\\n])*"?)|(?<n>-?\d[\d.eE+-]*)|(?<w>\b(?:true|false|null)\b)|(?<p>[{}[\]:,])/g;

/** The most that is coloured: more would take longer than it is worth. */
const MOST = 200_000;

/** Text as a fragment of coloured pieces. */
export function highlight(text, language) {
  const fragment = document.createDocumentFragment();
  if (text.length > MOST) {
    fragment.append(text);
    return fragment;
  }
  let end = 0;
  for (const found of text.matchAll(language === "json" ? JSON_TEXT : GRAPHQL)) {
    if (found.index > end) fragment.append(text.slice(end, found.index));
    const piece = document.createElement("span");
    [piece.className] = Object.entries(found.groups).find(([, matched]) => matched !== undefined);
    piece.textContent = found[0];
    fragment.append(piece);
    end = found.index + found[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}
