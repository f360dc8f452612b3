import { Dashboard } from "../house/dashboard";
import { Portal } from "../house/guests";
import { expect, test } from "../house/test";
import { STATEMENT, tinRoof } from "../house/tin-roof";

test("a statement becomes what a payee is told, to the single line", async ({
  page,
  visitor,
  world,
  person,
}) => {
  const [owner, payee] = [person("Vera Stone"), person("Orson Vale")];
  // Money follows what was signed.
  const producer = await tinRoof(world.base, await visitor(), owner, payee);

  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/royalties/statements`);
  const asked = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (
    await asked
  ).setFiles({
    name: "January.tsv",
    mimeType: "text/tab-separated-values",
    buffer: Buffer.from(STATEMENT),
  });
  const arriving = page.getByRole("region", { name: "On their way in" });
  await expect(arriving).toContainText("2 lines");
  await expect(arriving).toContainText("Counts");

  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("button", { name: "Reckon", exact: true }).click();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("button", { name: "Post it to the books" }).click();
  await page.getByRole("link", { name: "Their statements" }).click();
  const more = page.getByRole("button", { name: `What else for ${payee.name}` });
  await expect(more).toBeVisible();
  // The page tells by itself when they are made.
  await expect(page.getByText("Being made", { exact: true })).toHaveCount(0);
  await more.click();
  await page.getByRole("menuitem", { name: "Mail it" }).click();
  await expect(page.getByText("It is on its way").first()).toBeVisible();

  const through = new Date();
  through.setUTCDate(0);
  const year = page.getByRole("region", { name: "What a year comes to" });
  await expect(year.getByRole("combobox")).toHaveValue(String(new Date().getFullYear()));
  await year.getByRole("combobox").selectOption(String(through.getUTCFullYear()));
  await expect(year.getByRole("row", { name: payee.name })).toContainText("USD 100.00");

  const told = await visitor();
  const portal = new Portal(told);
  await told.goto(await payee.mail.link("royalties"));
  // The mail leads to the statement itself; all of them are a step away.
  await portal.all();
  await portal.newest();
  await expect(told.getByRole("main")).toContainText("USD 100.00");
  await portal.title("Tin Roof");
  await expect(told.getByRole("main")).toContainText("Spotify");
  await portal.dispute("I count more streams than that.");

  await page.goto(`/dashboard/${producer.studio.slug}/royalties/disputes`);
  await expect(page.getByText("I count more streams than that.")).toBeVisible();

  // What was charged by mistake is taken back, and both stay to be seen.
  await page.goto(`/dashboard/${producer.studio.slug}/royalties/terms`);
  await page.getByRole("button", { name: "Record one" }).click();
  await page.getByLabel("Who is paid").selectOption(payee.name);
  await page.getByLabel("Amount", { exact: true }).fill("25");
  await page.getByLabel("What for").fill("The video");
  await page.getByRole("button", { name: "Record one" }).click();
  await page.getByRole("button", { name: "Take back" }).click();
  const reason = page.getByRole("dialog");
  await reason.getByLabel("Why").fill("It was paid by the label");
  await reason.getByRole("button", { name: "Take back" }).click();
  await expect(page.getByText("It is taken back, and booked back").first()).toBeVisible();
  await expect(page.getByRole("row", { name: "An advance: The video" })).toContainText("Taken back");
});
