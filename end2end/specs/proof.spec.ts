import { made } from "../fixtures/arranged.ts";
import { goToTestIdp } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { askFor, withDevice } from "../fixtures/passkey.ts";
import { submitPassword } from "../fixtures/person.ts";

const PASSWORD = "correct horse battery";

test.afterEach(async ({ doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
});

test("a person proves with a passkey that an account is theirs", async ({ doorward, browser, expectAccessible }) => {
  const stamp = Date.now();
  const username = `keeper.${stamp}`;
  const email = `owner-${stamp}@example.com`;
  await made(doorward, "/users", { username, email, email_verified: true, password: PASSWORD });
  const person = await (await browser.newContext()).newPage();
  await withDevice(person);

  await test.step("they set up a passkey", async () => {
    await askFor(doorward, ["password"], ["passkey"]);
    await person.goto(`${doorward.url}/demo-app`);
    await person.getByRole("button", { name: "Sign in" }).click();
    await submitPassword(person, username, PASSWORD);
    await person.getByRole("button", { name: "Set up a passkey" }).click();
    await expect(person.getByText("You are signed in as")).toBeVisible();
    await person.context().clearCookies();
  });

  await test.step("another provider vouches for their address", async () => {
    await askFor(doorward, ["password", "connection:test-idp"]);
    await goToTestIdp(person, doorward);
    await person.getByLabel("Name", { exact: true }).fill(`owner-${stamp}`);
    await person.getByRole("button", { name: "Sign in by name" }).click();
    await expect(person.getByRole("heading", { level: 1, name: "Is this your account?" })).toBeVisible();
    await expect(person.getByText(username)).toHaveCount(0);
    await expect(person.getByRole("button", { name: /^Email a code to/ })).toBeVisible();
    await expectAccessible(person);
  });

  await test.step("a wrong password keeps the page", async () => {
    await person.getByLabel("Password").fill("not the password");
    await person.getByRole("button", { name: "Confirm and link" }).click();
    await expect(person.getByText("The password is not right.")).toBeVisible();
  });

  await test.step("the passkey proves it, and from then on the provider is enough", async () => {
    await person.getByRole("button", { name: "Use your passkey" }).click();
    await expect(person.getByText("You are signed in as")).toBeVisible();
    const { body } = await doorward.api("GET", `/users/${username}`);
    expect(body.links).toHaveLength(1);
  });
  await person.context().close();
});
