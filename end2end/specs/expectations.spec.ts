import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { steps: [{ options: ["password", "connection:test-idp"] }], script: null };
const BOTH = { steps: [...FIRST.steps, { options: ["totp"] }], script: null };

test.beforeEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: BOTH, expectations: [] });
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST, expectations: [] });
});

test("what must stay true is written down and held against what is edited", async ({ page, doorward, expectAccessible }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const told = "A local person is asked for an authenticator app in step 2";
  const item = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: told }) });

  await test.step("it is added and is kept by the flow as it is", async () => {
    await expect(page.getByText("Say what must stay true")).toBeVisible();
    await page.getByLabel("Who", { exact: true }).selectOption("A local person");
    await page.getByLabel("What you expect").selectOption("is asked for an authenticator app in step 2");
    await page.getByRole("button", { name: "Add the expectation" }).click();
    await expect(item.getByText("Kept")).toBeVisible();
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.expectations).toEqual([{ who: "LOCAL", what: { asked_for: { step: 2, option: "totp" } } }]);
    await expectAccessible(page);
  });

  await test.step("a change that breaks it says so before it is saved", async () => {
    await page.getByRole("button", { name: "Remove step 2", exact: true }).click();
    await expect(item.getByText("Broken")).toBeVisible();
    await expect(item.getByText("is signed in without having been asked for an authenticator app in step 2")).toBeVisible();
    await expect(page.getByText("What you expect of this flow is not so")).toBeVisible();
    await expect(page.getByRole("checkbox", { name: "I know that an expectation is broken" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Discard" }).click();
    await expect(item.getByText("Kept")).toBeVisible();
  });

  await test.step("it is removed", async () => {
    await item.getByRole("button", { name: /^Remove/ }).click();
    await expect(page.getByText("Say what must stay true")).toBeVisible();
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.expectations).toEqual([]);
  });
});

test("a broken expectation is given up where it is told", async ({ page, doorward, expectAccessible }) => {
  const expectations = [{ who: "LOCAL", what: { asked_for: { step: 2, option: "totp" } } }];
  await doorward.api("PATCH", "/applications/demo-app", { expectations });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await page.getByRole("button", { name: "Remove step 2", exact: true }).click();
  await page.getByText("Stop expecting it", { exact: true }).click();
  const panel = page.getByRole("group", { name: "What it changes: Stop expecting it" });
  await expect(panel.getByText("removed: Expected: a local person is asked for an authenticator app in step 2")).toBeVisible();
  await expect(panel.getByText("No longer found")).toBeVisible();
  await expectAccessible(page);
  await panel.getByRole("button", { name: "Remove the expectation" }).click();
  await expect(page.getByText("What you expect of this flow is not so")).toHaveCount(0);
  await expect(page.getByText("Say what must stay true")).toBeVisible();
  const { body } = await doorward.api("GET", "/applications/demo-app");
  expect(body.expectations).toEqual([]);
  expect(body.flow.steps, "the flow is not saved yet").toHaveLength(2);
  await save(page);
});

test("one may speak of an administrator and of a group", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await expect(page.getByLabel("Group", { exact: true })).toBeHidden();
  await page.getByLabel("Who", { exact: true }).selectOption("An administrator, whichever way they come in");
  await page.getByLabel("What you expect").selectOption("is asked for an authenticator app in step 2");
  await page.getByRole("button", { name: "Add the expectation" }).click();
  await expect(page.getByRole("heading", { name: "An administrator is asked for an authenticator app in step 2" })).toBeVisible();
  await page.getByLabel("Who", { exact: true }).selectOption("Somebody in the group named below");
  const group = page.getByLabel("Group", { exact: true });
  await page.getByLabel("What you expect").selectOption("can sign in");
  await page.getByRole("button", { name: "Add the expectation" }).click();
  await expect(group).toHaveAccessibleDescription("Name the group it is about.");
  await expect(group).toBeFocused();
  await group.fill("staff");
  await page.getByRole("button", { name: "Add the expectation" }).click();
  await expect(page.getByRole("heading", { name: "Somebody in the group staff can sign in" })).toBeVisible();
  await page.getByRole("button", { name: "Add the expectation" }).click();
  await expect(page.getByText("It is there already.")).toBeVisible();
  const { body } = await doorward.api("GET", "/applications/demo-app");
  expect(body.expectations.map((one: { who: string }) => one.who)).toEqual(["administrator", "group:staff"]);
});

test.describe("before the browser's code has loaded", () => {
  test.use({ javaScriptEnabled: false });

  test("an expectation is added and removed", async ({ page, doorward }) => {
    await openConsole(page, doorward, FLOW);
    await page.getByLabel("Who", { exact: true }).selectOption("A local person");
    await page.getByLabel("What you expect").selectOption("cannot sign in");
    await page.getByRole("button", { name: "Add the expectation" }).click();
    await expect(page.getByRole("heading", { name: "A local person cannot sign in" })).toBeVisible();
    await expect(page.getByText("Broken", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Remove: A local person cannot sign in" }).click();
    await expect(page.getByText("Say what must stay true")).toBeVisible();
  });
});
