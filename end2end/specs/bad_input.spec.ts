import { fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

test("a handle that is taken is said at its field, and nothing typed is lost", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/new/oidc");
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill("A second one");
  await page.getByLabel("Handle").fill("test-idp");
  await page.getByLabel("Issuer").fill("https://idp.example.com");
  await page.getByLabel("Client ID").fill("an-id");
  await page.getByLabel("Client secret").fill("typed with care");
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(page.getByLabel("Handle")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("alert")).toContainText("The handle is taken already.");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("A second one");
  await expect(page.getByLabel("Client secret")).toHaveValue("typed with care");
  await page.getByLabel("Handle").fill("a-second-one");
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(page.getByRole("heading", { name: "A second one" })).toBeVisible();
});

test("what the browser would not send is said at its field, in our words", async ({ page, doorward, expectAccessible }) => {
  await openConsole(page, doorward, "/console/connections/new/oidc");
  await hydrated(page);
  const [name, handle] = [page.getByLabel("Name", { exact: true }), page.getByLabel("Handle")];
  await handle.fill("Bad Handle!");
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(name).toBeFocused();
  await expect(name).toHaveAccessibleDescription(/Fill this in\.$/);
  await expect(handle).toHaveAccessibleDescription(/Lower-case letters, digits and hyphens, with a letter or digit at both ends\.$/);
  await expectAccessible(page);
  await handle.fill("");
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(handle).toHaveAccessibleDescription(/Fill this in\.$/);
  await name.fill("Acme");
  await expect(name).toHaveAccessibleDescription(/”\.$/);
  await expect(handle, "what is suggested is typed").toHaveValue("acme");
  await expect(handle).not.toHaveAttribute("aria-invalid");
});

test("markup and other alphabets in a name are text everywhere (S48)", async ({ page, doorward }) => {
  const name = "<b onclick=alert(1)>מנהל</b> & 株式会社 🏢";
  await openConsole(page, doorward, "/console/connections/new/oidc");
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Handle").fill("markup");
  await page.getByLabel("Issuer").fill("https://idp.example.com");
  await page.getByLabel("Client ID").fill("an-id");
  await page.getByLabel("Client secret").fill("a secret");
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  await page.goto(`${doorward.url}/console/connections`);
  await expect(page.getByText(name).first()).toBeVisible();
  await expect(page.locator("b[onclick]")).toHaveCount(0);
});

test("what is too long is refused at the field", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/test-idp");
  await hydrated(page);
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("");
  // As if it were pasted: nothing of it is cut.
  await page.keyboard.insertText("x".repeat(5_000));
  await page.getByRole("button", { name: "Update" }).click();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveValue("x".repeat(5_000));
  const { body } = await doorward.api("GET", "/connections/test-idp");
  expect(body.display_name).toBe("Test IdP");
});

test("of two people who save at once the second is told, and keeps what they typed", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/test-idp");
  const other = await page.context().newPage();
  await other.goto(`${doorward.url}/console/connections/test-idp`);
  await hydrated(page);
  await hydrated(other);
  await other.getByLabel("Name", { exact: true }).fill("Test provider");
  await save(other);
  await page.getByLabel("Name", { exact: true }).fill("Trial provider");
  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Trial provider");
  await expect(page.getByRole("alert").first()).toContainText("is lost once you show the saved settings");
  const { body } = await doorward.api("GET", "/connections/test-idp");
  expect(body.display_name).toBe("Test provider");
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("link", { name: "Show the saved settings" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Test provider");
  await doorward.api("PATCH", "/connections/test-idp", { display_name: "Test IdP" });
});

test("what was deleted meanwhile leads back to the list", async ({ page, doorward }) => {
  const handle = fresh("short-lived");
  const oidc = { issuer: "https://idp.example.com", client_id: "an-id", client_secret: "a secret" };
  await made(doorward, "/connections", { handle, display_name: "Short-lived", oidc });
  await openConsole(page, doorward, `/console/connections/${handle}`);
  await hydrated(page);
  await doorward.api("DELETE", `/connections/${handle}`);
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("alert").getByRole("link", { name: "Back to the list" }).click();
  await expect(page).toHaveURL(`${doorward.url}/console/connections`);
  await page.goto(`${doorward.url}/console/connections/${handle}`);
  await expect(page.getByRole("link", { name: "Back to the list" })).toHaveAttribute("href", "/console/connections");
});
