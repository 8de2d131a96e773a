import type { Browser, Page } from "@playwright/test";

import { connect, fresh, made, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { chooseSubject, enterPassword, newPerson, PASSWORD, signInThrough } from "../fixtures/person.ts";
import type { RelyingParty } from "../fixtures/relying_party.ts";
import type { DoorwardServer } from "../fixtures/server.ts";
import type { Upstream } from "../fixtures/upstream.ts";

const FIRST = { steps: [{ options: ["password"] }] };

/** Somebody whose account was made by signing in through a connection of its own. */
async function guest(doorward: DoorwardServer, upstream: Upstream, relyingParty: RelyingParty, browser: Browser) {
  const handle = fresh("branch");
  const subject = fresh("upstream");
  upstream.people.set(subject, { name: subject, email: `${subject}@example.com`, email_verified: true });
  await connect(doorward, upstream, handle);
  await offer(doorward, relyingParty, { steps: [{ options: [`connection:${handle}`] }] });
  await signInThrough(browser, relyingParty, subject);
  const account = async () => (await doorward.api("GET", `/users/${subject}@example.com`)).body;
  return { handle, subject, account, first: await account() };
}

async function openDeletion(page: Page, doorward: DoorwardServer, id: string): Promise<void> {
  await openConsole(page, doorward, `/console/users/${id}/settings`);
  await hydrated(page);
  await page.getByText("Delete this account", { exact: true }).click();
}

test("an account is deleted once its name is typed", async ({ page, doorward, relyingParty, browser }) => {
  const username = fresh("former.guest");
  const { id } = await made(doorward, "/users", { username, password: PASSWORD });
  await offer(doorward, relyingParty, FIRST);
  const person = await newPerson(browser);
  await enterPassword(person, relyingParty.url, username);
  await person.waitForURL(/\/cb\?/);
  await openDeletion(page, doorward, id);
  await expect(page.getByText(/Deleted are the profile, the password(, \d+ sessions?)? and all tokens\./)).toBeVisible();
  const confirm = page.getByLabel(`Type ${username} to confirm`);
  await confirm.fill("somebody else");
  await page.getByRole("button", { name: `Delete ${username}` }).click();
  await expect(confirm).toBeFocused();
  expect((await doorward.api("GET", `/users/${id}`)).status).toBe(200);
  await confirm.fill(username);
  await page.getByRole("button", { name: `Delete ${username}` }).click();
  await expect(page.getByText("The account is deleted.")).toBeVisible();
  expect((await doorward.api("GET", `/users/${id}`)).status).toBe(404);

  await person.goto(`${relyingParty.url}?prompt=none`);
  await person.waitForURL(/\/cb\?/);
  expect(relyingParty.outcomes.at(-1)?.error).toBe("login_required");
  await enterPassword(person, relyingParty.url, username);
  await expect(person.getByText("The username or the password is not right")).toBeVisible();
  await person.context().close();
});

test("whoever comes back through a connection after that gets a new account", async ({ page, doorward, upstream, relyingParty, browser, expectAccessible }) => {
  const { subject, account, first } = await guest(doorward, upstream, relyingParty, browser);
  await openDeletion(page, doorward, first.id);
  await expect(page.getByText(/Deleted are the profile, 1 linked identity(, \d+ sessions?)? and all tokens\./)).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel(`Type ${first.username} to confirm`).fill(first.username);
  await page.getByRole("button", { name: `Delete ${subject}` }).click();
  await expect(page.getByText("The account is deleted.")).toBeVisible();
  expect((await account()).id).toBeUndefined();

  await signInThrough(browser, relyingParty, subject);
  const second = await account();
  expect(second.id).not.toBe(first.id);
  expect(second.links.map((link: { subject: string }) => link.subject)).toEqual([subject]);
  upstream.people.delete(subject);
});

test("whoever is kept out is refused until an administrator lets them in again", async ({ page, doorward, upstream, relyingParty, browser, expectAccessible }) => {
  const { handle, subject, account, first } = await guest(doorward, upstream, relyingParty, browser);
  await openDeletion(page, doorward, first.id);
  await page.getByRole("checkbox", { name: "Keep this person out" }).check();
  await expect(page.getByText("Their identity at Partner Desk is refused from now on, with JIT on or off.")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel(`Type ${first.username} to confirm`).fill(first.username);
  await page.getByRole("button", { name: `Delete ${subject}` }).click();
  await expect(page.getByText("The account is deleted.")).toBeVisible();

  const person = await newPerson(browser);
  await chooseSubject(person, relyingParty, subject);
  await expect(person.getByText("1201")).toBeVisible();
  await person.context().close();
  expect((await account()).id).toBeUndefined();

  await page.goto(`${doorward.url}/console/connections/${handle}/advanced`);
  await hydrated(page);
  const erased = page.getByRole("region", { name: "Erased identities" });
  await expect(erased.getByText("1 identity is kept out.")).toBeVisible();
  await erased.getByText("Let 1 identity in again", { exact: true }).click();
  await expectAccessible(page);
  await erased.getByRole("button", { name: "Let 1 identity in again now" }).click();
  await expect(page.getByText("1 identity is let in again.")).toBeVisible();
  await expect(erased).toBeHidden();
  expect((await doorward.api("GET", `/connections/${handle}/kept-out`)).body).toEqual({ identities: 0 });

  await signInThrough(browser, relyingParty, subject);
  expect((await account()).id).not.toBe(first.id);
  upstream.people.delete(subject);
});
