import type { Page } from "@playwright/test";

import { connect, fresh, made, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { withDevice } from "../fixtures/passkey.ts";
import { enterPassword, newPerson, PASSWORD, setUpApp } from "../fixtures/person.ts";

// What a person signs in with, taken away by an administrator.

test("an app and a passkey are taken away one by one", async ({ page, doorward, relyingParty, browser, expectAccessible }) => {
  const username = fresh("vault.keeper");
  const { id } = await made(doorward, "/users", { username, password: PASSWORD });
  await offer(doorward, relyingParty, { steps: [{ options: ["password"] }, { options: ["totp"] }, { options: ["passkey"] }] });
  const person = await newPerson(browser);
  await withDevice(person);

  await test.step("the person sets up both", async () => {
    await enterPassword(person, relyingParty.url, username);
    await setUpApp(person);
    await person.getByLabel("Name of the passkey").fill("Strong room laptop");
    await person.getByRole("button", { name: "Set up a passkey" }).click();
    await person.waitForURL(/\/cb\?/);
  });

  await openConsole(page, doorward, `/console/users/${id}`);
  await hydrated(page);
  const row = (name: string) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name }) });
  const app = row("Authenticator app");
  const passkey = row("Strong room laptop");
  await expect(passkey.getByTitle("Strong room laptop", { exact: true }), "cut where it does not fit").toBeVisible();

  await test.step("the passkey is removed, and the app stays", async () => {
    await passkey.getByText("Remove", { exact: true }).click();
    await expect(passkey.getByText("Nobody signs in with this passkey any more")).toBeVisible();
    await expectAccessible(page);
    await passkey.getByRole("button", { name: "Remove now" }).click();
    await expect(passkey).toHaveCount(0);
    await expect(app).toBeVisible();
    await expect(page.getByText("Signed in nowhere now.")).toBeVisible();
    const { body } = await doorward.api("GET", `/users/${id}`);
    expect([body.passkeys.length, body.factors.length]).toEqual([0, 1]);
  });

  await test.step("the app is reset", async () => {
    await app.getByText("Reset", { exact: true }).click();
    await expect(app.getByText("enrols anew at the next sign-in that asks for it")).toBeVisible();
    await app.getByRole("button", { name: "Reset now" }).click();
    await expect(page.getByText("None yet. A sign-in that asks for one lets the person enrol it.")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Second factors and passkeys" })).toBeFocused();
    await expect(page.getByRole("status").filter({ hasText: "The authenticator app is reset." })).toBeAttached();
    expect((await doorward.api("GET", `/users/${id}`)).body.factors).toEqual([]);
  });

  await test.step("the person sets up both anew", async () => {
    await enterPassword(person, relyingParty.url, username);
    await setUpApp(person);
    await expect(person.getByRole("heading", { name: "Set up a passkey" })).toBeVisible();
  });
  await person.context().close();
});

test("a linked identity is unlinked, and no longer leads into the account", async ({ page, doorward, upstream, relyingParty, browser }) => {
  const handle = fresh("branch");
  const subject = fresh("upstream");
  upstream.people.set(subject, { name: subject, email: `${subject}@example.com`, email_verified: true });
  await connect(doorward, upstream, handle);
  await offer(doorward, relyingParty, { steps: [{ options: [`connection:${handle}`] }] });
  const comesIn = async (): Promise<Page> => {
    const person = await newPerson(browser);
    await person.goto(relyingParty.url);
    await person.getByRole("button", { name: subject }).click();
    return person;
  };
  const person = await comesIn();
  await person.waitForURL(/\/cb\?/);
  const { id } = (await doorward.api("GET", `/users?q=${subject}`)).body.items[0];

  await openConsole(page, doorward, `/console/users/${id}`);
  await hydrated(page);
  const identity = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Partner Desk" }) });
  await expect(identity).toContainText(subject);
  await identity.getByText("Unlink", { exact: true }).click();
  await expect(identity.getByText("It is the only way into this account.")).toBeVisible();
  await identity.getByRole("button", { name: "Unlink now" }).click();
  await expect(page.getByText("No provider vouches for this account.")).toBeVisible();
  await expect(page.getByText("Has no way to sign in. Signed in nowhere now.")).toBeVisible();
  expect((await doorward.api("GET", `/users/${id}`)).body.links).toEqual([]);

  await person.goto(`${relyingParty.url}?prompt=none`);
  await person.waitForURL(/\/cb\?/);
  expect(relyingParty.outcomes.at(-1)?.error).toBe("login_required");
  const again = await comesIn();
  await expect(again.getByRole("heading", { name: "Is this your account?" })).toBeVisible();
  expect((await doorward.api("GET", `/users/${id}`)).body.links, "nothing is linked without proof").toEqual([]);
  await person.context().close();
  await again.context().close();
  upstream.people.delete(subject);
});
