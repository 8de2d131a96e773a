import { addStep, hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";

test.afterEach(async ({ doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("a flow is tried as one person before it is saved", async ({ page, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const tried = page.getByRole("region", { name: "Try it" });

  await test.step("somebody new gets through the flow as it is", async () => {
    await tried.getByRole("button", { name: "Start" }).click();
    await expect(tried.getByText("has no password")).toBeVisible();
    await tried.getByRole("button", { name: "Test IdP" }).click();
    await expect(tried.getByText("No account is made: just-in-time provisioning is off.")).toBeVisible();
    await expect(tried.getByText("Signed in")).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("a second step, which is not saved, stops them", async () => {
    await addStep(page, "Authenticator app");
    await expect(tried.getByText("Stopped at step 2")).toBeVisible();
  });

  await test.step("a local person sets up an app, and the script's log is shown", async () => {
    await page.locator("summary", { hasText: "Script" }).first().click();
    const script = page.getByLabel("Script", { exact: true });
    await script.fill(
      "var onLoginRequest = function (context) {\n  executeStep(1, {onSuccess: function (context) {\n" +
        "    Log.info('from ' + context.request.ip);\n    executeStep(2);\n  }});\n};",
    );
    await tried.getByLabel("Person").selectOption("A local person");
    await tried.getByLabel("IP address").fill("192.0.2.77");
    await tried.getByRole("button", { name: "Password" }).click();
    await expect(tried.getByText("is set up now")).toBeVisible();
    await tried.getByText("1 logged").click();
    await expect(tried.getByText("from 192.0.2.77")).toBeVisible();
    await tried.getByRole("button", { name: "Authenticator app" }).click();
    await expect(tried.getByText("urn:doorward:acr:2")).toBeVisible();
    await tried.getByRole("button", { name: "Take the last choice back" }).click();
    await expect(tried.getByText("Chooses one of these ways:")).toBeVisible();
  });

  await test.step("an IP address is one", async () => {
    const address = tried.getByLabel("IP address");
    await address.fill("999.1.1.1");
    await expect(address).toHaveAccessibleDescription(/Enter an IP address, such as 203\.0\.113\.7\./);
    await expect(tried.getByText("Chooses one of these ways:")).toHaveCount(0);
    await address.fill("192.0.2.77");
    await expect(address).not.toHaveAttribute("aria-invalid", "true");
    await expect(tried.getByText("Chooses one of these ways:")).toBeVisible();
  });

  await test.step("another person's way does not stay, and a user has a name", async () => {
    await tried.getByLabel("Person").selectOption("A user of this server…");
    await expect(tried.getByText("Chooses one of these ways:")).toHaveCount(0);
    const user = tried.getByLabel("Username");
    await expect(user).not.toHaveAttribute("aria-invalid", "true");
    await tried.getByRole("button", { name: "Start over" }).click();
    await expect(user).toHaveAccessibleDescription(/Enter a username\./);
    await expect(user).toBeFocused();
    await user.fill("nobody of this name");
    await expect(user).toHaveAccessibleDescription(/There is no user with this username or id\./);
    await tried.getByLabel("Person").selectOption("A local person");
    await tried.getByRole("button", { name: "Password" }).click();
  });

  await test.step("a form of the script is filled in", async () => {
    await page.getByLabel("Script", { exact: true }).fill(
      "var onLoginRequest = function (context) {\n  executeStep(1, {onSuccess: function (context) {\n" +
        "    prompt('genericForm', {title: 'Where are you?', inputs: [{id: 'city', label: 'City', required: true}]});\n" +
        "  }});\n};",
    );
    await expect(tried.getByRole("heading", { name: "A form of the script" })).toBeVisible();
    await expect(tried.getByRole("button", { name: "Sends it" })).toBeDisabled();
    await tried.getByLabel("City").fill("Bern");
    await expectAccessible(page);
    await tried.getByRole("button", { name: "Sends it" }).click();
    await expect(tried.getByText("Sends the form with city “Bern”")).toBeVisible();
    await expect(tried.getByText("Signed in")).toBeVisible();
  });

  await test.step("nothing is written", async () => {
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.flow.steps).toHaveLength(1);
  });
});
