import type { Page } from "@playwright/test";

import { connect, fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { chooseSubject } from "../fixtures/person.ts";

/** A name that would be an image whose script runs, if anybody took it for markup. */
const name = (what: string) => `${what} <img src=x onerror="globalThis.ran = true">`;
const CONNECTION = name("Desk");
const APPLICATION = name("Ledger");
const PERSON = name("Clerk");

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with the browser's code" : "without it", () => {
    test.use({ javaScriptEnabled });

    test("markup in the names of a connection, an application and a person is text on every page (S48)", async ({ page, doorward, upstream, relyingParty, browser }) => {
      test.setTimeout(120_000);
      const handle = fresh("markup");
      const subject = fresh("upstream");
      upstream.people.set(subject, { name: PERSON, email: `${subject}@example.com`, email_verified: true });
      await connect(doorward, upstream, handle, { display_name: CONNECTION });
      const flow = { steps: [{ options: [`connection:${handle}`] }] };
      const app = await made(doorward, "/applications", { handle, name: APPLICATION, redirect_uris: [relyingParty.redirectUri], flow });
      await relyingParty.connect(doorward.url, { clientId: app.client_id, clientSecret: app.client_secret });
      const person = await (await browser.newContext({ javaScriptEnabled: true })).newPage();
      await chooseSubject(person, relyingParty, subject);
      await person.waitForURL(/\/cb\?/);
      await person.context().close();
      const { id } = (await doorward.api("GET", `/users/${subject}@example.com`)).body;
      const steps = [{ options: ["password", `connection:${handle}`] }, { options: ["totp"] }];
      await doorward.api("PATCH", `/applications/${handle}`, { flow: { steps } });
      await doorward.api("PATCH", `/connections/${handle}`, { jit: { enabled: false } });
      const attempt = (await doorward.api("GET", `/attempts?connection=${handle}`)).body.items[0].id;

      const pages: Record<string, string[]> = {
        "": [],
        [`/connections?q=${handle}`]: [CONNECTION],
        [`/connections/${handle}`]: [CONNECTION],
        [`/connections/${handle}/settings`]: [CONNECTION],
        [`/connections/${handle}/attributes`]: [CONNECTION],
        [`/connections/${handle}/advanced`]: [CONNECTION],
        [`/connections/${handle}/apps`]: [CONNECTION, APPLICATION],
        [`/connections/${handle}/attempts`]: [CONNECTION, APPLICATION, PERSON],
        [`/applications?q=${handle}`]: [APPLICATION],
        "/applications/new": [CONNECTION],
        [`/applications/${handle}`]: [APPLICATION],
        [`/applications/${handle}/protocol`]: [APPLICATION],
        [`/applications/${handle}/flow`]: [APPLICATION, CONNECTION],
        [`/applications/${handle}/flow/versions`]: [],
        [`/applications/${handle}/attempts`]: [APPLICATION, CONNECTION, PERSON],
        [`/users?q=${subject}`]: [PERSON],
        [`/users/${id}`]: [PERSON, CONNECTION],
        [`/users/${id}/settings`]: [PERSON],
        "/attempts": [APPLICATION, CONNECTION, PERSON],
        [`/attempts/${attempt}`]: [APPLICATION, CONNECTION, PERSON],
        "/audit": [APPLICATION, CONNECTION, PERSON],
        [`/audit?account=${id}`]: [APPLICATION, CONNECTION, PERSON],
      };
      await openConsole(page, doorward);
      for (const [path, names] of Object.entries(pages)) {
        await test.step(`/console${path}`, async () => {
          await page.goto(`${doorward.url}/console${path}`);
          if (javaScriptEnabled) await hydrated(page);
          for (const text of names) await expect(page.getByText(text).first()).toBeVisible();
          await expectText(page, javaScriptEnabled);
        });
      }
      upstream.people.delete(subject);
    });
  });
}

test("markup in a name is text in the command palette and in the picture of a flow", async ({ page, doorward, upstream }) => {
  const handle = fresh("markup");
  await connect(doorward, upstream, handle, { display_name: CONNECTION });
  await made(doorward, "/users", { username: fresh("clerk"), attributes: { name: PERSON } });
  const flow = { steps: [{ options: ["password", `connection:${handle}`] }] };
  await made(doorward, "/applications", { handle, name: APPLICATION, redirect_uris: ["https://app.example.com/cb"], flow });
  await openConsole(page, doorward, `/console/applications/${handle}/flow`);
  await hydrated(page);
  await expect(page.getByRole("region", { name: "How it runs" })).toContainText(CONNECTION);
  await expectText(page, true);
  await page.getByRole("button", { name: "Search or jump to" }).click();
  for (const text of [CONNECTION, APPLICATION, PERSON]) {
    await page.getByRole("combobox", { name: "Search or jump to" }).fill(text.slice(0, 10));
    await expect(page.getByRole("option", { name: text }).first()).toBeVisible();
    await expectText(page, true);
  }
});

/** No element was made of a name, and nothing of it ran. */
async function expectText(page: Page, runs: boolean): Promise<void> {
  await expect(page.locator("img[src=x], [onerror]")).toHaveCount(0);
  if (runs) expect(await page.evaluate(() => "ran" in globalThis)).toBe(false);
}
