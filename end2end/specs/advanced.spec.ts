import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const ADVANCED = "/console/connections/test-idp/advanced";
const FIRST = { options: ["password", "connection:test-idp"] };
const KEEP = "Keep second factors without a profile";
const SWITCH = "Just-in-Time (JIT) User Provisioning";

test.beforeEach(async ({ page, doorward }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false }, factors_without_account: true });
  const { body } = await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["totp"] }], script: null } });
  expect(body.findings).toEqual([]);
  await openConsole(page, doorward, ADVANCED);
  await hydrated(page);
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true }, factors_without_account: false });
});

test("whatever stops people is told with names before it is saved, and not only the switch", async ({ page, doorward, expectAccessible }) => {
  const stops = page.getByText("1 application will refuse people from Test IdP", { exact: true });
  await page.getByRole("checkbox", { name: KEEP }).uncheck();
  await expect(stops).toBeVisible();
  await expect(page.getByRole("link", { name: "Change the sign-in flow of Demo application first" })).toBeVisible();
  await expectAccessible(page);

  await test.step("put back, it says nothing", async () => {
    await page.getByRole("checkbox", { name: KEEP }).check();
    await expect(stops).toHaveCount(0);
  });

  await test.step("with the switch moved too, nobody is stopped", async () => {
    await page.getByRole("checkbox", { name: SWITCH }).check();
    await page.getByRole("checkbox", { name: KEEP }).uncheck();
    await expect(page.getByText("What switching it on changes")).toBeVisible();
    await expect(stops).toHaveCount(0);
    await page.getByRole("button", { name: "Discard" }).click();
    await expect(page.getByText("What switching it on changes")).toBeHidden();
  });

  await test.step("not confirmed, it is not saved; confirmed, it is", async () => {
    await page.getByRole("checkbox", { name: KEEP }).uncheck();
    await expect(stops).toBeVisible();
    const confirm = page.getByRole("checkbox", { name: "I know that 1 application will refuse people from Test IdP" });
    await page.getByRole("button", { name: "Update, 1 application will refuse people from Test IdP" }).click();
    await expect(confirm).toBeFocused();
    await expect(confirm).toHaveAccessibleDescription("Nothing is saved yet. Tick this box, then save again.");
    await expect(confirm).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole("alert"), "nothing was sent").toHaveCount(0);
    const [label, bar] = [await page.getByText("I know that 1 application").boundingBox(), await page.locator(".savebar").boundingBox()];
    expect(label!.y + label!.height, "the bar does not cover it").toBeLessThanOrEqual(bar!.y);
    expect((await doorward.api("GET", "/connections/test-idp")).body.factors_without_account).toBe(true);
    await confirm.check();
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved" }), "in sight where the bar was").toBeInViewport();
    await expect(page.locator(".savebar"), "then nothing floats any more").toHaveCount(0, { timeout: 10_000 });
    await expect(stops).toHaveCount(0);
    expect((await doorward.api("GET", "/connections/test-idp")).body.factors_without_account).toBe(false);
    await expect(page.getByRole("button", { name: "Update", exact: true })).toBeVisible();
  });

  await test.step("whom it stops is told from then on, whatever is changed", async () => {
    const now = page.getByText("1 application refuses people from Test IdP now", { exact: true });
    await expect(now).toBeVisible();
    await page.reload();
    await hydrated(page);
    await expect(now).toBeVisible();
    await expect(page.getByText("where its sign-in flow needs no account")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Repair it in the sign-in flow of Demo application" }).click();
    await expect(page).toHaveURL(`${doorward.url}/console/applications/demo-app/flow#findings`);
    await expect(page.getByRole("group", { name: "Findings" })).toBeInViewport();
  });
});
