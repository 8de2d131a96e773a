import { fresh, made } from "../fixtures/arranged.ts";
import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

test("the way of authentication follows the type of the application", async ({ page, doorward }) => {
  const handle = fresh("client");
  await made(doorward, "/applications", { handle, name: "Time sheets", redirect_uris: ["https://app.example.com/cb"] });
  await openConsole(page, doorward, `/console/applications/${handle}/protocol`);
  await hydrated(page);
  const method = page.getByLabel("Client authentication");
  await expect(method).toHaveValue("client_secret_basic");
  await page.getByLabel("Browser or mobile").check();
  await expect(method).toHaveValue("none");
  await page.getByLabel("With a server").check();
  await expect(method).toHaveValue("client_secret_basic");
  await page.getByLabel("Browser or mobile").check();
  await save(page);
  const { body } = await doorward.api("GET", `/applications/${handle}`);
  expect(body.token_endpoint_auth_method).toBe("none");
  await doorward.api("DELETE", `/applications/${handle}`);
});
