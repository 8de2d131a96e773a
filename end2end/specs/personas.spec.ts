import type { Page } from "@playwright/test";

import { claim, goToTestIdp } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import type { DoorwardServer } from "../fixtures/server.ts";

// Each person the Test IdP offers, on the way into the demo application.

test.afterEach(async ({ doorward }) => {
  const { body } = await doorward.api("GET", "/connections/test-idp");
  const attributes = body.attributes.map(({ from, to }: { from: string; to: string }) => ({ from, to }));
  await doorward.api("PATCH", "/connections/test-idp", { attributes, jit: { enabled: true } });
});

interface SignedIn {
  readonly email?: string;
  readonly verified?: string;
  readonly name: string;
}

const SIGNED_IN: Record<string, SignedIn> = {
  "Ordinary person": { email: "ordinary@example.com", verified: "true", name: "Ordinary Person" },
  "No email": { name: "Addressless Person" },
  "Unverified email": { email: "unverified@example.com", verified: "false", name: "Unverified Address" },
  "Foreign domain": { email: "visitor@partner.example.net", verified: "true", name: "Visiting Partner" },
  "500 groups": { email: "groups@example.com", verified: "true", name: "Group Member" },
  "Very long names": { email: "long@example.com", verified: "true", name: `${"Long".repeat(500)} ${"Name".repeat(500)}` },
  "Right-to-left name": { email: "rtl@example.com", verified: "true", name: "شخص تجريبي" },
};

for (const [persona, { email, verified, name }] of Object.entries(SIGNED_IN)) {
  test(`${persona}: signed in`, async ({ page, doorward, expectAccessible }) => {
    await choose(page, doorward, persona);
    await expect(page.getByText("You are signed in as")).toBeVisible();
    expect(await claim(page, "name")).toBe(name);
    await expect(page.locator('[data-claim="email"]')).toHaveText(email ? [email] : []);
    await expect(page.locator('[data-claim="email_verified"]')).toHaveText(verified ? [verified] : []);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), "it fits a phone").toBeLessThanOrEqual(360);
  });
}

const REFUSED: Record<string, [title: string, code: string]> = {
  "Clock ten minutes off": ["Test IdP sent an answer we cannot trust", "1103"],
  Denies: ["The sign-in was not finished", "1104"],
  "Answers slowly": ["Test IdP takes too long", "1102"],
  "Wrong nonce": ["Test IdP sent an answer we cannot trust", "1103"],
  "Unknown key": ["Test IdP sent an answer we cannot trust", "1103"],
};

for (const [persona, [title, code]] of Object.entries(REFUSED)) {
  test(`${persona}: refused with ${code}, and another way is open`, async ({ page, doorward, expectAccessible }) => {
    await choose(page, doorward, persona);
    // The slow one is given up only after a while.
    await expect(page.getByRole("heading", { name: title })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(code, { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Continue with Test IdP" })).toBeVisible();
    await expectAccessible(page);
    const { body } = await doorward.api("GET", "/users?q=faulty");
    expect(body.items, "no account is made").toEqual([]);
  });
}

test("Changed subject: asked whether the account of that address is theirs", async ({ page, doorward, expectAccessible }) => {
  await choose(page, doorward, "Ordinary person");
  await expect(page.getByText("You are signed in as")).toBeVisible();
  await page.context().clearCookies();
  await choose(page, doorward, "Changed subject");
  await expect(page.getByRole("heading", { name: "Is this your account?" })).toBeVisible();
  await expectAccessible(page);
  const { body } = await doorward.api("GET", "/users/ordinary@example.com");
  expect(body.links.map((link: { subject: string }) => link.subject)).toEqual(["test-ordinary"]);
});

test("No email: asked for it where the connection requires an address", async ({ page, doorward, expectAccessible }) => {
  const { body } = await doorward.api("GET", "/connections/test-idp");
  const attributes = body.attributes.map((rule: { to: string }) => ({ ...rule, required: rule.to === "email" }));
  expect((await doorward.api("PATCH", "/connections/test-idp", { attributes, jit: { enabled: false } })).status).toBe(200);
  await choose(page, doorward, "No email");
  await expect(page.getByRole("heading", { name: "A few details are missing" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Email address").fill("addressless@example.com");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("You are signed in as")).toBeVisible();
  expect(await claim(page, "email")).toBe("addressless@example.com");
  expect(await claim(page, "email_verified"), "nobody has checked it").toBe("false");
});

test("a page of the Test IdP that is too old says what to do", async ({ page, doorward, expectAccessible }) => {
  await goToTestIdp(page, doorward);
  await page.locator('input[name="request"]').evaluate((input: HTMLInputElement) => (input.value = "sealed by another key"));
  await page.getByRole("button", { name: "Ordinary person", exact: true }).click();
  await expect(page.getByRole("heading", { name: "This page is too old" })).toBeVisible();
  await expect(page.getByText("Go back to the application and sign in again.")).toBeVisible();
  await expectAccessible(page);
});

/** Goes from the demo application to the Test IdP, and is somebody there. */
async function choose(page: Page, doorward: DoorwardServer, persona: string): Promise<void> {
  await goToTestIdp(page, doorward);
  await page.getByRole("button", { name: persona, exact: true }).click();
}
