import { hydrated, openConsole } from "../fixtures/console.ts";
import { goToTestIdp } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FIRST = { steps: [{ options: ["password", "connection:test-idp"] }], script: null };

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("a request number leads from the page a person saw to the reason", async ({ page, browser, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [...FIRST.steps, { options: ["totp"] }] } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });

  const theirs = await browser.newPage();
  await goToTestIdp(theirs, doorward);
  await theirs.getByLabel("Name", { exact: true }).fill("visiting.auditor");
  await theirs.getByRole("button", { name: "Sign in by name" }).click();
  const told = await theirs.getByText(/req_[A-Za-z0-9_-]+/).first().textContent();
  const id = /req_[A-Za-z0-9_-]+/.exec(told ?? "")?.[0] ?? "";
  expect(id).not.toBe("");
  await theirs.close();

  await openConsole(page, doorward, "/console/attempts");
  await hydrated(page);

  await test.step("the search finds it, and the address keeps the search", async () => {
    await page.getByRole("searchbox", { name: /Search by request number/ }).fill(id);
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL(new RegExp(`q=${id}`));
    await expect(page.getByRole("row")).toHaveCount(2);
    await expect(page.getByRole("row").nth(1).getByText("Step 2. The step needs an account, and the person has none.")).toBeVisible();
    await expect(page.getByRole("row").nth(1).locator("time")).toHaveAttribute("title", /UTC/);
    await expectAccessible(page);
  });

  await test.step("it says what helps, and links to the finding", async () => {
    await page.getByRole("row").nth(1).getByRole("link").click();
    await expect(page.getByText("The step needs an account, and the person has none.")).toBeVisible();
    await expect(page.getByText("Turn on just-in-time provisioning for the connection.")).toBeVisible();
    await expect(page.getByRole("link", { name: "just-in-time provisioning" })).toHaveAttribute("href", "/console/connections/test-idp/advanced");
    await expect(page.getByText("Refused", { exact: true })).toBeVisible();
    await expect(page.getByText(id)).toBeVisible();
    await expect(page.getByText("visiting.auditor")).toHaveCount(0);
    await expectAccessible(page);
    await page.getByRole("link", { name: "Open the finding in the sign-in flow" }).click();
    await expect(page).toHaveURL(/\/console\/applications\/demo-app\/flow$/);
  });

  await test.step("the connection's own tab has it too", async () => {
    await page.goto(`${doorward.url}/console/connections/test-idp/attempts?q=${id}`);
    await hydrated(page);
    await expect(page.getByRole("row")).toHaveCount(2);
    await expectAccessible(page);
    await page.goBack();
  });

  await test.step("the application's own tab has it too", async () => {
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Attempts" }).click();
    await expect(page).toHaveURL(/\/console\/applications\/demo-app\/attempts$/);
    await page.getByLabel("How it ended").selectOption("Signed in");
    await expect(page).toHaveURL(/outcome=succeeded/);
    await expect(page.getByText("Step 2. The step needs an account, and the person has none.")).toHaveCount(0);
    await page.getByLabel("How it ended").selectOption("Refused: no way left");
    await expect(page.getByText("Step 2. The step needs an account, and the person has none.").first()).toBeVisible();
  });
});

test.describe("before the browser's code has loaded", () => {
  test.use({ javaScriptEnabled: false });

  test("attempts are searched", async ({ page, doorward }) => {
    await openConsole(page, doorward, "/console/connections/test-idp/attempts?q=req_nobody");
    await expect(page.getByText("No attempt matches")).toBeVisible();
    await page.getByRole("link", { name: "Show every attempt" }).click();
    await expect(page).toHaveURL(/\/console\/connections\/test-idp\/attempts$/);
  });
});
