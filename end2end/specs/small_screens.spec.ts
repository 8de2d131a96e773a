import type { Locator, Page } from "@playwright/test";

import { fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

// Narrow and low screens, as magnifying makes them (WCAG 2.2, 1.4.10), and colours chosen by the system.

test("nothing covers what has the keyboard on a page magnified four times", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/test-idp/settings");
  await hydrated(page);
  await page.setViewportSize({ width: 360, height: 225 });
  const fields = page.getByRole("main").getByRole("textbox", { disabled: false });
  await page.getByLabel("Scopes").fill("openid email");
  await expect(page.getByText("Not saved yet")).toBeVisible();
  for (const field of await fields.all()) {
    await field.focus();
    expect(await isOnTop(field), (await field.getAttribute("name")) ?? "").toBe(true);
  }
  const save = page.getByRole("button", { name: "Update" });
  await save.focus();
  expect(await isOnTop(save), "the button that saves").toBe(true);
});

test("the breadcrumb of a version leaves room on a narrow phone", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/applications/demo-app/flow/versions");
  for (const width of [320, 390, 640, 1100]) {
    await page.setViewportSize({ width, height: 740 });
    for (const path of ["versions", "versions/1"]) {
      await page.goto(`${doorward.url}/console/applications/demo-app/flow/${path}`);
      await expectNoSidewaysScroll(page);
      const stops = page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("listitem").filter({ visible: true });
      const end = await stops.last().boundingBox();
      const next = await page.getByRole("button", { name: "Search or jump to" }).boundingBox();
      expect(end!.x + end!.width, `${path} at ${width}`).toBeLessThanOrEqual(next!.x);
    }
  }
});

test("the tab of the page is in sight on a narrow phone", async ({ page, doorward }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openConsole(page, doorward, "/console/connections/test-idp/attempts");
  await hydrated(page);
  const tabs = page.getByRole("navigation", { name: "Sections" });
  await expect(tabs.getByRole("link", { name: "Attempts" })).toBeInViewport({ ratio: 1 });
});

test("names without a space in them push nothing out of its place", async ({ page, doorward }) => {
  const handle = fresh("wide");
  const wide = "W".repeat(120);
  const oidc = { issuer: "https://idp.example.com", client_id: "doorward", client_secret: "a secret" };
  await made(doorward, "/connections", { handle, display_name: wide, enabled: true, jit: { enabled: false }, oidc });
  // Whoever comes from it is stopped, so that its name stands in findings and repairs too.
  const flow = { steps: [{ options: [`connection:${handle}`] }, { options: ["totp"] }], script: null };
  await made(doorward, "/applications", { handle, name: wide, redirect_uris: ["https://app.example.com/cb"], flow });
  await openConsole(page, doorward, `/console/connections/${handle}/apps`);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 740 });
    const ofIt = [`connections/${handle}/advanced`, `connections/${handle}/apps`, `applications/${handle}/flow`];
    for (const path of ["applications/new", ...ofIt]) {
      await page.goto(`${doorward.url}/console/${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectNoSidewaysScroll(page);
    }
    await page.goto(`${doorward.url}/console/connections/${handle}/apps`);
    const frame = page.getByRole("region", { name: "Connected applications" });
    expect(await frame.evaluate((frame) => frame.scrollWidth - frame.clientWidth), `at ${width}`).toBeLessThanOrEqual(0);
  }
  await doorward.api("DELETE", `/applications/${handle}`);
  await doorward.api("DELETE", `/connections/${handle}`);
});

test("colours chosen by the system still show where one is and what is pressed", async ({ page, doorward }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await openConsole(page, doorward, "/console/connections?state=enabled");
  const rail = page.getByRole("navigation", { name: "Main" });
  await expectDiffer(rail.getByRole("link", { name: "Connections" }), rail.getByRole("link", { name: "Users" }));
  await expectDiffer(page.getByRole("link", { name: "Enabled", exact: true }), page.getByRole("link", { name: "Disabled", exact: true }));
  await page.goto(`${doorward.url}/console/connections/test-idp/advanced`);
  await expectDiffer(page.getByRole("link", { name: "Advanced" }), page.getByRole("link", { name: "Settings", exact: true }));
  await page.goto(`${doorward.url}/console/applications/new`);
  const card = (name: RegExp): Locator => page.locator("label", { has: page.getByRole("radio", { name }) });
  await expectDiffer(card(/^With a server/), card(/^Browser or mobile/));
});

/** Whether the middle of an element is seen: it is on the screen, and nothing lies over it. */
function isOnTop(element: Locator): Promise<boolean> {
  return element.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + Math.min(height, innerHeight) / 2));
  });
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** Two elements look different by more than what the system's colours take away: shadows and colours of ours. */
async function expectDiffer(one: Locator, other: Locator): Promise<void> {
  const look = (element: Locator): Promise<string> =>
    element.evaluate((element) => {
      const { backgroundColor, borderBlockEndColor, borderBlockEndWidth } = getComputedStyle(element);
      return `${backgroundColor} ${borderBlockEndColor} ${borderBlockEndWidth}`;
    });
  expect(await look(one)).not.toBe(await look(other));
}
