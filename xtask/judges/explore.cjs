// Uses the explorer as people do, in headless Chromium: `node explore.cjs URL KEY FOLDER` prints
// {"faults": [...], "ran": {...}} and writes pictures into FOLDER. What axe-core calls serious is a fault; so is anything
// that the page's policy has stopped, that the browser complains of, or that goes to another server.
const path = require("node:path");
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const [url, key, folder] = process.argv.slice(2);
const faults = [];
const ran = {};

setTimeout(() => fail(new Error("it did not end within 100 s")), 100_000).unref();
main().then(
  () => process.stdout.write(JSON.stringify({ faults, ran }), () => process.exit(0)),
  fail,
);

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.LAUREL_TEST_CHROMIUM,
    args: ["--no-sandbox"],
  });
  for (const colorScheme of ["light", "dark"]) await look(browser, colorScheme);
  await byKeyboard(browser);
  await narrow(browser);
  await browser.close();
}

/** A page whose complaints are faults. */
async function open(browser, options) {
  // Without motion: nothing is judged while it is on its way from one colour to another.
  const still = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" };
  const context = await browser.newContext({ ...still, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(`an error of the page: ${error.message}`));
  page.on("console", (message) => {
    // The browser says of every answer with an error's status that it had one.
    const known = message.text().startsWith("Failed to load resource") && !message.text().includes("ERR_");
    if (message.type() === "error" && !known) faults.push(`the browser complains: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) faults.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

async function look(browser, colorScheme) {
  const page = await open(browser, { colorScheme });
  const picture = (name) => page.screenshot({ path: path.join(folder, `${colorScheme}-${name}.png`) });
  await judge(page, `${colorScheme}: at first`);
  await picture("first");

  await page.fill("#key", key);
  const samples = page.locator("#pane-samples button");
  for (let number = 0; number < (await samples.count()); number += 1) {
    const name = await samples.nth(number).locator("b").innerText();
    await samples.nth(number).click();
    ran[name] = await run(page);
    if (number === 0) {
      await judge(page, `${colorScheme}: an answer`);
      await picture("answer");
    }
  }

  await page.getByLabel("Query", { exact: true }).fill("{ nothing }");
  ran["What is none"] = await run(page);
  await page.locator("#tab-history").click();
  await judge(page, `${colorScheme}: history`);
  await picture("history");

  await page.locator("#tab-schema").click();
  await page.locator("#pane-schema").getByRole("button", { name: "Query", exact: true }).click();
  await page.locator("#pane-schema").getByRole("heading", { name: "Query" }).waitFor();
  await judge(page, `${colorScheme}: schema`);
  await picture("schema");
  await page.locator(".search").fill("balance");
  await judge(page, `${colorScheme}: search`);
  ran["Found in the schema"] = await page.locator("#pane-schema li").count();

  await page.locator("#theme").click();
  await page.locator("#theme").click();
  await judge(page, `${colorScheme}: dark by choice`);
  await page.context().close();
}

/** Runs what is in the editor and says what came of it. */
async function run(page) {
  await page.locator("#run").click();
  const text = await page.locator("#query textarea").inputValue();
  if (/^\s*subscription/m.test(text)) {
    await page.getByText("Listening").waitFor();
    await page.keyboard.press("Escape");
    return "listening";
  }
  await page.locator("#status").filter({ hasText: " ms" }).waitFor();
  const answer = JSON.parse(await page.locator("#result").innerText());
  const status = (await page.locator("#status").innerText()).slice(0, 3);
  return answer.errors ? `${status} ${answer.errors[0].extensions?.code}` : status;
}

/** A query and a subscription without a mouse. */
async function byKeyboard(browser) {
  const page = await open(browser, {});
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.id);
  const reach = async (name) => {
    for (let tabs = 0; tabs < 40; tabs += 1) {
      if ((await focused()) === name) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`${name} is not reached by keyboard`);
  };
  await reach("key");
  await page.keyboard.type(key);
  await reach("Query");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("query Keys($id: ID!) {\ncustomer(id: $id) {\nname\n}\n}");
  ran["As it was indented"] = await page.locator("#query textarea").inputValue();
  await reach("Variables, as JSON");
  await page.keyboard.press("Control+A");
  await page.keyboard.type('{ "id": "ana-0042" }');
  await page.keyboard.press("Control+Enter");
  await page.locator("#status").filter({ hasText: " ms" }).waitFor();
  ran["By keyboard"] = JSON.parse(await page.locator("#result").innerText()).data?.customer?.name;

  await page.keyboard.press("Control+K");
  await page.waitForFunction(() => document.activeElement.classList.contains("search"));
  await page.keyboard.type("tierChanged");
  await page.locator("#pane-schema li").first().waitFor();

  await page.getByLabel("Query", { exact: true }).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("subscription { historyEntryAdded(after: \"ZjAlswNzh3MfD0\") { node { kind } } }");
  await page.keyboard.press("Control+Enter");
  await page.locator("#result").getByText("CUSTOMER_ACCUMULATION").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Stopped").waitFor();
  ran["Followed by keyboard"] = "told";

  await page.reload();
  ran["After a reload"] = await page.locator("#query textarea").inputValue();
  await page.context().close();
}

/** On a telephone. */
async function narrow(browser) {
  const page = await open(browser, { viewport: { width: 390, height: 844 } });
  await judge(page, "narrow");
  await page.screenshot({ path: path.join(folder, "narrow.png"), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (wide) faults.push("narrow: the page is wider than its window");
  await page.context().close();
}

async function judge(page, where) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const { id, impact, nodes } of violations) {
    if (!["serious", "critical"].includes(impact)) continue;
    const found = nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`);
    faults.push(`${where}: ${id} (${impact}): ${found.slice(0, 4).join("; ")}`);
  }
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
