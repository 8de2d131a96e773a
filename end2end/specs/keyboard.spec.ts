import type { Locator, Page } from "@playwright/test";

import { claim } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";

/** More stops than any page has before its main controls. */
const MAX_STOPS = 80;

test("the keyboard alone does the story", async ({ page, doorward, browser }) => {
  await page.goto(`${doorward.url}/console`);
  await reach(page, page.getByLabel("Username or email address"));
  await page.keyboard.type(doorward.adminEmail);
  await reach(page, page.getByLabel("Password"));
  await page.keyboard.type(doorward.adminPassword);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

  await follow(page, page.getByRole("link", { name: "Connections" }).first());
  await expect(page.getByRole("heading", { name: "Connections" })).toBeVisible();
  await follow(page, page.getByRole("link", { name: "Test IdP" }).first());
  await expect(page.getByRole("heading", { name: "Test IdP" })).toBeVisible();
  await follow(page, page.getByRole("link", { name: "Advanced" }));

  const jit = page.getByRole("checkbox", { name: "Just-in-Time (JIT) User Provisioning" });
  await expect(jit).toBeChecked();
  await update(page, jit);
  expect((await doorward.api("GET", "/connections/test-idp")).body.jit.enabled).toBe(false);
  await update(page, jit);
  expect((await doorward.api("GET", "/connections/test-idp")).body.jit.enabled).toBe(true);

  const outside = await browser.newContext();
  const person = await outside.newPage();
  await person.goto(`${doorward.url}/demo-app`);
  await follow(person, person.getByRole("button", { name: "Sign in" }));
  await follow(person, person.getByRole("button", { name: "Continue with Test IdP" }));
  await reach(person, person.getByLabel("Name", { exact: true }));
  await person.keyboard.type("keyboard.player");
  await person.keyboard.press("Enter");
  await expect(person.getByText("You are signed in as")).toBeVisible();
  expect(await claim(person, "email")).toBe("keyboard.player@example.com");
  await outside.close();
});

/** Turns the box over and presses *Update*. */
async function update(page: Page, box: Locator): Promise<void> {
  await reach(page, box);
  await page.keyboard.press("Space");
  await follow(page, page.getByRole("button", { name: /^Update/ }));
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
}

/** Goes to a link or button and presses it. */
async function follow(page: Page, target: Locator): Promise<void> {
  await reach(page, target);
  await page.keyboard.press("Enter");
}

/** Presses Tab until the focus is there; where it stands it must be seen. */
async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MAX_STOPS; stop += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expect(target, "the focus shows").not.toHaveCSS("outline-style", "none");
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${target}`);
}
