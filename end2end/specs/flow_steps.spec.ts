import type { Page } from "@playwright/test";

import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };

test.beforeEach(async ({ page, doorward }) => {
  const steps = [FIRST, { options: ["totp"] }, { options: ["email_otp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
});

test("steps are put into another order by mouse", async ({ page, doorward, expectAccessible }) => {
  await page.getByRole("button", { name: "Move step 3 earlier" }).click();
  await expectSteps(page, "Code by email", "Authenticator app");
  await expect(page.getByRole("button", { name: "Move step 3 later" })).toHaveCount(0);
  await expectAccessible(page);
  await save(page);
  const { body } = await doorward.api("GET", "/applications/demo-app");
  expect(body.flow.steps).toEqual([FIRST, { options: ["email_otp"] }, { options: ["totp"] }]);
});

test("steps and ways to sign in are dragged to another place", async ({ page, doorward }) => {
  await page.locator("#step-2 .flow-step-head h2").dragTo(page.locator("#step-1"));
  await expectSteps(page, "Code by email", "Authenticator app");
  await page.locator("#option-0-1").dragTo(page.locator("#option-0-0"));
  await page.locator("#option-1-0").dragTo(page.locator("#step-2 .flow-step-head h2"));
  await expect(page.locator("#option-2-1")).toContainText("Code by email");
  await expect(page.locator("#option-2-1"), "the keyboard goes along").toBeFocused();
  await expect(page.getByText("Nobody passes a step without a way to pass it. Add one.")).toBeVisible();
  await page.getByRole("button", { name: "Remove step 2" }).click();
  await save(page);
  const { body } = await doorward.api("GET", "/applications/demo-app");
  const first = { options: [...FIRST.options].reverse() };
  expect(body.flow.steps).toEqual([first, { options: ["totp", "email_otp"] }]);
});

test("steps are put into another order by keyboard, which goes along with the step", async ({ page }) => {
  await page.getByRole("button", { name: "Move step 2 later" }).focus();
  await page.keyboard.press("Enter");
  await expectSteps(page, "Code by email", "Authenticator app");
  await expect(page.getByText(/^Step 2 stops people without/).first(), "the analysis is there").toBeVisible();
  await expect(page.getByRole("listitem", { name: "Step 3" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Move step 3 earlier" })).toBeFocused();
  await page.keyboard.press("Space");
  await expectSteps(page, "Authenticator app", "Code by email");
  await expect(page.getByRole("listitem", { name: "Step 2" })).toBeFocused();
});

test("steps stand in one column with what is below them", async ({ page }) => {
  const [add, below] = [await page.locator(".flow-add").boundingBox(), await page.getByRole("group", { name: "Findings" }).boundingBox()];
  expect(add!.x + add!.width).toBeLessThanOrEqual(below!.x + below!.width + 1);
});

test("everything on the tab ends at the page's right edge", async ({ page }) => {
  for (const width of [1280, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const head = await page.locator(".page-head").boundingBox();
    const parts = [page.getByRole("group", { name: "Findings" }), page.getByRole("region", { name: "Try it" })];
    for (const part of [...parts, page.getByRole("region", { name: "How it runs" })]) {
      const box = await part.boundingBox();
      expect(Math.round(box!.x + box!.width), `at ${width}`).toBe(Math.round(head!.x + head!.width));
    }
  }
});

test("the list of a step is searched", async ({ page, expectAccessible }) => {
  const step = page.getByRole("listitem", { name: "Step 2" });
  const search = step.getByRole("searchbox", { name: "Search ways to sign in for step 2" });
  await step.getByText("Add a way to sign in", { exact: true }).click();
  await expect(step.getByRole("button", { name: /^Passkey/ })).toBeVisible();
  await expect(search).toBeFocused();
  await search.fill("BACKUP");
  await expect(step.getByRole("button", { name: /^Passkey/ })).toHaveCount(0);
  await expectAccessible(page);

  await search.fill("nothing like it");
  await expect(step.getByText("Nothing is called that")).toBeVisible();
  await search.press("Enter");
  await expect(step.getByText("Nothing is called that"), "Enter sends nothing").toBeVisible();
  await search.press("Escape");
  await expect(search).toBeHidden();
  await expect(step.getByText("Add a way to sign in", { exact: true })).toBeFocused();

  await step.getByText("Add a way to sign in", { exact: true }).click();
  await search.fill("backup");
  await step.getByRole("button", { name: /^Backup code/ }).click();
  await expect(step.getByRole("button", { name: "Remove Backup code from step 2" })).toBeVisible();
});

test("a rule that refuses is explained in words", async ({ page, doorward }) => {
  await test.step("what confirms somebody stands in a later step, and no tick saves it in the first", async () => {
    const step = page.getByRole("listitem", { name: "Step 1" });
    await step.getByText("Add a way to sign in", { exact: true }).click();
    await step.getByRole("button", { name: /^Authenticator app/ }).click();
    await expect(page.getByText("Step 1 asks for a second factor before anybody is known")).toBeVisible();
    const way = page.getByText("An authenticator app confirms somebody who is known by then. Move it to a later step.");
    await expect(way).toBeVisible();
    await expect(page.getByRole("checkbox", { name: /Save all the same/ })).toHaveCount(0);
    await step.getByRole("button", { name: "Remove Authenticator app from step 1" }).click();
    await expect(way).toHaveCount(0);
  });

  await test.step("backup codes stand in for something", async () => {
    const step = page.getByRole("listitem", { name: "Step 2" });
    await step.getByText("Add a way to sign in", { exact: true }).click();
    await step.getByRole("button", { name: /^Backup code/ }).click();
    await step.getByRole("button", { name: "Remove Authenticator app from step 2" }).click();
    await expect(step.getByText("Backup codes stand in for another second factor.")).toBeVisible();
  });

  await test.step("a step without a way in says so, and is not saved", async () => {
    const step = page.getByRole("listitem", { name: "Step 3" });
    await step.getByRole("button", { name: "Remove Code by email from step 3" }).click();
    await expect(step.getByText("Nobody passes a step without a way to pass it. Add one.")).toBeVisible();
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("alert").first()).toContainText("Step 3 has no way to pass it: add one, or remove the step.");
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.flow.steps).toHaveLength(3);
  });
});

/** The ways in of the second and the third step. */
async function expectSteps(page: Page, second: string, third: string): Promise<void> {
  await expect(page.getByRole("listitem", { name: "Step 2" })).toContainText(second);
  await expect(page.getByRole("listitem", { name: "Step 3" })).toContainText(third);
}

test("another application's flow opens in the place of one", async ({ page }) => {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("demo payroll");
  await page.getByRole("option", { name: /Demo payroll.*flow/i }).first().click();
  await expect(page).toHaveURL(/demo-payroll\/flow$/);
  await expect(page.getByRole("heading", { level: 1, name: "Demo payroll" })).toBeVisible();
  await expect(page.getByRole("listitem", { name: "Step 2" })).toContainText("Authenticator app");
});
