import type { Page } from "@playwright/test";

import { connect, fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { codeOf, enterPassword, PASSWORD, setUpApp } from "../fixtures/person.ts";
import type { DoorwardServer } from "../fixtures/server.ts";

/** An administrator with an authenticator app, in the console by the password alone. Returns the app's key. */
async function comeIn(page: Page, doorward: DoorwardServer, path: string): Promise<string> {
  const username = fresh("careful.chief");
  await made(doorward, "/users", { username, password: PASSWORD, role: "administrator" });
  await enterPassword(page, `${doorward.url}/account`, username);
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const { key } = await setUpApp(page);
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

test("S48: of several forms, the one that was refused gets the keyboard, each time", async ({ page, doorward }) => {
  const clerk = await made(doorward, "/users", { username: fresh("two.forms"), password: PASSWORD });
  await comeIn(page, doorward, `/console/users/${clerk.id}/settings`);
  await hydrated(page);
  await page.getByRole("button", { name: "Update" }).click();
  const first = page.locator("form", { has: page.getByRole("button", { name: "Update" }) }).getByRole("alert");
  await expect(first).toBeFocused();
  await page.getByRole("button", { name: "Set the role" }).click();
  const second = page.locator("form", { has: page.getByRole("button", { name: "Set the role" }) }).getByRole("alert");
  await expect(second).toBeFocused();
  await page.getByRole("button", { name: "Update" }).click();
  await expect(first).toBeFocused();
});

test("S48: one proof is good for every form, and no refusal stays that it answers", async ({ page, doorward }) => {
  const clerk = await made(doorward, "/users", { username: fresh("one.proof"), password: PASSWORD });
  const key = await comeIn(page, doorward, `/console/users/${clerk.id}/settings`);
  await hydrated(page);
  const refusals = page.getByRole("alert").filter({ hasText: "Show it, then do this once more." });
  await page.getByRole("button", { name: "Update" }).click();
  await expect(refusals).toHaveCount(1);
  await page.getByRole("button", { name: "Set the role" }).click();
  await expect(refusals).toHaveCount(2);
  // A browser under test believes that it is in front all the time.
  const comeBack = (): Promise<boolean> => page.evaluate(() => window.dispatchEvent(new FocusEvent("focus")));
  const asked = page.waitForResponse(/session\/proof/);
  await comeBack();
  await asked;
  await expect(refusals, "nothing is shown yet").toHaveCount(2);

  const opens = page.context().waitForEvent("page");
  await refusals.first().getByRole("link", { name: "Show that it is you, in another tab" }).click();
  const tab = await opens;
  await tab.getByLabel("Six-digit code").fill(codeOf(key, "now + 30 seconds"));
  await tab.getByRole("button", { name: "Confirm" }).click();
  await expect(tab.getByRole("heading", { name: "That is done" })).toBeVisible();
  await tab.close();
  await save(page);
  await expect(refusals).toHaveCount(0);
});

test("S48: whoever is signed out meanwhile signs in elsewhere, and nothing typed is lost", async ({ page, doorward }) => {
  const clerk = await made(doorward, "/users", { username: fresh("signed.out"), password: PASSWORD });
  await comeIn(page, doorward, `/console/users/${clerk.id}/settings`);
  await hydrated(page);
  const wanted = fresh("kept.name");
  await page.getByLabel("Username", { exact: true }).fill(wanted);
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Update" }).click();
  const link = page.getByRole("alert").getByRole("link", { name: "Sign in, in another tab" });
  const opens = page.context().waitForEvent("page");
  await link.click();
  const tab = await opens;
  await expect(tab.getByLabel(/Username/)).toBeVisible();
  await tab.close();
  await expect(page.getByLabel("Username", { exact: true })).toHaveValue(wanted);
});

test("the word that confirms a deletion is the name the account has now", async ({ page, doorward }) => {
  const clerk = await made(doorward, "/users", { username: fresh("old.name"), password: PASSWORD });
  await openConsole(page, doorward, `/console/users/${clerk.id}/settings`);
  await hydrated(page);
  const wanted = fresh("now.name");
  await page.getByLabel("Username", { exact: true }).fill(wanted);
  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" }).first()).toBeVisible();
  await page.getByText("Delete this account", { exact: true }).click();
  await expect(page.getByLabel(`Type ${wanted} to confirm`)).toBeVisible();
});

test.describe("without it, a refusal comes into view", () => {
  test.use({ javaScriptEnabled: false });

  test("S48: in the part that deletes an account, open, with the word in it", async ({ page, doorward }) => {
    const username = fresh("to.be.deleted");
    const email = `${username}@example.com`;
    const clerk = await made(doorward, "/users", { username, email, email_verified: true, password: PASSWORD });
    const key = await comeIn(page, doorward, `/console/users/${clerk.id}/settings`);
    const verified = page.getByRole("checkbox", { name: "The address is verified" });
    await expect(verified).toBeChecked();
    await page.getByText("Delete this account", { exact: true }).click();
    const word = page.getByLabel(`Type ${username} to confirm`);
    await word.fill(username);
    await page.locator("form button").filter({ hasText: /^Delete/ }).click();
    const refusal = page.getByRole("alert").filter({ hasText: "Show it, then do this once more." });
    await expect(refusal).toHaveCount(1);
    await expect(refusal).toBeInViewport();
    await expect(word).toHaveValue(username);
    await expect(verified, "a box of another form stays as it is saved").toBeChecked();

    await prove(page, key);
    await page.locator("form button").filter({ hasText: /^Delete/ }).click();
    await expect(page).toHaveURL(/\/console\/users(\?|#|$)/);
    expect((await doorward.api("GET", `/users/${clerk.id}`)).status).toBe(404);
  });

  test("S48: above the attribute mappings, and each row is as it was sent", async ({ page, doorward, upstream }) => {
    const handle = fresh("mapped");
    await connect(doorward, upstream, handle);
    const key = await comeIn(page, doorward, `/console/connections/${handle}/attributes`);
    const rows = page.getByRole("row").filter({ has: page.getByRole("checkbox") });
    const last = rows.last();
    await rows.first().getByRole("textbox", { name: /^Claim of the provider/ }).fill("mail, email");
    await last.getByRole("textbox", { name: /^Claim of the provider/ }).fill("dept");
    await last.getByRole("textbox", { name: /^Our attribute/ }).fill("department");
    await last.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Show it, then do this once more." })).toBeInViewport();
    await expect(rows.first().getByRole("textbox", { name: /^Claim of the provider/ })).toHaveValue("mail, email");
    await expect(last.getByRole("textbox", { name: /^Claim of the provider/ })).toHaveValue("dept");
    await expect(last.getByRole("textbox", { name: /^Our attribute/ })).toHaveValue("department");
    await expect(last.getByRole("checkbox")).toBeChecked();

    await prove(page, key);
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved" }).first()).toBeVisible();
    const { body } = await doorward.api("GET", `/connections/${handle}`);
    expect(body.attributes).toContainEqual(expect.objectContaining({ to: "department", required: true }));
  });
});
