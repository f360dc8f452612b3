import { Producer } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { expect, test } from "../house/test";

test("who is entered twice is found and becomes one", async ({ page, world, person }) => {
  const [owner, client] = [person("Vera Stone"), person("Mara Lindqvist")];
  const producer = await Producer.open(world.base, owner, `Twice ${owner.email}`);
  const entered = { studio: producer.studio.id, kind: "PERSON", name: client.name };
  for (const input of [{ ...entered, email: client.email }, entered]) {
    await producer.change("createParty", "CreatePartyInput", input, "party { id }");
  }

  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/clients`);
  await page.getByRole("button", { name: "Lists of clients" }).click();
  await page.getByRole("menuitem", { name: "Who may be entered twice" }).click();
  const group = page.getByRole("region", { name: "The same name" });
  await expect(group.getByRole("listitem")).toHaveCount(2);
  await group.getByRole("button", { name: "Merge into it" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Merge them" }).click();
  await expect(page.getByText("They are one now").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nobody is entered twice" })).toBeVisible();

  await dashboard.open(producer.studio.slug, "clients/mailing");
  await expect(page.getByRole("heading", { name: "Nobody has agreed to mails yet" })).toBeVisible();
});
