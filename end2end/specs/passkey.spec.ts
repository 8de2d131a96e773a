import type { Page } from "@playwright/test";

import { openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { askFor, withDevice } from "../fixtures/passkey.ts";
import { submitPassword } from "../fixtures/person.ts";

const PASSWORD = "correct horse battery";

test.afterEach(async ({ doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
});

test("a passkey is set up, confirms, and signs in without a password", async ({ page, doorward, browser, expectAccessible }) => {
  await doorward.api("POST", "/users", { username: "key.holder", password: PASSWORD });
  await askFor(doorward, ["password"], ["passkey"]);
  const person = await (await browser.newContext()).newPage();
  await withDevice(person);

  await test.step("it is set up in the first sign-in that asks for one", async () => {
    await enterPassword(person, doorward.url);
    await expect(person.getByRole("heading", { name: "Set up a passkey" })).toBeVisible();
    await expectAccessible(person);
    await person.getByLabel("Name of the passkey").fill("My laptop");
    await person.getByRole("button", { name: "Set up a passkey" }).click();
    await expect(person.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("it confirms the next one", async () => {
    await signOut(person);
    await enterPassword(person, doorward.url);
    await expect(person.getByRole("heading", { name: "Confirm it is you" })).toBeVisible();
    await expectAccessible(person);
    await person.getByRole("button", { name: "Use your passkey" }).click();
    await expect(person.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("it says who somebody is", async () => {
    await askFor(doorward, ["password", "passkey"]);
    await signOut(person);
    await person.goto(`${doorward.url}/demo-app`);
    await person.getByRole("button", { name: "Sign in" }).click();
    await expectAccessible(person);
    await person.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(person.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("an administrator takes it away", async () => {
    const { body } = await doorward.api("GET", "/users/key.holder");
    await openConsole(page, doorward, `/console/users/${body.id}`);
    await expect(page.getByRole("heading", { name: "My laptop" })).toBeVisible();
    await doorward.api("DELETE", `/users/key.holder/passkeys/${body.passkeys[0].id}`);
    await signOut(person);
    await person.goto(`${doorward.url}/demo-app`);
    await person.getByRole("button", { name: "Sign in" }).click();
    await person.getByRole("button", { name: "Sign in with a passkey" }).click();
    await expect(person.getByText("This passkey could not be confirmed")).toBeVisible();
  });
  await person.context().close();
});

test("a page with a passkey says what is missing", async ({ doorward, browser }) => {
  await askFor(doorward, ["passkey", "password"]);
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await plain.goto(`${doorward.url}/demo-app`);
  await plain.getByRole("button", { name: "Sign in" }).click();
  await expect(plain.getByText("Passkeys need JavaScript")).toBeVisible();
  await expect(plain.getByRole("button", { name: "Sign in with a passkey" })).toBeHidden();
  await plain.context().close();

  const old = await (await browser.newContext()).newPage();
  await old.addInitScript("delete window.PublicKeyCredential");
  await old.goto(`${doorward.url}/demo-app`);
  await old.getByRole("button", { name: "Sign in" }).click();
  await expect(old.getByText("This browser cannot use passkeys")).toBeVisible();
  await old.context().close();
});

async function signOut(person: Page): Promise<void> {
  await person.context().clearCookies();
}

async function enterPassword(person: Page, url: string): Promise<void> {
  await person.goto(`${url}/demo-app`);
  await person.getByRole("button", { name: "Sign in" }).click();
  await submitPassword(person, "key.holder", PASSWORD);
}
