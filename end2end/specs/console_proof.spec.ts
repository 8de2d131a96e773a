import type { Page } from "@playwright/test";

import { fresh, made } from "../fixtures/arranged.ts";
import { hydrated } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { codeOf, enterPassword, PASSWORD, setUpApp } from "../fixtures/person.ts";
import type { DoorwardServer } from "../fixtures/server.ts";

/** An administrator with an authenticator app, in the console by the password alone. Returns the app's key. */
async function comeIn(page: Page, doorward: DoorwardServer, path: string): Promise<string> {
  const username = fresh("careful.chief");
  await made(doorward, "/users", { username, password: PASSWORD, role: "administrator" });
  await enterPassword(page, `${doorward.url}/account`, username);
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const key = await setUpApp(page);
  await expect(page.getByRole("status")).toHaveText("Your authenticator app is set up.");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await enterPassword(page, `${doorward.url}${path}`, username);
  return key;
}

/** Follows the refusal's link into another tab and shows who they are. */
async function prove(page: Page, key: string): Promise<void> {
  const refusal = page.getByRole("alert").filter({ hasText: "Show it, then do this once more." });
  const opens = page.context().waitForEvent("page");
  await refusal.getByRole("link", { name: "Show that it is you, in another tab" }).click();
  const tab = await opens;
  await tab.getByLabel("Six-digit code").fill(codeOf(key, "now + 30 seconds"));
  await tab.getByRole("button", { name: "Confirm" }).click();
  await expect(tab.getByRole("heading", { name: "That is done" })).toBeVisible();
  await tab.close();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with the browser's code" : "without it", () => {
    test.use({ javaScriptEnabled });

    test("S48: a change that decides who gets in wants a fresh proof, and nothing typed is lost", async ({ page, doorward, expectAccessible }) => {
      const clerk = await made(doorward, "/users", { username: fresh("renamed.clerk"), password: PASSWORD });
      const key = await comeIn(page, doorward, `/console/users/${clerk.id}/settings`);
      if (javaScriptEnabled) await hydrated(page);
      const wanted = fresh("new.name");
      await page.getByLabel("Username", { exact: true }).fill(wanted);
      await page.getByRole("button", { name: "Update" }).click();
      await expect(page.getByRole("alert")).toContainText("It has been a while since you showed that it is you.");
      if (javaScriptEnabled) await expectAccessible(page);
      await expect(page.getByLabel("Username", { exact: true })).toHaveValue(wanted);
      const before = await doorward.api("GET", `/users/${clerk.id}`);
      expect(before.body.username, "nothing is saved").not.toBe(wanted);

      await prove(page, key);
      await expect(page.getByLabel("Username", { exact: true })).toHaveValue(wanted);
      await page.getByRole("button", { name: "Update" }).click();
      await expect(page.getByRole("status").filter({ hasText: "Saved" }).first()).toBeVisible();
      const after = await doorward.api("GET", `/users/${clerk.id}`);
      expect(after.body.username).toBe(wanted);
    });
  });
}
