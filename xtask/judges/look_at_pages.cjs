// Looks at web pages in headless Chromium: `node look_at_pages.cjs CHROMIUM FOLDER < looks.json`, where looks are
// [{"name", "url", "language", "press"}], `press` the values of the buttons that are pressed first. Each is
// looked at at 320 and 1280 pixels, light and dark; pictures go to FOLDER. Prints
// [{"name", "width", "scheme", "status", "heading", "violations", "passes", "overflow", "asked", "complaints"}]: what
// axe-core objects to, whether the page is wider than the window, what it asked for over the network, and what the
// browser complains of.
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [executablePath, folder] = process.argv.slice(2);
const looks = JSON.parse(fs.readFileSync(0, "utf8"));

setTimeout(() => {
  console.error("the pages were not looked at within 100 s");
  process.exit(1);
}, 100_000).unref();

async function look(browser, { name, url, language, press }, width, colorScheme) {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme,
    locale: language,
  });
  const page = await context.newPage();
  const asked = [];
  // What the page's own policy keeps out is told there.
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
  let answer = await page.goto(url);
  for (const button of press) {
    const pressed = page.waitForNavigation();
    await page.click(`button[value="${button}"]`);
    answer = await pressed;
  }
  const picture = path.join(folder, `${name}-${language}-${width}-${colorScheme}.png`);
  await page.screenshot({ path: picture, fullPage: true });
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run());
  const violations = found.violations.map(({ id, impact, help, nodes }) => ({
    id,
    impact,
    help,
    nodes: nodes.map(({ html }) => html),
  }));
  const seen = {
    name,
    width,
    scheme: colorScheme,
    status: answer.status(),
    heading: await page.textContent("h1"),
    violations,
    passes: found.passes.length,
    overflow: await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth),
    asked,
    complaints,
  };
  await context.close();
  return seen;
}

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const seen = [];
  for (const one of looks) {
    for (const width of [320, 1280]) {
      for (const scheme of ["light", "dark"]) {
        seen.push(await look(browser, one, width, scheme));
      }
    }
  }
  await browser.close();
  return seen;
}

main().then(
  (seen) => process.stdout.write(JSON.stringify(seen), () => process.exit(0)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
