import { connect, fresh, made } from "../fixtures/arranged.ts";
import { openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

// What the console does before its code has loaded, or when it never does.
test.use({ javaScriptEnabled: false });

const SWITCH = "Just-in-Time (JIT) User Provisioning";

test("a connection is tested and enabled", async ({ page, doorward, upstream }) => {
  const handle = fresh("branch");
  await connect(doorward, upstream, handle, { enabled: false });
  const people = async () => (await doorward.api("GET", "/users?q=finance.lead")).body.items;
  const before = await people();
  await openConsole(page, doorward, `/console/connections/${handle}`);
  await expect(page.getByText("Disabled: nobody signs in through it.")).toBeVisible();

  await test.step("the test tells what the provider sent", async () => {
    await page.getByRole("link", { name: "Test connection" }).click();
    await page.getByRole("button", { name: "Finance Lead" }).click();
    await expect(page.getByText("The test passed")).toBeVisible();
    const made = page.getByRole("table", { name: "What we make of it" });
    await expect(made.getByRole("row", { name: "email finance.lead@example.com" })).toBeVisible();
    expect(await people(), "nobody is written").toEqual(before);
  });

  await test.step("it is enabled", async () => {
    await page.getByRole("link", { name: "General" }).click();
    await page.getByRole("checkbox", { name: "Enabled" }).check();
    await save(page);
    await expect(page.getByRole("checkbox", { name: "Enabled" })).toBeChecked();
    expect((await doorward.api("GET", `/connections/${handle}`)).body.enabled).toBe(true);
  });
});

test("a person is changed, given a role and disabled", async ({ page, doorward }) => {
  const username = fresh("plain.page");
  const { id } = await made(doorward, "/users", { username });
  const account = async () => (await doorward.api("GET", `/users/${id}`)).body;
  const settings = `/console/users/${id}/settings`;
  await openConsole(page, doorward, settings);

  await test.step("the profile is saved", async () => {
    await page.getByLabel("Full name").fill("Plain Page");
    await page.getByRole("textbox", { name: /^Address/ }).fill(`${username}@example.com`);
    await page.getByRole("checkbox", { name: "The address is verified" }).check();
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("heading", { name: "Plain Page", level: 1 })).toBeVisible();
    await expect(page.getByText("Saved", { exact: true }).first()).toBeVisible();
    await page.goto(`${doorward.url}${settings}`);
    await expect(page.getByLabel("Full name")).toHaveValue("Plain Page");
    expect((await account()).attributes.name).toMatchObject({ value: "Plain Page", source: { kind: "administrator" } });
  });

  await test.step("an address that somebody has is refused at its field, and stays in it", async () => {
    const address = page.getByRole("textbox", { name: /^Address/ });
    await address.fill(doorward.adminEmail);
    await page.getByRole("button", { name: "Update" }).click();
    await expect(address).toHaveAttribute("aria-invalid", "true");
    await expect(address).toHaveValue(doorward.adminEmail);
    expect((await account()).email).toBe(`${username}@example.com`);
  });

  await test.step("the role is set, and taken back", async () => {
    for (const [name, role] of [["Administrator", "administrator"], ["Person", "person"]] as const) {
      await page.goto(`${doorward.url}${settings}`);
      await page.getByRole("radio", { name }).check();
      await page.getByRole("button", { name: "Set the role" }).click();
      await expect(page.getByText("Saved", { exact: true }).first()).toBeVisible();
      expect((await account()).role).toBe(role);
    }
  });

  await test.step("the account is disabled", async () => {
    await page.goto(`${doorward.url}${settings}`);
    await page.getByText("Disable this account", { exact: true }).click();
    await page.getByRole("button", { name: "Disable now" }).click();
    await expect(page.getByText("Disabled", { exact: true })).toBeVisible();
    expect((await account()).status).toBe("disabled");
  });
});

test.describe("when an application breaks", () => {
  const first = { options: ["password", "connection:test-idp"] };

  test.beforeEach(async ({ doorward }) => {
    await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [first, { options: ["totp"] }], script: null } });
  });

  test.afterEach(async ({ doorward }) => {
    await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [first], script: null } });
    await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true }, factors_without_account: false });
  });

  test("the Advanced tab names it and asks before it saves", async ({ page, doorward }) => {
    const isOn = async () => (await doorward.api("GET", "/connections/test-idp")).body.jit.enabled;
    await openConsole(page, doorward, "/console/connections/test-idp/advanced");
    const stops = page.getByText("1 application will refuse people from Test IdP", { exact: true });
    await expect(stops).toBeHidden();
    await page.getByRole("checkbox", { name: SWITCH }).uncheck();
    await expect(stops).toBeVisible();
    await expect(page.getByRole("link", { name: "Demo application" })).toBeVisible();
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("alert")).toContainText("confirm");
    expect(await isOn()).toBe(true);
    await page.getByRole("checkbox", { name: SWITCH }).uncheck();
    await page.getByRole("checkbox", { name: "I know that 1 application will refuse people from Test IdP" }).check();
    await save(page);
    expect(await isOn()).toBe(false);
    await expect(page.getByText("1 application refuses people from Test IdP now")).toBeVisible();
  });

  test("what another box breaks is told with names once it was refused, and confirmed there", async ({ page, doorward }) => {
    await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false }, factors_without_account: true });
    const isKept = async () => (await doorward.api("GET", "/connections/test-idp")).body.factors_without_account;
    await openConsole(page, doorward, "/console/connections/test-idp/advanced");
    const keep = page.getByRole("checkbox", { name: "Keep second factors without a profile" });
    const confirm = page.getByRole("checkbox", { name: "I know that 1 application will refuse people from Test IdP" });
    await expect(confirm).toHaveCount(0);
    await keep.uncheck();
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByText("1 application will refuse people from Test IdP", { exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: "Demo application" })).toBeVisible();
    await expect(keep).not.toBeChecked();
    expect(await isKept()).toBe(true);
    await expect(confirm).toHaveAccessibleDescription("Nothing is saved yet. Tick this box, then save again.");
    await page.getByRole("alert").getByRole("link", { name: "Tick the box that says what it does" }).click();
    await expect(confirm).toBeFocused();
    await confirm.check();
    await save(page);
    expect(await isKept()).toBe(false);
  });
});
