import { fresh, made } from "../../fixtures/arranged.ts";
import { claim, goToTestIdp, signInAs } from "../../fixtures/demo.ts";
import { expect, test } from "../../fixtures/doorward.ts";

// The project `without-script` runs these once more with JavaScript off.

test("a person signs in through a provider and out again", async ({ page, doorward, expectAccessible }) => {
  await signInAs(page, doorward, "early.bird");
  expect(await claim(page, "email")).toBe("early.bird@example.com");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign out?" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
});

test("a wrong password says so, keeps the name and lets the person try again", async ({ page, doorward }) => {
  const password = "Corr3ct-horse-staple";
  const username = fresh("counter.clerk");
  await made(doorward, "/users", { username, password });
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  const name = page.getByLabel("Username or email address");
  await name.fill(username);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The username or the password is not right")).toBeVisible();
  await expect(name).toHaveValue(username);
  await expect(page.getByLabel("Password")).toHaveValue("");
  expect(page.url()).not.toContain(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("You are signed in as")).toBeVisible();
});

test("going back after a refused entry sends nothing once more", async ({ page, doorward }) => {
  const password = "Corr3ct-horse-staple";
  const username = fresh("back.clerk");
  await made(doorward, "/users", { username, password });
  await page.goto(`${doorward.url}/demo-payroll`);
  await page.getByRole("button", { name: "Sign in" }).click();
  for (const typed of ["not the password", password]) {
    await page.getByLabel("Username or email address").fill(username);
    await page.getByLabel("Password").fill(typed);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(page.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
  await expect(page.getByText("is not right")).toHaveCount(0);
});

test("another language leaves what is typed where it is, but for a password", async ({ page, doorward, expectAccessible }) => {
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Username or email address").fill("half.a.name");
  await page.getByLabel("Password").fill("not yet the whole");
  await page.getByRole("button", { name: "Deutsch" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Anmelden" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Deutsch" })).toHaveAttribute("aria-current", "true");
  await expect(page.getByLabel("Benutzername")).toHaveValue("half.a.name");
  await expect(page.locator("input[type=password]")).toHaveValue("");
  expect(page.url()).not.toContain("half.a.name");
  await expectAccessible(page);
});

test("a refusal at the provider can be loaded again and keeps its number", async ({ page, doorward }) => {
  await goToTestIdp(page, doorward);
  await page.getByRole("button", { name: "Denies" }).click();
  const told = page.getByRole("definition");
  await expect(told.first()).toHaveText("1104");
  const before = await told.allTextContents();
  await page.reload();
  expect(await told.allTextContents()).toEqual(before);
  await page.getByRole("link", { name: "Deutsch" }).click();
  await expect(page.getByRole("link", { name: "Deutsch" })).toHaveAttribute("aria-current", "true");
  expect(await told.allTextContents()).toEqual(before);
});

test("markup, other alphabets and megabytes in the name are text", async ({ page, doorward }) => {
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  const name = page.getByLabel("Username or email address");
  for (const typed of ["\"><img src=x onerror=alert(1)>", "مدير المناوبة 当直 🗝️", "x".repeat(200)]) {
    await name.fill(typed);
    await page.getByLabel("Password").fill("whatever it is");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("The username or the password is not right")).toBeVisible();
    await expect(name).toHaveValue(typed);
    await expect(page.locator("img[src=x]")).toHaveCount(0);
  }
  const huge = await page.request.post(page.url(), { form: { username: "x".repeat(100_000) }, maxRedirects: 0 });
  expect(huge.status()).toBeGreaterThanOrEqual(400);
  expect(huge.status()).toBeLessThan(500);
});

test("who says no at the provider can choose again", async ({ page, doorward }) => {
  await goToTestIdp(page, doorward);
  await page.getByRole("button", { name: "Denies" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Continue with Test IdP" })).toBeVisible();
});
