import type { Page } from "@playwright/test";

import { fresh, made } from "../../fixtures/arranged.ts";
import type { DoorwardServer } from "../../fixtures/server.ts";
import { expect, test } from "../../fixtures/doorward.ts";
import { submitPassword } from "../../fixtures/person.ts";

// The project `without-script` runs these once more with JavaScript off.

const password = "Corr3ct-horse-staple";

async function comeIn(page: Page, doorward: DoorwardServer, username: string, secret: string): Promise<void> {
  await page.goto(`${doorward.url}/account`);
  await submitPassword(page, username, secret);
  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
}

test("a person changes their profile and their password", async ({ page, doorward, expectAccessible }) => {
  const username = fresh("self.service");
  await made(doorward, "/users", { username, password });
  await comeIn(page, doorward, username, password);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }

  await page.getByText("Change the profile").click();
  await page.getByLabel("Nickname").fill("Lamplighter");
  await page.getByRole("button", { name: "Save profile" }).click();
  await expect(page.getByRole("status")).toHaveText("Your profile is saved.");
  await expect(page.getByText("Lamplighter", { exact: true })).toBeVisible();
  await page.getByText("Change the profile").click();
  await expect(page.getByLabel("Nickname")).toHaveValue("Lamplighter");
  await expect(page.getByText("entered by you")).toBeVisible();

  await page.getByRole("link", { name: "Change the password" }).click();
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Use at least 8 characters")).toBeVisible();
  await page.getByLabel("New password").fill(`${password}-2`);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByRole("status")).toHaveText("Your password is changed.");

  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await comeIn(page, doorward, username, `${password}-2`);
});

test("values and names of any length are cut, and fit a small phone", async ({ page, doorward }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const username = fresh("self.service.long");
  const unit = "Interminable".repeat(40);
  await made(doorward, "/users", { username, password, attributes: { business_unit: unit } });
  await comeIn(page, doorward, username, password);
  await expect(page.getByText("Business unit", { exact: true })).toBeVisible();
  const shown = await page.getByTitle(unit, { exact: true }).boundingBox();
  expect(shown?.height ?? 0).toBeLessThan(60);
  for (const box of [shown, await page.getByRole("main").boundingBox()]) {
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
  }
});

test("words of a button that wrap stay in the middle", async ({ page, doorward }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const username = fresh("self.service.wrap");
  await made(doorward, "/users", { username, password });
  await comeIn(page, doorward, username, password);
  await page.goto(`${doorward.url}/account?ui_locales=fr`);
  await expect(page.getByRole("link", { name: "Changer le mot de passe" })).toHaveCSS("text-align", "center");
  const button = page.getByRole("button", { name: "Configurer une application d’authentification" });
  await expect(button).toHaveCSS("text-align", "center");
});

test("an error speaks another language and keeps its number, and so do the pages after it", async ({ page, doorward }) => {
  await page.goto(`${doorward.url}/nowhere`);
  const number = page.getByRole("definition").first();
  const before = await number.textContent();
  await page.getByRole("link", { name: "Deutsch" }).click();
  await expect(page.getByRole("link", { name: "Deutsch" })).toHaveAttribute("aria-current", "true");
  await expect(page).toHaveURL(`${doorward.url}/nowhere?ui_locales=de`);
  await expect(number).toHaveText(before ?? "");

  await page.goto(`${doorward.url}/account`);
  await expect(page.getByRole("heading", { level: 1, name: "Anmelden" })).toBeVisible();
});

test("an authenticator app is set up from the account page, on a phone too", async ({ page, doorward }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const username = fresh("self.service.phone");
  await made(doorward, "/users", { username, password });
  await comeIn(page, doorward, username, password);
  const width = await page.getByRole("main").boundingBox();
  expect(width?.width ?? 0).toBeLessThanOrEqual(360);
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await expect(page.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
  await page.getByLabel("Six-digit code").fill("000000");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("This code is not right")).toBeVisible();
});
