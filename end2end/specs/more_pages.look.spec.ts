import type { Page } from "@playwright/test";

import { fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { goToTestIdp, signInAs } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { DoorwardServer } from "../fixtures/server.ts";

// What `pages.look.spec.ts` does not reach by its address alone.

const onEmptyServer = test.extend<{ empty: DoorwardServer }>({
  empty: async ({}, use) => {
    const empty = await DoorwardServer.start({ arguments: [] });
    await use(empty);
    await empty.stop();
  },
});

test("forms, opened parts and the palette of the console are accessible and fit the screen", async ({ page, doorward, expectAccessible }) => {
  await openConsole(page, doorward, "/console/connections/new/test_idp");
  await hydrated(page);
  await expectFits(page, expectAccessible);

  await test.step("an opened event of the audit log", async () => {
    await page.goto(`${doorward.url}/console/audit`);
    await hydrated(page);
    await page.getByText("Details", { exact: true }).first().click();
    const opened = page.getByRole("cell").filter({ hasText: "Moment" });
    await expect(opened).toHaveCount(1);
    await expect(opened.getByRole("definition").first()).toHaveText(/ \d\d:\d\d:\d\d UTC$/);
    const [width, all] = await Promise.all([opened, page.getByRole("table")].map(async (part) => (await part.boundingBox())?.width ?? 0));
    expect(width, "as wide as the row").toBeGreaterThan(0.85 * (all ?? 0));
    await expectFits(page, expectAccessible);
  });

  await test.step("the command palette", async () => {
    await page.getByRole("button", { name: "Search or jump to" }).click();
    await page.getByRole("combobox", { name: "Search or jump to" }).fill("test");
    await expect(page.getByRole("option", { name: /Test IdP/ }).first()).toBeVisible();
    await expectFits(page, expectAccessible);
    await page.getByRole("combobox", { name: "Search or jump to" }).fill("nothing is called so");
    await expect(page.getByText("Nothing is called that")).toBeVisible();
    await expectFits(page, expectAccessible);
  });

  await test.step("a person whose account is disabled", async () => {
    const { id } = await made(doorward, "/users", { username: fresh("locked.desk") });
    await doorward.api("PATCH", `/users/${id}`, { status: "disabled" });
    await page.goto(`${doorward.url}/console/users/${id}/settings`);
    await page.getByText("Delete this account", { exact: true }).click();
    await expectFits(page, expectAccessible);
  });
});

test("a person with a linked identity and a session is accessible and fits the screen", async ({ page, doorward, browser, expectAccessible }) => {
  const name = fresh("front.desk");
  const person = await browser.newPage();
  await signInAs(person, doorward, name);
  await person.close();
  await openConsole(page, doorward, `/console/users/${name}@example.com`);
  await hydrated(page);
  await page.getByText("Unlink", { exact: true }).click();
  await expectFits(page, expectAccessible);
});

onEmptyServer("a server with nothing in it is accessible and fits the screen", async ({ page, empty, expectAccessible }) => {
  const said = {
    "": "First steps",
    "/connections": "Connect the first identity provider",
    "/applications": "Add the first application",
    "/attempts?q=req_nobody": "No attempt matches",
    "/connections?jit=off": "No connection matches",
    "/users?q=nobody": "Nobody matches “nobody”",
  };
  await openConsole(page, empty);
  for (const [path, text] of Object.entries(said)) {
    await test.step(`/console${path}`, async () => {
      await page.goto(`${empty.url}/console${path}`);
      await page.waitForLoadState("networkidle");
      await expect(page.getByText(text).first()).toBeVisible();
      await expectFits(page, expectAccessible);
    });
  }
});

test("the mailbox, the question before signing out and the end of a test are accessible and fit the screen", async ({ page, doorward, expectAccessible }) => {
  await test.step("the mailbox of the example, with a mail", async () => {
    const username = fresh("letter.reader");
    await made(doorward, "/users", { username, email: `${username}@example.com`, email_verified: true });
    await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [{ options: ["email_link", "connection:test-idp"] }], script: null } });
    await page.goto(`${doorward.url}/demo-app`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Email address").fill(`${username}@example.com`);
    await page.getByRole("button", { name: "Email me a link" }).click();
    await expect(page.getByText("a mail is on its way")).toBeVisible();
    await expectFits(page, expectAccessible);
    await page.goto(`${doorward.url}/demo-mailbox`);
    await expect(page.locator("pre.letter").first()).toBeVisible();
    await expectFits(page, expectAccessible);
    await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [{ options: ["password", "connection:test-idp"] }], script: null } });
  });

  await test.step("the question before signing out", async () => {
    await signInAs(page, doorward, "closing.time");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign out?" })).toBeVisible();
    await expectFits(page, expectAccessible);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  });

  await test.step("the page where a test of a connection ends", async () => {
    const { body } = await doorward.api("POST", "/connections/test-idp/tests");
    await page.goto(body.link);
    await page.getByRole("button", { name: "Ordinary person" }).click();
    await expect(page.getByRole("heading", { name: "The test is done" })).toBeVisible();
    await expectFits(page, expectAccessible);
  });

  await test.step("the Test IdP, after a name it cannot use", async () => {
    await goToTestIdp(page, doorward);
    await page.getByLabel("Name", { exact: true }).fill("NOT SMALL");
    await page.getByRole("button", { name: "Sign in by name" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expectFits(page, expectAccessible);
  });
});

/** Nothing an accessibility checker finds, and nothing beyond the edge of the screen. */
async function expectFits(page: Page, expectAccessible: (page: Page) => Promise<void>): Promise<void> {
  await expectAccessible(page);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}
