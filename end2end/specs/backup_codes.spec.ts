import type { Page } from "@playwright/test";

import { openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { codeOf, submitPassword } from "../fixtures/person.ts";

const PASSWORD = "correct horse battery";

test.afterEach(async ({ doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
});

test("backup codes are shown once and stand in for a lost phone", async ({ page, doorward, browser, expectAccessible }) => {
  await doorward.api("POST", "/users", { username: "paper.keeper", password: PASSWORD });
  const steps = [{ options: ["password"] }, { options: ["totp", "backup_code"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
  const person = await (await browser.newContext()).newPage();
  let codes: string[] = [];

  await test.step("they come with the app that is set up", async () => {
    await enterPassword(person, doorward.url);
    const key = (await person.locator("code.key").textContent()) ?? "";
    const code = codeOf(key.replaceAll(" ", ""), "now");
    await person.getByLabel("Six-digit code").fill(code.trim());
    await person.getByRole("button", { name: "Confirm" }).click();
    await expect(person.getByRole("heading", { name: "Keep your backup codes" })).toBeVisible();
    await expectAccessible(person);
    codes = await person.getByRole("list", { name: "Backup codes" }).getByRole("listitem").allInnerTexts();
    expect(new Set(codes).size).toBe(10);
    await person.getByRole("button", { name: "I have kept them" }).click();
    await expect(person.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("without the phone, one of them does", async () => {
    await person.context().clearCookies();
    await enterPassword(person, doorward.url);
    await expectAccessible(person);
    await useCode(person, codes[0] ?? "");
    await expect(person.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("it works once", async () => {
    await person.context().clearCookies();
    await enterPassword(person, doorward.url);
    await useCode(person, codes[0] ?? "");
    await expect(person.getByText("This backup code has been used")).toBeVisible();
    await useCode(person, codes[1] ?? "");
    await expect(person.getByText("You are signed in as")).toBeVisible();
  });

  await test.step("the administrator sees how many are left, and none of them", async () => {
    await openConsole(page, doorward, `/console/users/${(await doorward.api("GET", "/users/paper.keeper")).body.id}`);
    await expect(page.getByRole("heading", { name: "Backup codes" })).toBeVisible();
    await expect(page.getByText(/8 .*left|8 of 10/)).toBeVisible();
    await expect(page.getByText(codes[2] ?? "")).toHaveCount(0);
  });
  await person.context().close();
});

async function useCode(person: Page, code: string): Promise<void> {
  await person.getByLabel("Backup code").fill(code);
  await person.getByRole("button", { name: "Use this code" }).click();
}

async function enterPassword(person: Page, url: string): Promise<void> {
  await person.goto(`${url}/demo-app`);
  await person.getByRole("button", { name: "Sign in" }).click();
  await submitPassword(person, "paper.keeper", PASSWORD);
}
