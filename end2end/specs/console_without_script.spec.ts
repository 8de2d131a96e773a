import { fresh, made } from "../fixtures/arranged.ts";
import { copyable, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

// What the console does before its code has loaded, or when it never does.
test.use({ javaScriptEnabled: false });

test("JIT is switched off and on", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/test-idp/advanced");
  const jit = page.getByRole("checkbox", { name: "Just-in-Time (JIT) User Provisioning" });
  for (const on of [false, true]) {
    await jit.setChecked(on);
    await save(page);
    await expect(jit).toBeChecked({ checked: on });
    const { body } = await doorward.api("GET", "/connections/test-idp");
    expect(body.jit.enabled).toBe(on);
  }
});

test("a connection and an application that offers it are added", async ({ page, doorward, upstream }) => {
  await openConsole(page, doorward, "/console/connections/new/oidc");
  await page.getByLabel("Name", { exact: true }).fill("Branch office");
  await page.getByLabel("Handle").fill("branch-office");
  await page.getByLabel("Issuer").fill(upstream.issuer);
  await page.getByLabel("Client ID").fill("doorward");
  await expect(page.getByText("Needed unless the client authentication is none.")).toBeVisible();
  await page.getByLabel("Client secret", { exact: true }).fill("a secret of the branch office");
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(page.getByRole("heading", { name: "Branch office" })).toBeVisible();
  expect(await page.content()).not.toContain("a secret of the branch office");

  await page.goto(`${doorward.url}/console/applications/new`);
  await page.getByLabel("Name", { exact: true }).fill("Rota");
  const handle = page.getByLabel("Handle");
  if (await handle.isVisible()) await handle.fill("rota");
  await page.getByLabel("Redirect URIs").fill("https://rota.example.com/cb");
  await page.getByRole("checkbox", { name: "Branch office" }).check();
  await page.getByRole("button", { name: "Add application" }).click();
  await expect(page.getByRole("heading", { name: "Rota" })).toBeVisible();
  await expect(copyable(page, "Client ID")).not.toBeEmpty();
  const secret = await copyable(page, "Client secret").innerText();
  expect(secret.length).toBeGreaterThan(20);
  expect(page.url(), "a secret never stands in an address").not.toContain(secret);
  await page.reload();
  expect(await page.content(), "shown once").not.toContain(secret);
});

test("what is saved of a person is said once", async ({ page, doorward }) => {
  const clerk = await made(doorward, "/users", { username: fresh("said.once"), password: "Corr3ct-horse-staple" });
  await openConsole(page, doorward, `/console/users/${clerk.id}/settings`);
  for (const button of ["Update", "Set the role"]) {
    await page.getByRole("button", { name: button }).click();
    await expect(page).toHaveURL(/saved=true/);
    await expect(page.getByText("Saved", { exact: true })).toHaveCount(1);
    await page.goto(`${doorward.url}/console/users/${clerk.id}/settings`);
  }
});

test("an application that waits to be connected says what is true, also when its page is loaded again", async ({ page, doorward }) => {
  const handle = fresh("said-true");
  await made(doorward, "/applications", { handle, name: "Said true", redirect_uris: ["https://rota.example.com/cb"] });
  await openConsole(page, doorward, `/console/applications/${handle}/protocol?created=true`);
  await expect(page.getByText("Said true is ready to be connected")).toBeVisible();
  await expect(page.getByText("Its secret is shown when it is made, and never again.")).toBeVisible();
});

test("people are searched and the log is read", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/users?q=payroll");
  await expect(page.getByRole("link", { name: /Payroll Clerk|payroll\.clerk/ }).first()).toBeVisible();
  await expect(page.getByText("site.manager")).toHaveCount(0);
  await page.goto(`${doorward.url}/console/audit`);
  await expect(page.getByRole("cell", { name: "Signed in" }).first()).toBeVisible();
});

test("what somebody else saved meanwhile is not written over by sending the form again", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/test-idp");
  await doorward.api("PATCH", "/connections/test-idp", { display_name: "Test provider" });
  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Trial provider");
  for (let tries = 0; tries < 2; tries += 1) {
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("alert")).toContainText("This has changed meanwhile");
    await expect(name).toHaveValue("Trial provider");
    expect((await doorward.api("GET", "/connections/test-idp")).body.display_name).toBe("Test provider");
  }
  await page.getByRole("link", { name: "Show the saved settings" }).click();
  await expect(name).toHaveValue("Test provider");

  await test.step("what others save beside it does not stop it, and what they save there is written over once that is wanted", async () => {
    await doorward.api("PATCH", "/connections/test-idp", { trusted_acr: ["beside"] });
    await name.fill("Trial provider");
    await save(page);
    expect((await doorward.api("GET", "/connections/test-idp")).body.trusted_acr).toEqual(["beside"]);
    await doorward.api("PATCH", "/connections/test-idp", { display_name: "Test provider" });
    await name.fill("Mine");
    await page.getByRole("button", { name: "Update" }).click();
    await expect(page.getByRole("alert")).toContainText("Last saved by the management API");
    await expect(page.getByText("Saved", { exact: true }), "of the save before nothing is said").toHaveCount(0);
    await page.getByRole("button", { name: "Save mine all the same" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
    expect((await doorward.api("GET", "/connections/test-idp")).body.display_name).toBe("Mine");
  });
  await doorward.api("PATCH", "/connections/test-idp", { display_name: "Test IdP", trusted_acr: [] });
});

test("what was typed is still there after a refusal", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/connections/new/oidc");
  await page.getByLabel("Name", { exact: true }).fill("A second one");
  await page.getByLabel("Handle").fill("test-idp");
  await page.getByLabel("Issuer").fill("https://idp.example.com");
  await page.getByLabel("Client ID").fill("an-id");
  await page.getByLabel("Client secret").fill("a secret");
  await page.getByRole("checkbox", { name: "Enable at once" }).check();
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(page.getByLabel("Handle")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("A second one");
  await expect(page.getByLabel("Issuer")).toHaveValue("https://idp.example.com");
  await expect(page.getByRole("checkbox", { name: "Enable at once" })).toBeChecked();
  await expect(page.getByLabel("Client secret"), "a secret is not put into a page").toHaveValue("");
  // Whoever has only the address sees the form, and no sentence that came with it.
  const address = page.url();
  expect(address).toContain("__err");
  await page.goto("about:blank");
  await page.goto(address);
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(page.url()).not.toContain("__err");
});
