// Validates HTML documents with the package html-validate: `node validate_html.cjs FILE...` prints one line a fault.
// Mails are written for readers that know neither style sheets nor modern tables, so what those need is allowed.
const { HtmlValidate, FileSystemConfigLoader } = require("html-validate");

const loader = new FileSystemConfigLoader({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    "no-inline-style": "off",
    "no-deprecated-attr": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
  },
});

async function main() {
  const validator = new HtmlValidate(loader);
  for (const file of process.argv.slice(2)) {
    const report = await validator.validateFile(file);
    for (const { messages } of report.results) {
      for (const { ruleId, message, line } of messages) {
        console.log(`${file}:${line}: ${ruleId}: ${message}`);
      }
    }
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
