import { openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

// What stands in a text area or a title ends it nowhere: not on the server's page, nor in the one the browser draws.

const NAME = "Demo </title><b data-broken>& co</b>";
const SCRIPT = `// </textarea><b data-broken>&lt;/b>
var onLoginRequest = function (context) {
    executeStep(1);
};`;

let name: string;

test.beforeEach(async ({ doorward }) => {
  const { body } = await doorward.api("GET", "/applications/demo-app");
  name = body.name;
  const saved = await doorward.api("PATCH", "/applications/demo-app", { name: NAME, flow: { ...body.flow, script: SCRIPT } });
  expect(saved.status, JSON.stringify(saved.body)).toBe(200);
});

test.afterEach(async ({ doorward }) => {
  const { body } = await doorward.api("GET", "/applications/demo-app");
  await doorward.api("PATCH", "/applications/demo-app", { name, flow: { ...body.flow, script: null } });
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the end of an element in a text stays text", async ({ page, doorward }) => {
      await openConsole(page, doorward, "/console/applications/demo-app/flow");
      await expect(page.getByRole("heading", { level: 1 })).toContainText(NAME);
      await expect(page.locator("textarea[name=script]")).toHaveValue(SCRIPT);
      await expect(page).toHaveTitle(new RegExp(NAME.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
      await expect(page.locator("[data-broken]")).toHaveCount(0);
    });
  });
}
