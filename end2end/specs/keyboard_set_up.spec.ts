import { fresh, made } from "../fixtures/arranged.ts";
import { copyable, hydrated } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { enter, follow, reach, type } from "../fixtures/keyboard.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("the keyboard alone adds a connection, tests and enables it, and adds an application", async ({ page, doorward, upstream, relyingParty }) => {
  const handle = fresh("quiet-office");
  const client = await upstream.register(`${doorward.url}/federation/${handle}/callback`);
  await page.goto(`${doorward.url}/console/connections`);
  await enter(page, doorward.adminEmail, doorward.adminPassword);

  await test.step("a connection is added from its template", async () => {
    await follow(page, page.getByRole("link", { name: "Add connection" }));
    await expect(page.getByRole("heading", { name: "Add a connection" })).toBeVisible();
    await follow(page, page.getByRole("link", { name: /^OpenID Connect/ }));
    await expect(page.getByRole("heading", { name: /^New OpenID Connect/ })).toBeVisible();
    await hydrated(page);
    await type(page, page.getByLabel("Name", { exact: true }), handle);
    await expect(page.getByLabel("Handle")).toHaveValue(handle);
    await type(page, page.getByLabel("Issuer"), upstream.issuer);
    await follow(page, page.getByRole("button", { name: "Discover" }));
    await expect(page.getByText("The provider answered")).toBeVisible();
    await type(page, page.getByLabel("Client ID"), client.client_id);
    await type(page, page.getByLabel("Client secret"), client.client_secret);
    await follow(page, page.getByRole("button", { name: "Add connection" }));
    await expect(page.getByRole("heading", { name: handle, level: 1 })).toBeVisible();
  });

  await test.step("it is tested", async () => {
    await follow(page, page.getByRole("link", { name: "Test connection" }));
    await follow(page, page.getByRole("button", { name: "Finance Lead" }));
    await expect(page.getByText("The test passed")).toBeVisible();
  });

  await test.step("it is enabled", async () => {
    await follow(page, page.getByRole("link", { name: "General" }));
    const enabled = page.getByRole("checkbox", { name: "Enabled" });
    await expect(enabled).not.toBeChecked();
    await reach(page, enabled);
    await page.keyboard.press("Space");
    await follow(page, page.getByRole("button", { name: "Update" }));
    await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
    expect((await doorward.api("GET", `/connections/${handle}`)).body.enabled).toBe(true);
  });

  await test.step("an application offers it, and its client ID is copied", async () => {
    const name = fresh("quiet-desk");
    await follow(page, page.getByRole("link", { name: "Applications", exact: true }));
    await follow(page, page.getByRole("link", { name: /^Add/ }).first());
    await expect(page.getByRole("heading", { name: "Add an application" })).toBeVisible();
    await type(page, page.getByLabel("Name", { exact: true }), name);
    await type(page, page.getByLabel("Redirect URIs"), relyingParty.redirectUri);
    await reach(page, page.getByRole("checkbox", { name: handle }));
    await page.keyboard.press("Space");
    await follow(page, page.getByRole("button", { name: "Add application" }));
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    const button = page.getByRole("button", { name: "Copy Client ID" });
    const clientId = await copyable(page, "Client ID").innerText();
    await follow(page, button);
    await expect(page.getByRole("button", { name: "Copied Client ID" })).toBeFocused();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(clientId);
    const { body } = await doorward.api("GET", `/applications/${name}`);
    expect([body.client_id, body.flow.steps[0].options]).toEqual([clientId, ["password", `connection:${handle}`]]);
  });
});

test("the keyboard alone goes around a person's page", async ({ page, doorward }) => {
  const username = fresh("desk.reader");
  await made(doorward, "/users", { username, email: `${username}@example.com`, email_verified: true });
  await page.goto(`${doorward.url}/console`);
  await enter(page, doorward.adminEmail, doorward.adminPassword);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search or jump to" })).toBeFocused();
  await page.keyboard.type(username);
  await expect(page.getByRole("option", { name: new RegExp(username) })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: username, level: 1 })).toBeVisible();
  await expect(page.getByRole("table", { name: "Attributes" })).toContainText("the API");

  await follow(page, page.getByRole("link", { name: "Settings" }));
  await type(page, page.getByLabel("Full name"), "Desk Reader");
  await follow(page, page.getByRole("button", { name: "Update" }));
  await expect(page.getByRole("heading", { name: "Desk Reader", level: 1 })).toBeVisible();
  await follow(page, page.getByRole("link", { name: "Profile" }));
  await expect(page.getByRole("row", { name: /^Full name/ })).toContainText("an administrator");
});
