import { fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { test } from "../fixtures/doorward.ts";
for (let i = 0; i < 4; i++) test(`race${i}`, async ({ page, doorward }) => {
  const username = fresh("quick.click");
  await made(doorward, "/users", { username });
  await openConsole(page, doorward, "/console/users");
  await hydrated(page);
  await page.exposeFunction("said", (text: string) => console.log(i, text));
  await page.evaluate(() => {
    for (const name of ["pushState", "replaceState"] as const) {
      const was = history[name].bind(history);
      history[name] = (a: unknown, b: string, c?: string | URL | null) => { (globalThis as any).said(`${Math.round(performance.now())} ${name} ${c}`); was(a, b, c); };
    }
    document.addEventListener("click", () => (globalThis as any).said(`${Math.round(performance.now())} click`), true);
    document.addEventListener("keydown", (e) => (globalThis as any).said(`${Math.round(performance.now())} key ${e.key}`), true);
  });
  await page.getByRole("searchbox").fill(username);
  await page.getByRole("searchbox").press("Enter");
  await page.getByRole("link", { name: username }).click();
  await page.waitForTimeout(2500);
  console.log(i, "ends at", page.url(), await page.getByRole("heading", { level: 1 }).innerText());
});
test("discover without script", async ({ browser, doorward, upstream }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await openConsole(page, doorward, "/console/connections/new/oidc");
  await page.getByLabel("Issuer").fill(upstream.issuer);
  const before = page.url();
  await page.getByRole("button", { name: "Discover" }).click();
  await page.waitForTimeout(1500);
  console.log("discover", before === page.url(), await page.getByText("The provider answered").count(), await page.getByRole("button", { name: "Discover" }).evaluate((e) => e.outerHTML.slice(0, 90)).catch((e) => String(e).slice(0, 80)));
});
test("mailbox look", async ({ page, doorward }) => {
  await made(doorward, "/users", { username: "m", email: `m@example.com`, email_verified: true });
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [{ options: ["email_link", "connection:test-idp"] }], script: null } });
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Email address").fill(`m@example.com`);
  await page.getByRole("button", { name: "Email me a link" }).click();
  await page.setViewportSize({ width: 412, height: 600 });
  await page.goto(`${doorward.url}/demo-mailbox`);
  await page.screenshot({ path: "/tmp/mailbox.png" });
});
