import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

test("an answer that is lost is not called a failure, nor the next try somebody else's change", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/test-idp");
  await hydrated(page);
  await page.route("**/console/fn/connections/**", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByLabel("Name", { exact: true }).fill("Renamed provider");
  await page.getByRole("button", { name: "Update" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The server cannot be reached.");
  await expect(alert).toContainText("Whether the change was saved is not known");
  expect((await doorward.api("GET", "/connections/test-idp")).body.display_name).toBe("Renamed provider");

  await page.unroute("**/console/fn/connections/**");
  await page.getByRole("button", { name: "Update" }).click();
  await expect(alert).toContainText("This has changed meanwhile");
  await expect(alert).toContainText("your own last try");
  await doorward.api("PATCH", "/connections/test-idp", { display_name: "Test IdP" });
});

test("a page whose code cannot be fetched is loaded as a whole, once", async ({ page, doorward }) => {
  await openConsole(page, doorward);
  await hydrated(page);
  await page.route("**/pack_*.wasm", (route) => route.abort());
  let loads = 0;
  page.on("request", (request) => (loads += Number(request.isNavigationRequest())));
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit log" }).click();
  await expect(page).toHaveURL(/\/console\/audit$/);
  await expect(page.getByRole("heading", { level: 1, name: "Audit log" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(loads).toBe(1);
});

test("what cannot be asked is not called nothing", async ({ page, context, doorward }) => {
  await openConsole(page, doorward);
  await hydrated(page);
  await context.setOffline(true);
  await page.getByRole("button", { name: "Search or jump to" }).click();
  const search = page.getByRole("combobox", { name: "Search or jump to" });
  await search.fill("test idp");
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  await expect(page.getByText("Nothing is called that")).toHaveCount(0);
  await context.setOffline(false);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Search or jump to" }).click();
  await expect(page.getByRole("option", { name: /Test IdP/ }).first()).toBeVisible();
  await expect(page.getByText("The server cannot be reached.")).toHaveCount(0);
});

test("the menus of the top bar close by themselves", async ({ page, doorward }) => {
  await openConsole(page, doorward);
  await hydrated(page);
  const [theme, account] = [page.getByRole("button", { name: "Theme" }), page.getByRole("button", { name: "Account" })];
  const [dark, signOut] = [page.getByRole("button", { name: "Dark" }), page.getByRole("button", { name: "Sign out" })];

  await test.step("on Escape, and the keyboard is back where it was", async () => {
    await account.click();
    await expect(signOut).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(signOut).toBeHidden();
    await expect(account).toBeFocused();
  });

  await test.step("for one another, and on a click elsewhere", async () => {
    await theme.click();
    await expect(dark).toBeVisible();
    await account.click();
    await expect(dark).toBeHidden();
    await expect(signOut).toBeVisible();
    await page.getByRole("heading", { level: 1 }).click();
    await expect(signOut).toBeHidden();
  });

  await test.step("after a choice, and when another page comes", async () => {
    await theme.click();
    await dark.click();
    await expect(dark).toBeHidden();
    await account.click();
    await page.getByRole("link", { name: "Your profile" }).click();
    await expect(page).toHaveURL(/\/console\/users\/acc_/);
    // The page has buttons of that name too.
    await expect(page.locator("#account-menu")).toBeHidden();
  });
});

test("an address that asks for what there is not says so, and leads to the list", async ({ page, doorward }) => {
  await openConsole(page, doorward);
  for (const [path, told] of [
    ["audit?action=bogus", "action: "],
    ["audit?cursor=zz", "cursor: "],
    ["attempts?outcome=bogus", "outcome: "],
    ["attempts?since=foo", "since: "],
    ["attempts?days=foo", "days: "],
    ["connections?cursor=zz", "cursor: "],
    ["users?cursor=zz", "cursor: "],
  ] as const) {
    const answer = await page.goto(`${doorward.url}/console/${path}`);
    expect(answer?.status(), path).toBe(400);
    await expect(page.getByRole("main"), path).toContainText(told);
    await page.getByRole("link", { name: "Show the list without it" }).click();
    await expect(page, path).toHaveURL(new RegExp(`/console/${path.split("?")[0]}$`));
    await expect(page.getByText("This address cannot be read")).toHaveCount(0);
  }
});

test("a filter of the audit log is all that stands in its address, and no other event opens", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/audit");
  await hydrated(page);
  await page.getByText("Details", { exact: true }).first().click();
  await expect(page.locator("details[open]")).toHaveCount(1);
  await page.getByLabel("What happened").selectOption("connection.created");
  await expect(page).toHaveURL(/\/console\/audit\?action=connection\.created$/);
  await expect(page.locator("details[open]")).toHaveCount(0);
});
