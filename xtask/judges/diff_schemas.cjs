// Compares two schemas with GraphQL Inspector: `node diff_schemas.cjs OLD NEW` prints what breaks a client that was
// written for the old one, as a JSON list. What was deprecated may go.
const fs = require("node:fs");
const { buildSchema } = require("graphql");
const { CriticalityLevel, DiffRule, diff } = require("@graphql-inspector/core");

const [before, after] = process.argv.slice(2).map((file) => buildSchema(fs.readFileSync(file, "utf8")));

diff(before, after, [DiffRule.suppressRemovalOfDeprecatedField]).then(
  (changes) => {
    const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);
    process.stdout.write(JSON.stringify(breaking.map((change) => change.message)));
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
