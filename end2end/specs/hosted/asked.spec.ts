import { connect, fresh, made, offer } from "../../fixtures/arranged.ts";
import { expect, test } from "../../fixtures/doorward.ts";
import { submitPassword } from "../../fixtures/person.ts";
import { DoorwardServer } from "../../fixtures/server.ts";

// What a person is asked for on the way in. The project `without-script` runs these once more with JavaScript off.

const PASSWORD = "Corr3ct-horse-staple";

test("what the provider does not send is asked for", async ({ page, doorward, upstream, relyingParty, expectAccessible }) => {
  const handle = fresh("terse");
  const attributes = [{ from: "name", to: "name" }, { from: "nickname", to: "nickname", required: true }];
  await connect(doorward, upstream, handle, { attributes, jit: { enabled: false } });
  await offer(doorward, relyingParty, { steps: [{ options: ["password", `connection:${handle}`] }] });
  await page.goto(relyingParty.url);
  await page.getByRole("button", { name: "Continue with Partner Desk" }).click();
  await page.getByRole("button", { name: "Finance Lead" }).click();
  await expect(page.getByLabel("Nickname")).toBeVisible();
  await expectAccessible(page);

  await test.step("nothing but spaces does not do, and the page says so", async () => {
    await page.getByLabel("Nickname").fill("  ");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByLabel("Nickname")).toHaveAttribute("aria-invalid", "true");
    await expectAccessible(page);
  });

  await test.step("what was typed reaches the application", async () => {
    await page.getByLabel("Nickname").fill("Ledger");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/cb\?/);
    expect(relyingParty.outcomes.at(-1)?.userinfo?.nickname).toBe("Ledger");
  });
});

test("a script asks with a form of its own", async ({ page, doorward, relyingParty, expectAccessible }) => {
  const username = fresh("field.agent");
  await made(doorward, "/users", { username, password: PASSWORD });
  const script = `var onLoginRequest = function (context) {
    executeStep(1, { onSuccess: function (context) {
        prompt('genericForm', { title: 'Where are you?', text: 'We ask once.', inputs: [
            { id: 'city', label: 'City', required: true }, { id: 'note', label: 'Anything else' }
        ] }, { onSuccess: function (context) {
            if (context.request.params.city[0] !== 'Bern') { fail(); }
        } });
    } });
};`;
  await offer(doorward, relyingParty, { steps: [{ options: ["password"] }], script });
  await page.goto(relyingParty.url);
  await submitPassword(page, username, PASSWORD);
  await expect(page.getByRole("heading", { name: "Where are you?" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("City").fill("Bern");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(/\/cb\?/);
  expect(relyingParty.outcomes.at(-1)?.error).toBeUndefined();
});

/** A server that nobody has set up yet. */
const onEmptyServer = test.extend<{ empty: DoorwardServer }>({
  empty: async ({}, use) => {
    const empty = await DoorwardServer.start({ arguments: [], environment: { DOORWARD_ADMIN_EMAIL: "", DOORWARD_ADMIN_PASSWORD: "" } });
    await use(empty);
    await empty.stop();
  },
});

onEmptyServer("the first administrator is made with the link of the first start", async ({ page, empty, expectAccessible }) => {
  const link = /http\S+\/set-up\?token=\S+/.exec(empty.log())?.[0] ?? "";
  await page.goto(link);
  await expectAccessible(page);

  await test.step("a password of one letter over and over is refused", async () => {
    await page.getByLabel("Email address").fill("first@example.com");
    await page.getByLabel("Password").fill("aaaaaaaaaa");
    await page.getByRole("button").click();
    await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Email address")).toHaveValue("first@example.com");
    await expectAccessible(page);
  });

  await test.step("they sign in to the console", async () => {
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button").click();
    await submitPassword(page, "first@example.com", PASSWORD);
    await expect(page.getByRole("navigation").first()).toBeVisible();
    await expect(page).toHaveURL(/\/console$/);
  });

  await test.step("the link is used up", async () => {
    await page.goto(link);
    await expect(page).toHaveURL(/\/console$/);
  });
});

test("whoever wants to change a password signs in first", async ({ page, doorward, expectAccessible }) => {
  const username = fresh("careful.owner");
  await made(doorward, "/users", { username, password: PASSWORD });
  await page.goto(`${doorward.url}/account/password`);
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await expectAccessible(page);
  await submitPassword(page, username, PASSWORD);
  await expect(page.getByLabel("New password")).toBeVisible();
  await expectAccessible(page);
});
