import { connect, fresh, made, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole, saveAndReload } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { chooseSubject, newPerson, signInThrough } from "../fixtures/person.ts";

test("the choices of the Advanced tab are kept and are followed", async ({ page, doorward, upstream, relyingParty, browser }) => {
  const handle = fresh("regional");
  const subject = fresh("upstream");
  upstream.people.set(subject, { name: "Regional Lead", email: `${subject}@example.com`, email_verified: true });
  await connect(doorward, upstream, handle);
  await offer(doorward, relyingParty, { steps: [{ options: [`connection:${handle}`] }] });
  await made(doorward, "/users", { username: subject, email: `${subject}@example.com`, email_verified: true });
  await openConsole(page, doorward, `/console/connections/${handle}/advanced`);
  await hydrated(page);
  const choices = ["Mirror the provider", "Refuse"];
  for (const name of choices) await page.getByRole("radio", { name }).check();
  await saveAndReload(page);
  for (const name of choices) await expect(page.getByRole("radio", { name })).toBeChecked();
  const { jit } = (await doorward.api("GET", `/connections/${handle}`)).body;
  expect(jit).toEqual({ enabled: true, attribute_sync: "override_all", linking: "never" });

  const person = await newPerson(browser);
  await chooseSubject(person, relyingParty, subject);
  await expect(person.getByRole("heading", { name: "You have an account already" })).toBeVisible();
  await expect(person.getByText("1202")).toBeVisible();
  await person.context().close();

  await page.getByRole("radio", { name: "Link at once" }).check();
  await saveAndReload(page);
  await signInThrough(browser, relyingParty, subject);
  const account = async () => (await doorward.api("GET", `/users/${subject}`)).body;
  expect((await account()).attributes.name.value).toBe("Regional Lead");
  upstream.people.set(subject, { email: `${subject}@example.com`, email_verified: true });
  await signInThrough(browser, relyingParty, subject);
  expect((await account()).attributes.name, "what the provider no longer sends is cleared").toBeUndefined();
  upstream.people.delete(subject);
});
