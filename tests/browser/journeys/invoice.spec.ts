import { Producer } from "../house/api";
import { Dashboard, ProjectMoney } from "../house/dashboard";
import { Quote } from "../house/guests";
import { expect, test } from "../house/test";

const ADDRESS = "Kanalstraße 5\n80538 München";

test("a quote is accepted, invoiced and paid by bank transfer", async ({ page, visitor, world, person }) => {
  const [owner, client] = [person("Vera Stone"), person("Mara Lindqvist")];
  const producer = await Producer.open(world.base, owner, `Invoiced ${owner.email}`);
  const { project } = await producer.openRecord("Night Bus", client);
  const { slug } = producer.studio;
  const [dashboard, money] = [new Dashboard(page), new ProjectMoney(page)];

  // What stands on each invoice.
  await dashboard.signIn(producer.login, `/dashboard/${slug}/settings`);
  await page.getByLabel("Whose law governs contracts").fill("Germany");
  await page.getByLabel("Postal address").fill("Lindenstraße 1\n10969 Berlin");
  await dashboard.keeper.click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await dashboard.open(slug, "settings/invoices");
  await page.getByLabel("Where clients pay by bank transfer").fill("Vera Stone, DE89 3704 0044 0532 0130 00");
  await dashboard.keeper.click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await dashboard.open(slug, `projects/${project}/money`);
  await money.quote("Recording, two days", "600", ADDRESS);
  await money.change("Mix and masters", "400.00");
  await expect(money.quotes).toContainText("EUR 1,000.00");
  await page.getByRole("button", { name: "Send it", exact: true }).click();
  await new Quote(await visitor()).accept(await client.mail.link("quotes"), client);

  // The page tells by itself that it is accepted, and its deposit invoiced.
  await expect(money.quotes.getByText("accepted", { exact: true })).toBeVisible();
  const deposit = /^More for INV-\d{4}-0001$/;
  await money.record(deposit);
  await expect(money.invoices.getByText("paid", { exact: true })).toBeVisible();
  await money.takeBack(/^Take back EUR\s400\.00 of INV/, "The bank has sent it back.");
  await expect(money.invoices.getByText("open", { exact: true })).toBeVisible();
  await expect(money.invoices.getByText("taken back", { exact: true })).toBeVisible();
  await money.record(deposit);
  await expect(money.invoices.getByText("paid", { exact: true })).toBeVisible();

  await money.quotes.getByRole("button", { name: "Invoice it" }).click();
  await money.record(/^More for INV-\d{4}-0002$/);
  await expect(page.getByText("All paid", { exact: true })).toBeVisible();

  // Beside the quote, and by mistake.
  await money.invoice("One more day", "300", ADDRESS);
  await money.credit(/^More for INV-\d{4}-0003$/, "That day was never booked.");
  await expect(money.invoices.getByText("credited", { exact: true })).toBeVisible();
  await expect(money.invoices.getByText("credit note", { exact: true })).toBeVisible();
  await expect(page.getByText("All paid", { exact: true })).toBeVisible();
});
