import type { Page } from "@playwright/test";

import { made } from "../../fixtures/arranged.ts";
import { expect, test } from "../../fixtures/doorward.ts";
import { submitPassword } from "../../fixtures/person.ts";

const PASSWORD = "Corr3ct-horse-staple";

test("whoever is signed in chooses the account to go on with", async ({ page, doorward, relyingParty, expectAccessible }) => {
  const stamp = Date.now();
  const [first, second] = [`desk.one.${stamp}`, `desk.two.${stamp}`];
  for (const username of [first, second]) {
    const email = `${username}@example.com`;
    await made(doorward, "/users", { username, email, email_verified: true, password: PASSWORD });
  }
  const application = await made(doorward, "/applications", {
    handle: `chooser-${stamp}`,
    name: "Shared desk",
    client_type: "confidential",
    redirect_uris: [relyingParty.redirectUri],
    token_endpoint_auth_method: "client_secret_basic",
    flow: { steps: [{ options: ["password"] }], script: null },
  });
  await relyingParty.connect(doorward.url, { clientId: application.client_id, clientSecret: application.client_secret });
  const choose = `${relyingParty.url}?prompt=select_account`;

  await test.step("nobody is signed in yet, so there is nothing to choose from", async () => {
    await page.goto(choose);
    await enterPassword(page, first);
    await expectSignedIn(page, first);
  });

  await test.step("the page names who is signed in, and goes on with them without a password", async () => {
    await page.goto(choose);
    await expect(page.getByRole("heading", { name: "Choose an account" })).toBeVisible();
    await expect(page.getByText("to go on to Shared desk")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: new RegExp(first) }).click();
    await expectSignedIn(page, first);
  });

  await test.step("another account signs in in its place", async () => {
    await page.goto(choose);
    await page.getByRole("button", { name: "Use another account" }).click();
    await enterPassword(page, second);
    await expectSignedIn(page, second);
  });

  await test.step("the page names the new one alone", async () => {
    await page.goto(choose);
    await expect(page.getByRole("button", { name: new RegExp(second) })).toBeVisible();
    await expect(page.getByText(first)).toHaveCount(0);
  });

  await test.step("who cancels is sent back, and the application hears of it", async () => {
    await page.getByRole("button", { name: "Back to Shared desk" }).click();
    await page.waitForURL(/\/cb\?/);
    await expect.poll(() => relyingParty.outcomes.at(-1)?.error).toBe("access_denied");
  });

  async function expectSignedIn(person: Page, username: string): Promise<void> {
    await person.waitForURL(/\/cb\?/);
    await expect.poll(() => relyingParty.outcomes.at(-1)?.userinfo?.email).toBe(`${username}@example.com`);
  }
});

async function enterPassword(page: Page, username: string): Promise<void> {
  await submitPassword(page, username, PASSWORD);
}
