import { PASSWORD } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { Portfolio } from "../house/guests";
import { expect, test } from "../house/test";

test("released work is shown on a portfolio, in the order that its studio wants", async ({
  page,
  person,
  visitor,
}, info) => {
  const dashboard = new Dashboard(page);
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, `Shown ${info.project.name}`);
  const slug = new URL(page.url()).pathname.split("/")[2] ?? "";
  await dashboard.area("Portfolio");
  await page.getByRole("button", { name: "Give it a page" }).click();
  await expect(page.getByRole("link", { name: "See the page" })).toBeVisible();
  await dashboard.addWork({ title: "Harbour Lights", artist: "Vera Stone", role: "Mixing engineer" });
  await dashboard.addWork({ title: "Night Bus", artist: "Mara Holm", role: "Producer" });
  await expect(dashboard.works).toHaveText(["Night Bus", "Harbour Lights"]);

  const portfolio = new Portfolio(await visitor());
  await portfolio.open(slug);
  await expect(portfolio.works).toHaveText(["Night Bus", "Harbour Lights"]);

  await page.getByRole("button", { name: "Move Harbour Lights up" }).click();
  await expect(dashboard.works).toHaveText(["Harbour Lights", "Night Bus"]);
  await portfolio.open(slug);
  await expect(portfolio.works).toHaveText(["Harbour Lights", "Night Bus"]);

  await dashboard.takeOut("Night Bus");
  await portfolio.open(slug);
  await expect(portfolio.works).toHaveText(["Harbour Lights"]);
});
