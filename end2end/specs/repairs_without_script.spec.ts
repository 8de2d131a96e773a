import { addStep, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };

test.use({ javaScriptEnabled: false });

test.beforeEach(async ({ page, doorward }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["totp"] }], script: null } });
  await openConsole(page, doorward, FLOW);
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("a repair of the connection is shown and applied", async ({ page, doorward }) => {
  await page.getByText("Turn on JIT for Test IdP", { exact: true }).click();
  const panel = page.getByRole("group", { name: "What it changes: Turn on JIT for Test IdP" });
  await expect(panel.getByText("added: Just-in-Time (JIT) User Provisioning: on")).toBeVisible();
  await panel.getByRole("button", { name: "Apply to the connection" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  expect((await doorward.api("GET", "/connections/test-idp")).body.jit.enabled).toBe(true);
});

test("a repair of the steps is shown and saved", async ({ page, doorward }) => {
  await page.getByText("Remove step 2 for everybody", { exact: true }).click();
  const panel = page.getByRole("group", { name: "What it changes: Remove step 2 for everybody" });
  await expect(panel.getByText("removed: Step 2: Authenticator app")).toBeVisible();
  await panel.getByRole("button", { name: "Apply to the steps" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  const { body } = await doorward.api("GET", "/applications/demo-app");
  expect(body.flow.steps).toEqual([FIRST]);
});

test("a repair of the script says what to do instead of applying it", async ({ page }) => {
  await page.getByText("Skip step 2 for people from Test IdP", { exact: true }).click();
  const panel = page.getByRole("group", { name: "What it changes: Skip step 2 for people from Test IdP" });
  // What stands in `noscript` is no text to Playwright, though the browser shows it.
  await expect(panel.locator("noscript")).toHaveCount(1);
  await expect(panel.getByRole("button")).toHaveCount(0);
});

test("a step is added with its first way, and what would stop people is confirmed first", async ({ page, doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await page.goto(`${doorward.url}${FLOW}`);
  await addStep(page, "Authenticator app");
  await expect(page.getByRole("alert")).toContainText("needs a confirmation");
  expect((await doorward.api("GET", "/applications/demo-app")).body.flow.steps).toEqual([FIRST]);
  // What was refused is what stands there, and what the page speaks of.
  await expect(page.getByRole("listitem", { name: "Step 2" })).toContainText("Authenticator app");
  await expect(page.getByRole("group", { name: "Findings" })).toContainText("Step 2 needs an account");
  await expect(page.getByText("Everybody gets through this flow")).toHaveCount(0);
  await expect(page.locator(".page-head")).toContainText("With what is changed here, 1 finding in its sign-in flow.");
  await page.getByRole("checkbox", { name: "Save all the same: I know that people from Test IdP cannot sign in" }).check();
  await save(page);
  await expect(page.getByRole("listitem", { name: "Step 2" })).toContainText("Authenticator app");
  expect((await doorward.api("GET", "/applications/demo-app")).body.flow.steps).toEqual([FIRST, { options: ["totp"] }]);
});

test("a flow is looked at as if JIT were off", async ({ page, doorward }) => {
  const looked = page.getByText("Looked at as if just-in-time provisioning were off for Test IdP, which is not saved");
  await page.goto(`${doorward.url}${FLOW}?without=test-idp`);
  await expect(looked, "it is off").toHaveCount(0);
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
  await page.goto(`${doorward.url}${FLOW}?without=nobody`);
  await expect(looked).toHaveCount(0);
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();

  await page.goto(`${doorward.url}${FLOW}?without=test-idp#findings`);
  await expect(looked).toBeVisible();
  await expect(page.getByText("Step 2 needs an account, and people from Test IdP have none")).toBeVisible();
  await expect(page.getByText("Turn on JIT for Test IdP", { exact: true })).toHaveCount(0);
  await page.getByText("Remove step 2 for everybody", { exact: true }).click();
  await page.getByRole("group", { name: "What it changes: Remove step 2 for everybody" }).getByRole("button", { name: "Apply to the steps" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  await expect(looked, "it goes on so").toBeVisible();
  await page.getByRole("link", { name: "Look at it as it is" }).click();
  await expect(looked).toHaveCount(0);
});
