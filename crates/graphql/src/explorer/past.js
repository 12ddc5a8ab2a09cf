// What was run before, kept in the browser: queries and variables, never credentials and never answers.

const KEY = "laurel.history";
const MOST = 50;

export function past() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

/** Puts a run first; the same query with the same variables is one run. */
export function remember(run) {
  const others = past().filter(({ query, variables }) => query !== run.query || variables !== run.variables);
  keep([run, ...others].slice(0, MOST));
}

export function forget() {
  keep([]);
}

function keep(runs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(runs));
  } catch {
    // A browser that keeps nothing still runs queries.
  }
}
