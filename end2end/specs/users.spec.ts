import type { Page } from "@playwright/test";

import { fresh, made, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { signInAs } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { arrive, enterPassword, newPerson, PASSWORD } from "../fixtures/person.ts";
import type { DoorwardServer } from "../fixtures/server.ts";

const FIRST = { steps: [{ options: ["password"] }] };

test("a person is found, disabled and enabled again", async ({ page, doorward, relyingParty, browser, expectAccessible }) => {
  const username = fresh("shift.lead");
  await made(doorward, "/users", { username, password: PASSWORD });
  await offer(doorward, relyingParty, FIRST);
  const person = await newPerson(browser);
  await enterPassword(person, relyingParty.url, username);
  await person.waitForURL(/\/cb\?/);

  await test.step("the search finds them", async () => {
    await find(page, doorward, username);
    await expect(page.getByText("Signed in now, in 1 browser.")).toBeVisible();
    await page.getByRole("link", { name: "Settings" }).click();
  });

  await test.step("they are disabled, and the page says how many sessions end", async () => {
    await page.getByText("Disable this account", { exact: true }).click();
    await expect(page.getByText("The person is signed out at once (1 session)")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Disable now" }).click();
    await expect(page.getByText("This account may not be used")).toBeVisible();
    await expect(page.getByText("Disabled", { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Enable this account" })).toBeFocused();
    await expect(page.getByRole("status").filter({ hasText: "The account is disabled." })).toBeAttached();
    await expect(page.getByText("Signed in nowhere now.")).toBeVisible();
    expect((await doorward.api("GET", `/users/${username}`)).body.status).toBe("disabled");
  });

  await test.step("whoever knows the password is refused on a page", async () => {
    await enterPassword(person, relyingParty.url, username);
    await expect(person.getByRole("heading", { name: "This account cannot be used" })).toBeVisible();
    await expect(person.getByText("1201")).toBeVisible();
    expect(relyingParty.outcomes).toHaveLength(1);
  });

  await test.step("they are enabled, and sign in", async () => {
    await page.getByRole("button", { name: "Enable this account" }).click();
    await expect(page.getByText("Active", { exact: true })).toBeVisible();
    expect((await doorward.api("GET", `/users/${username}`)).body.status).toBe("active");
    await enterPassword(person, relyingParty.url, username);
    await person.waitForURL(/\/cb\?/);
    expect(relyingParty.outcomes.at(-1)?.claims?.sub).toBe(relyingParty.outcomes[0]?.claims?.sub);
  });
  await person.context().close();
});

test("a person is found by name, address and whole ID, and nobody else", async ({ page, doorward }) => {
  const username = fresh("desk.opener");
  const email = `${fresh("front.door")}@example.com`;
  const { id } = await made(doorward, "/users", { username, email, attributes: { name: `Early ${username}` } });
  await openConsole(page, doorward, "/console/users");
  await hydrated(page);
  for (const typed of [username.toUpperCase(), `early ${username}`, email, id]) {
    await page.getByRole("searchbox").fill(typed);
    await expect(page).toHaveURL(`${doorward.url}/console/users?${new URLSearchParams({ q: typed }).toString().replaceAll("+", "%20")}`);
    await expect(page.getByRole("row")).toHaveCount(2);
    await expect(page.getByRole("link", { name: `Early ${username}` })).toBeVisible();
  }
  await page.getByRole("searchbox").fill(`${username}-nobody`);
  await expect(page.getByText(`Nobody matches “${username}-nobody”`)).toBeVisible();
  await page.getByRole("link", { name: "Show everybody" }).click();
  await expect(page).toHaveURL(`${doorward.url}/console/users`);
});

test("a name of any length takes two lines, and its title has the rest", async ({ page, doorward }) => {
  const username = fresh("long.name");
  const name = `${username} ${"Interminable ".repeat(150)}end`;
  const { id } = await made(doorward, "/users", { username, attributes: { name } });
  await openConsole(page, doorward, `/console/users?q=${username}`);
  const row = page.getByRole("row").nth(1);
  expect((await row.boundingBox())!.height).toBeLessThan(100);
  await expect(row.getByRole("link")).toHaveAttribute("title", name);
  for (const path of [`/console/users/${id}`, `/console/audit?account=${id}`]) {
    await page.goto(`${doorward.url}${path}`);
    const cut = page.getByRole("main").getByText(name).first();
    expect((await cut.boundingBox())!.height).toBeLessThan(100);
    await expect(cut).toHaveAttribute("title", name);
  }
});

test("a person is signed out everywhere", async ({ page, doorward, relyingParty, browser }) => {
  const username = fresh("two.screens");
  await made(doorward, "/users", { username, password: PASSWORD });
  await offer(doorward, relyingParty, FIRST);
  const people = [await newPerson(browser), await newPerson(browser)];
  for (const person of people) {
    await enterPassword(person, relyingParty.url, username);
    await person.waitForURL(/\/cb\?/);
  }
  await find(page, doorward, username);
  const sessions = page.getByRole("table", { name: "Sessions" });
  await expect(sessions.getByRole("rowheader", { name: "Chrome on Windows" })).toHaveCount(2);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByText("Not signed in anywhere.")).toBeVisible();
  await expect(page.getByText("Signed in nowhere now.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign out everywhere" })).toHaveCount(0);
  for (const person of people) {
    await person.goto(`${relyingParty.url}?prompt=none`);
    await person.waitForURL(/\/cb\?/);
    expect(relyingParty.outcomes.at(-1)?.error).toBe("login_required");
    await person.context().close();
  }
});

test("whoever is disabled is refused through a provider too", async ({ page, doorward, browser }) => {
  const name = fresh("gone.fishing");
  const person = await newPerson(browser);
  await signInAs(person, doorward, name);
  await openConsole(page, doorward, `/console/users/${name}@example.com/settings`);
  await hydrated(page);
  await page.getByText("Disable this account", { exact: true }).click();
  await page.getByRole("button", { name: "Disable now" }).click();
  await expect(page.getByText("Disabled", { exact: true })).toBeVisible();
  await arrive(person, doorward, name);
  await expect(person.getByRole("heading", { name: "This account cannot be used" })).toBeVisible();
  await expect(person.getByText("1201")).toBeVisible();
  expect((await doorward.api("GET", `/users?q=${name}`)).body.items, "no second account is made").toHaveLength(1);
  await person.context().close();
});

/** Opens the page of a person from the search in the list. */
async function find(page: Page, doorward: DoorwardServer, username: string): Promise<void> {
  await openConsole(page, doorward, "/console/users");
  await hydrated(page);
  await page.getByRole("searchbox").fill(username);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("link", { name: username }).click();
  await expect(page.getByRole("heading", { name: username, level: 1 })).toBeVisible();
}
