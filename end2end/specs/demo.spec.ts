import { execFileSync } from "node:child_process";

import { hydrated, openConsole } from "../fixtures/console.ts";
import { claim, signInAs } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { submitPassword } from "../fixtures/person.ts";

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("the example has an application with a second factor", async ({ page, doorward }) => {
  const person = { username: "payday.clerk", password: "correct horse battery" };
  await doorward.api("POST", "/users", person);
  await page.goto(`${doorward.url}/demo-payroll`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await submitPassword(page, person.username, person.password);
  const key = ((await page.locator("code.key").textContent()) ?? "").replaceAll(" ", "");
  await page.getByLabel("Six-digit code").fill(execFileSync("oathtool", ["--totp", "--base32", key], { encoding: "utf8" }).trim());
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("heading", { name: "Demo payroll" })).toBeVisible();
  await expect(page.getByText("You are signed in as payday.clerk")).toBeVisible();
});

test("an application knows the person until they sign out", async ({ page, doorward }) => {
  const home = `${doorward.url}/demo-app`;
  const signIn = page.getByRole("button", { name: "Sign in", exact: true });
  await signInAs(page, doorward, "second.look");
  const sub = await claim(page, "sub");

  await test.step("a reload shows the same claims", async () => {
    await page.reload();
    await expect(page.getByText("You are signed in as")).toBeVisible();
    expect([page.url(), await claim(page, "sub")]).toEqual([home, sub]);
  });

  await test.step("the other application knows nobody", async () => {
    await page.goto(`${doorward.url}/demo-payroll`);
    await expect(signIn).toBeVisible();
  });

  await test.step("signing out ends it here and at the broker", async () => {
    await page.goto(home);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign out?" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(home);
    await page.reload();
    await signIn.click();
    await expect(page.getByRole("button", { name: "Continue with Test IdP" })).toBeVisible();
  });
});

test("it warns of a provider without JIT before anything is saved", async ({ page, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await openConsole(page, doorward, "/console/applications/demo-payroll/flow");
  await hydrated(page);
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  await page.getByText("Add a way to sign in", { exact: true }).first().click();
  await page.getByRole("button", { name: /^Test IdP/ }).click();
  await expect(page.getByText("Step 2 needs an account, and people from Test IdP have none")).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Search ways to sign in for step 1" }), "the list covers nothing").toBeHidden();
  await expectAccessible(page);
  const { body } = await doorward.api("GET", "/applications/demo-payroll");
  expect(body.flow.steps[0].options, "nothing is saved").toEqual(["password"]);
});
