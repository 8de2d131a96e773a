import type { Locator, Page } from "@playwright/test";

import { fresh, made, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { claim } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { enter, follow, reach } from "../fixtures/keyboard.ts";
import { codeOf } from "../fixtures/person.ts";

test("the keyboard alone does the story", async ({ page, doorward, browser }) => {
  await page.goto(`${doorward.url}/console`);
  await enter(page, doorward.adminEmail, doorward.adminPassword);
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

test("the skip link leads over the navigation to the content", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections");
  await hydrated(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  const isInside = () => page.getByRole("main").evaluate((main) => main !== document.activeElement && main.contains(document.activeElement));
  expect(await isInside()).toBe(true);
});

test("the keyboard alone passes a second step and takes it away again", async ({ page, doorward, relyingParty, browser }) => {
  const stem = fresh("quiet.typist");
  const username = `${stem}-a`;
  const password = "Corr3ct-horse-staple";
  await made(doorward, "/users", { username, password });
  // Until the whole name is typed, the list shows two of them.
  await made(doorward, "/users", { username: `${stem}-b` });
  await offer(doorward, relyingParty, { steps: [{ options: ["password"] }, { options: ["totp"] }] });
  const person = await (await browser.newContext()).newPage();

  await test.step("the person sets up an app", async () => {
    await person.goto(relyingParty.url);
    await enter(person, username, password);
    const key = (await person.locator("code.key").textContent()) ?? "";
    const code = codeOf(key.replaceAll(" ", ""), "now");
    await reach(person, person.getByLabel("Six-digit code"));
    await person.keyboard.type(code.trim());
    await follow(person, person.getByRole("button", { name: "Confirm" }));
    await person.waitForURL(/\/cb\?/);
    expect(relyingParty.outcomes.at(-1)?.claims?.amr).toContain("otp");
  });

  await test.step("the administrator finds them and resets it", async () => {
    await page.goto(`${doorward.url}/console/users`);
    await enter(page, doorward.adminEmail, doorward.adminPassword);
    await hydrated(page);
    await reach(page, page.getByRole("searchbox"));
    await page.keyboard.type(username);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("row")).toHaveCount(2);
    await follow(page, page.getByRole("link", { name: username }));
    await expect(page.getByRole("heading", { name: username, level: 1 })).toBeVisible();
    const factor = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Authenticator app" }) });
    await follow(page, factor.getByText("Reset", { exact: true }));
    await follow(page, factor.getByRole("button", { name: "Reset now" }));
    await expect(factor).toHaveCount(0);
    expect((await doorward.api("GET", `/users/${username}`)).body.factors).toEqual([]);
  });

  await test.step("the person is asked to set one up again", async () => {
    await person.goto(relyingParty.url);
    await enter(person, username, password);
    await expect(person.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
  });
  await person.context().close();
});

/** Turns the box over and presses *Update*. */
async function update(page: Page, box: Locator): Promise<void> {
  await reach(page, box);
  await page.keyboard.press("Space");
  await follow(page, page.getByRole("button", { name: /^Update/ }));
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
}
