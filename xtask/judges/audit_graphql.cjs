// Audits a server's GraphQL over HTTP with the package graphql-http, which was written by the authors of
// the specification's reference: `node audit_graphql.cjs URL KEY` prints {"version", "audits": [...]}.
const fs = require("node:fs");
const path = require("node:path");
const { auditServer } = require("graphql-http");

const [url, key] = process.argv.slice(2);
const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, authorization: `Bearer ${key}` } });

setTimeout(() => {
  console.error("the audits did not end within 30 s");
  process.exit(1);
}, 30_000);

auditServer({ url, fetchFn }).then(
  (results) => {
    const manifest = path.join(process.env.NODE_PATH, "graphql-http", "package.json");
    const { version } = JSON.parse(fs.readFileSync(manifest, "utf8"));
    const audits = results.map(({ id, name, status, reason }) => ({ id, name, status, reason }));
    process.stdout.write(JSON.stringify({ version, audits }), () => process.exit(0));
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
