import type { RequestListener } from "node:http";

import type { Page } from "@playwright/test";

import { fresh, made, offer } from "../../fixtures/arranged.ts";
import { expect, test } from "../../fixtures/doorward.ts";
import { submitPassword } from "../../fixtures/person.ts";
import { listen } from "../../fixtures/ports.ts";
import type { RelyingParty } from "../../fixtures/relying_party.ts";
import type { DoorwardServer } from "../../fixtures/server.ts";

// F1 and F2. The project `without-script` runs these once more with JavaScript off.

const ANSWERS: { what: string; number: string; title: string; listener: RequestListener }[] = [
  { what: "answers an error", number: "1101", title: "Away Office cannot be reached", listener: (_, response) => response.writeHead(503).end() },
  { what: "hangs up", number: "1101", title: "Away Office cannot be reached", listener: (request) => request.socket.destroy() },
  { what: "does not answer", number: "1102", title: "Away Office takes too long", listener: () => undefined },
];

for (const { what, number, title, listener } of ANSWERS) {
  test(`a provider that ${what} leaves the other ways open`, async ({ page, doorward, relyingParty, expectAccessible }) => {
    const provider = await listen(listener);
    await arrange(doorward, relyingParty, `http://127.0.0.1:${provider.port}`);
    const username = fresh("local.person");
    const password = "Corr3ct-horse-staple";
    await made(doorward, "/users", { username, password });

    await page.goto(relyingParty.url);
    await page.getByRole("button", { name: "Continue with Away Office" }).click();
    await toldBy(page, title, number);
    await expectAccessible(page);

    await test.step("another way in is there, and it works", async () => {
      await page.getByRole("link", { name: "Sign in another way" }).click();
      await submitPassword(page, username, password);
      await page.waitForURL(/\/cb\?/);
      expect(relyingParty.outcomes.at(-1)?.error).toBeUndefined();
    });
    await provider.close();
  });
}

async function arrange(doorward: DoorwardServer, party: RelyingParty, issuer: string): Promise<void> {
  const handle = fresh("away");
  const oidc = { issuer, client_id: "doorward", client_secret: "a secret of the away office" };
  await made(doorward, "/connections", { handle, display_name: "Away Office", enabled: true, oidc });
  await offer(doorward, party, { steps: [{ options: ["password", `connection:${handle}`] }] });
}

async function toldBy(page: Page, title: string, number: string): Promise<void> {
  // A call is given up after five seconds; a busy machine takes a few more.
  await expect(page.getByText(title)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(number)).toBeVisible();
}
