import { connect, fresh, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

test("after the first sign-in the page says where everything comes from", async ({ page, doorward, upstream, relyingParty, browser, expectAccessible }) => {
  const handle = fresh("head-office");
  const subject = fresh("upstream");
  const email = `${subject}@example.com`;
  upstream.people.set(subject, { name: "Records Clerk", given_name: "Records", family_name: "Clerk", locale: "en-GB", email, email_verified: true });
  await connect(doorward, upstream, handle);
  await offer(doorward, relyingParty, { steps: [{ options: [`connection:${handle}`] }] });
  const person = await (await browser.newContext()).newPage();
  await person.goto(relyingParty.url);
  await person.getByRole("button", { name: "Records Clerk" }).click();
  await person.waitForURL(/\/cb\?/);
  await person.context().close();
  await doorward.api("PATCH", `/users/${email}`, { attributes: { nickname: "Ledger" } });

  await openConsole(page, doorward, "/console/users");
  await hydrated(page);
  await page.getByRole("searchbox").fill(subject);
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("row").nth(1).getByRole("cell", { name: "Just in time" })).toBeVisible();
  await page.getByRole("link", { name: "Records Clerk" }).click();
  await expect(page.getByRole("heading", { name: "Records Clerk", level: 1 })).toBeVisible();
  await expect(page.getByText("Signs in with 1 linked identity. Signed in now, in 1 browser.")).toBeVisible();

  await expect(page.getByRole("navigation", { name: "Breadcrumb" })).toContainText("Records Clerk");

  await test.step("each attribute has its source beside it", async () => {
    const table = page.getByRole("table", { name: "Attributes" });
    const provided = {
      "Address email": email,
      "Address verified email_verified": "yes",
      "Full name name": "Records Clerk",
      "Given name given_name": "Records",
      "Family name family_name": "Clerk",
      "Language locale": "en-GB",
    };
    for (const [name, value] of Object.entries(provided)) {
      const row = table.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
      await expect(row.getByRole("cell")).toHaveText([value, "Partner Desk", "just now"]);
    }
    const row = table.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Nickname nickname", exact: true }) });
    await expect(row.getByRole("cell")).toHaveText(["Ledger", "the API", "just now"]);
    await expect(table.getByRole("row")).toHaveCount(Object.keys(provided).length + 2);
  });

  await test.step("the linked identity is the provider's subject", async () => {
    const identity = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Partner Desk" }) });
    await expect(identity).toHaveCount(1);
    await expect(identity.getByText(subject, { exact: true })).toBeVisible();
    await expect(identity.getByText(upstream.issuer, { exact: true })).toBeVisible();
    await expect(identity.getByText("Linked just now · last used just now")).toBeVisible();
    await expect(identity.getByRole("link", { name: "Partner Desk" })).toHaveAttribute("href", `/console/connections/${handle}`);
  });

  await test.step("it says how the account came to be, in order", async () => {
    const section = page.locator("section").filter({ has: page.getByRole("heading", { name: "How this account came to be" }) });
    await expect(section.getByRole("listitem")).toHaveText([
      /^Made just in time, at the first sign-in through Partner Desk/,
      /^Linked to Partner Desk at once/,
      /^Last signed in/,
    ]);
    await expect(section.getByText("became the attributes of this account")).toBeVisible();
    await expectAccessible(page);
    await section.getByRole("link", { name: "Everything in the audit log" }).click();
    await expect(page.getByRole("cell", { name: "Account made just in time" })).toBeVisible();
    await expect(page.getByRole("cell", { name: "Identity linked" })).toBeVisible();
  });
  upstream.people.delete(subject);
});
