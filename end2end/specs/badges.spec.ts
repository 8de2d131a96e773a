import type { Page } from "@playwright/test";

import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { DoorwardServer } from "../fixtures/server.ts";

/** A server of its own: the overview counts every application there is. */
let server: DoorwardServer;

test.beforeAll(async () => {
  server = await DoorwardServer.start();
  const flow = { steps: [{ options: ["password", "connection:test-idp"] }, { options: ["totp"] }], script: null };
  await server.api("PATCH", "/applications/demo-app", { flow });
});

test.afterAll(async () => server.stop());

test("an application that breaks has a badge wherever it is listed, until it is repaired", async ({ page, expectAccessible }) => {
  await openConsole(page, server);

  await test.step("nobody gets stuck, and nothing is marked", async () => expectBadges(page, false));

  await test.step("without JIT the second step stops people", async () => {
    expect((await server.api("PATCH", "/connections/test-idp", { jit: { enabled: false } })).status).toBe(200);
    await expectBadges(page, true);
    await expectAccessible(page);
  });

  await test.step("the badge leads to the repair, after which it is gone", async () => {
    await page.getByRole("link", { name: "Demo application" }).click();
    await hydrated(page);
    await page.getByText("Turn on JIT for Test IdP", { exact: true }).click();
    await page.getByRole("button", { name: "Apply to the connection" }).click();
    await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
    await expectBadges(page, false);
  });
});

/** Looks at the three places; the last one is the connection's tab. */
async function expectBadges(page: Page, shown: boolean): Promise<void> {
  const many = shown ? 1 : 0;
  await page.goto(`${server.url}/console`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Applications/ }).filter({ hasText: shown ? "1 with findings" : "None would break" })).toBeVisible();
  await expect(page.getByText("Error: 1 application has a sign-in flow in which somebody gets stuck.")).toHaveCount(many);

  await page.goto(`${server.url}/console/applications`);
  await expect(page.getByRole("row", { name: /Demo application/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Demo application/ }).getByText("1 error", { exact: true })).toHaveCount(many);
  await expect(page.getByRole("row", { name: /Demo payroll/ }).getByText(/error|warning/)).toHaveCount(0);

  await page.goto(`${server.url}/console/connections/test-idp/apps`);
  await expect(page.getByRole("row", { name: /Demo application/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Demo application/ }).getByText("1 error", { exact: true })).toHaveCount(many);
}
