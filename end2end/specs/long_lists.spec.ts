import type { Page } from "@playwright/test";

import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { DoorwardServer } from "../fixtures/server.ts";

const BRANCHES = 200;

/** A server of its own: with the example's, 202 connections and 203 applications. Zulu is the last of both. */
let server: DoorwardServer;

test.beforeAll(async () => {
  server = await DoorwardServer.start();
  for (let number = 0; number < BRANCHES; number += 1) {
    await add(`branch-${String(number).padStart(3, "0")}`, `Branch ${number}`, true);
  }
  await add("zulu", "Zulu counter", false);
});

test.afterAll(async () => server.stop());

/** Adds a connection, and an application of the same name that offers nothing else. */
async function add(handle: string, name: string, enabled: boolean): Promise<void> {
  const oidc = { issuer: "https://idp.example.com", client_id: "doorward", client_secret: "a secret" };
  const jit = { enabled };
  const connection = await server.api("POST", "/connections", { handle, display_name: name, enabled, oidc, jit });
  expect(connection.status).toBe(201);
  const flow = { steps: [{ options: [`connection:${handle}`] }] };
  const application = { handle, name, redirect_uris: ["https://app.example.com/cb"], flow };
  expect((await server.api("POST", "/applications", application)).status).toBe(201);
}

/** Goes from page to page until the last one, which has Zulu. */
async function pageToTheEnd(page: Page): Promise<void> {
  const next = page.getByRole("link", { name: "Next page" });
  for (let pages = 1; pages < 5; pages += 1) {
    const before = page.url();
    await next.click();
    await expect(page).not.toHaveURL(before);
  }
  await expect(page.getByText("End of the list")).toBeVisible();
  await expect(page.getByRole("link", { name: "Zulu" })).toBeVisible();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with the browser's code" : "without it", () => {
    test.use({ javaScriptEnabled });

    for (const [list, many, filter] of [["connections", 202, "JIT off"], ["applications", 203, "With findings"]] as const) {
      test(`the ${list} go on behind the first page, and a filter looks at all of them`, async ({ page }) => {
        await openConsole(page, server, `/console/${list}`);
        if (javaScriptEnabled) await hydrated(page);
        await expect(page.getByText(`${many} ${list}.`)).toBeVisible();
        await pageToTheEnd(page);
        await page.reload();
        await expect(page.getByRole("link", { name: "Zulu" })).toBeVisible();

        await page.getByRole("link", { name: filter }).click();
        await expect(page).not.toHaveURL(/cursor=/);
        await expect(page.getByText(`1 ${list.slice(0, -1)}.`)).toBeVisible();
        await expect(page.getByRole("link", { name: "Zulu" })).toBeVisible();
        await expect(page.getByRole("link", { name: filter })).toHaveAttribute("aria-current", "true");
        await page.goBack();
        await expect(page).toHaveURL(/cursor=/);
        await expect(page.getByText("End of the list")).toBeVisible();

        await page.getByRole("searchbox", { name: `Search ${list}` }).fill("zulu c");
        await page.getByRole("searchbox", { name: `Search ${list}` }).press("Enter");
        await expect(page).toHaveURL(/\?q=zulu(\+|%20)c$/);
        await expect(page.getByText(`1 ${list.slice(0, -1)}.`)).toBeVisible();
      });
    }
  });
}

test("a new application finds one of many ways to sign in", async ({ page, expectAccessible }) => {
  await openConsole(page, server, "/console/applications/new");
  await hydrated(page);
  const zulu = page.getByRole("checkbox", { name: "Zulu counter" });
  await page.getByRole("searchbox", { name: "Search ways to sign in" }).fill("zulu");
  await expect(page.getByRole("checkbox", { name: "Password" })).toBeHidden();
  await zulu.check();
  await page.getByRole("searchbox", { name: "Search ways to sign in" }).clear();
  await expect(page.getByRole("checkbox", { name: "Password" }), "what is not found stays as it is").toBeChecked();
  await expect(zulu).toBeChecked();
  await expectAccessible(page);
});

test("the flow editor and the palette know the last of them", async ({ page }) => {
  await openConsole(page, server, "/console/applications/demo-app/flow");
  await hydrated(page);
  await page.getByText("Add a way to sign in", { exact: true }).first().click();
  await page.getByRole("button", { name: /^Zulu/ }).click();
  await expect(page.getByRole("listitem", { name: "Step 1" })).toContainText("Zulu");

  await page.getByRole("button", { name: "Search or jump to" }).click();
  await page.getByRole("combobox", { name: "Search or jump to" }).fill("zulu");
  await expect(page.getByRole("option", { name: /Zulu counter: JIT settings/ })).toBeVisible();
  await expect(page.getByRole("option", { name: /Zulu counter: sign-in flow/ })).toBeVisible();
});

test("where the palette does not show all, a line leads to the list with what was typed", async ({ page }) => {
  await openConsole(page, server, "/console");
  await hydrated(page);
  await page.getByRole("button", { name: "Search or jump to" }).click();
  const search = page.getByRole("combobox", { name: "Search or jump to" });
  await search.fill("Branch 1");
  await expect(page.getByRole("option", { name: "More in Applications" })).toBeVisible();

  // Five connections, each with two lines, come before it.
  for (let line = 0; line < 10; line += 1) await search.press("ArrowDown");
  await expect(page.getByRole("option", { name: "More in Connections" })).toHaveAttribute("aria-selected", "true");
  await search.press("Enter");
  await expect(page).toHaveURL(/\/console\/connections\?q=branch(%20|\+)1$/);
  await expect(page.getByText("111 connections.")).toBeVisible();
});
