import type { Page } from "@playwright/test";

import { fresh, made } from "../../fixtures/arranged.ts";
import { expect, test } from "../../fixtures/doorward.ts";
import type { DoorwardServer } from "../../fixtures/server.ts";

// The project `without-script` runs these once more with JavaScript off.

test.afterEach(async ({ doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
});

test("a link by email signs in where it was asked for, and nowhere else", async ({ page, doorward, browser, expectAccessible }) => {
  const address = await somebody(doorward, ["email_link", "password"]);
  await begin(page, doorward);
  await expectAccessible(page);
  await page.getByLabel("Email address", { exact: true }).fill(address);
  await page.getByRole("button", { name: "Email me a link" }).click();
  await expect(page.getByText(`If an account has the address ${address}`)).toBeVisible();
  await expectAccessible(page);
  const link = /http\S+\/mailed\?code=\d{8}/.exec(await newestLetter(page, doorward))?.[0] ?? "";

  await test.step("another browser is told what to do", async () => {
    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    await expect(other.getByText("1236")).toBeVisible();
    await expect(other.getByRole("heading", { name: "Enter the code where you asked for it" })).toBeVisible();
    await expectAccessible(other);
    await other.context().close();
  });

  await test.step("the browser that asked signs in at the press of a button", async () => {
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "Sign in with this link?" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("the link works once", async () => {
    await page.goto(link);
    await expect(page.getByText("1236")).toBeVisible();
  });
});

test("a code by email signs in, and a wrong one says so", async ({ page, doorward, expectAccessible }) => {
  const address = await somebody(doorward, ["email_otp"]);
  await begin(page, doorward);
  await page.getByLabel("Email address", { exact: true }).fill(address);
  await page.getByRole("button", { name: "Email me a code" }).click();
  await page.getByLabel("Code from the mail").fill("00000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This code is not right or too old")).toBeVisible();
  await expectAccessible(page);
  const code = /\b\d{8}\b/.exec(await newestLetter(page, doorward))?.[0] ?? "";
  await page.getByLabel("Code from the mail").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("You are signed in as")).toBeVisible();
});

test("an address that nobody has gets the same page and no mail", async ({ page, doorward }) => {
  await somebody(doorward, ["email_link", "email_otp"]);
  await begin(page, doorward);
  const stranger = `nobody.${Date.now()}@example.com`;
  await page.getByLabel("Email address", { exact: true }).fill(stranger);
  await page.getByRole("button", { name: "Email me a code" }).click();
  await expect(page.getByText(`If an account has the address ${stranger}`)).toBeVisible();
  const mailbox = await page.context().newPage();
  await mailbox.goto(`${doorward.url}/demo-mailbox`);
  await expect(mailbox.getByText(stranger)).toHaveCount(0);
  await mailbox.close();
});

/** Somebody with a verified address, where the demo application offers these options. */
async function somebody(doorward: DoorwardServer, options: string[]): Promise<string> {
  const username = fresh("mail.reader");
  const email = `${username}@example.com`;
  await made(doorward, "/users", { username, email, email_verified: true });
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [{ options }], script: null } });
  return email;
}

async function begin(page: Page, doorward: DoorwardServer): Promise<void> {
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The newest mail, from the mailbox of the demonstration. */
async function newestLetter(page: Page, doorward: DoorwardServer): Promise<string> {
  const mailbox = await page.context().newPage();
  await mailbox.goto(`${doorward.url}/demo-mailbox`);
  const letter = await mailbox.locator("pre.letter").first().innerText();
  await mailbox.close();
  return letter;
}
