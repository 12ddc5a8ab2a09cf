// Looks at web pages and mails in headless Chromium: `node look_at_pages.cjs CHROMIUM FOLDER < looks.json`, where looks are
// [{"name", "url", "language", "press", "widths", "images"}], `press` the values of the buttons that are pressed first,
// `images` "shown" or "kept back" where pictures from elsewhere are asked for: nothing is, a drawing stands in. Each is
// looked at at 320 and 1280 pixels, or at its own widths, light and dark; pictures go to FOLDER. Prints
// [{"name", "width", "scheme", "status", "heading", "violations", "passes", "overflow", "asked", "complaints", "images"}]:
// what axe-core objects to, whether the page is wider than the window, what it asked for over the network, what the
// browser complains of, and for each image its text, whether it is there, and the size of its box.
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [executablePath, folder] = process.argv.slice(2);
const looks = JSON.parse(fs.readFileSync(0, "utf8"));

setTimeout(() => {
  console.error("the pages were not looked at within 280 s");
  process.exit(1);
}, 280_000).unref();

const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" width="280" height="80"><rect width="280" height="80" rx="16" fill="#b3261e"/></svg>';

async function look(browser, { name, url, language, press, images }, width, colorScheme) {
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
  if (images) {
    await page.route(/^https?:/, (route) =>
      images === "shown"
        ? route.fulfill({ contentType: "image/svg+xml", body: DRAWING })
        : route.abort(),
    );
  }
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
    status: answer?.status(),
    heading: await page.textContent("h1"),
    violations,
    passes: found.passes.length,
    overflow: await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth),
    asked,
    complaints,
    images: await page.evaluate(() =>
      [...document.images].map(({ alt, naturalWidth, width, height }) => ({
        alt,
        there: naturalWidth > 0,
        width,
        height,
      })),
    ),
  };
  await context.close();
  return seen;
}

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const seen = [];
  for (const one of looks) {
    for (const width of one.widths ?? [320, 1280]) {
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
