import { openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { goToTestIdp } from "../fixtures/demo.ts";

/** Every page of the console on the example data. */
const PAGES = [
  "/console",
  "/console/connections",
  "/console/connections/new",
  "/console/connections/new/oidc",
  "/console/connections/test-idp",
  "/console/connections/test-idp/settings",
  "/console/connections/test-idp/attributes",
  "/console/connections/test-idp/advanced",
  "/console/connections/test-idp/apps",
  "/console/connections/test-idp/attempts",
  "/console/applications",
  "/console/applications/new",
  "/console/applications/demo-app",
  "/console/applications/demo-app/protocol",
  "/console/applications/demo-app/flow",
  "/console/applications/demo-app/flow/versions",
  "/console/applications/demo-app/flow/versions/1",
  "/console/users",
  "/console/users/new",
  "/console/users/payroll.clerk",
  "/console/users/payroll.clerk/settings",
  "/console/attempts",
  "/console/audit",
  "/console/nowhere",
];

test("the console's pages are accessible, fit the screen and keep the browser silent", async ({
  page,
  doorward,
  expectAccessible,
}, info) => {
  test.setTimeout(300_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  await openConsole(page, doorward);
  for (const path of PAGES) {
    await test.step(path, async () => {
      await page.goto(`${doorward.url}${path}`);
      await page.waitForLoadState("networkidle");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.screenshot({ path: info.outputPath(`${path.slice(1).replaceAll("/", "_")}.png`), fullPage: true });
      await expectAccessible(page);
      expect(await overflow(page), `${path} scrolls sideways`).toBeLessThanOrEqual(0);
    });
  }
  const wanted = complaints.filter((text) => !/nowhere.*404/.test(text));
  expect(wanted).toEqual([]);
});

test("the hosted pages are accessible and fit the screen", async ({ page, doorward, expectAccessible }, info) => {
  const look = async (name: string): Promise<void> => {
    await page.screenshot({ path: info.outputPath(`${name}.png`), fullPage: true });
    await expectAccessible(page);
    expect(await overflow(page), `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  };
  await page.goto(`${doorward.url}/demo-app`);
  await look("demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await look("sign-in");
  await page.getByLabel("Username or email address").fill("payroll.clerk");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The username or the password is not right")).toBeVisible();
  await look("wrong-password");
  await goToTestIdp(page, doorward);
  await look("test-idp");
  await page.getByRole("button", { name: "Denies" }).click();
  await look("denied");
  await page.goto(`${doorward.url}/signin/unknown`);
  await look("expired");
  await page.goto(`${doorward.url}/oauth2/authorize?client_id=nobody`);
  await look("unknown-application");
  await page.goto(`${doorward.url}/signed-out`);
  await look("signed-out");
});

/** How far the page reaches beyond the screen, in CSS pixels. */
function overflow(page: import("@playwright/test").Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
