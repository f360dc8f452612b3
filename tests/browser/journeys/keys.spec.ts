import { PASSWORD, Producer } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { expect, test } from "../house/test";

test("a program is given a key, which opens what it was made for until it is revoked", async ({
  page,
  world,
  person,
  request,
}, info) => {
  const producer = await Producer.open(world.base, person("Ines Falk"), `Keys ${info.project.name}`);
  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/settings/keys`);
  await expect(page.getByRole("heading", { name: "No program has a key yet" })).toBeVisible();
  const secret = await dashboard.makeKey("Bookkeeping", "See beats, files and prices");

  const query = "query ($studio: ID!) { beats(studio: $studio, first: 1) { nodes { id } } }";
  const beats = async () => {
    const headers = { authorization: `Bearer ${secret}` };
    const data = { query, variables: { studio: producer.studio.id } };
    return (await (await request.post("/graphql", { headers, data })).json()).data?.beats;
  };
  expect(await beats()).toEqual({ nodes: [] });

  await dashboard.revokeKey("Bookkeeping");
  expect(await beats()).toBeFalsy();
});

test("somebody opens a second studio from the first", async ({ page, person }, info) => {
  const dashboard = new Dashboard(page);
  const [first, second] = [`First light ${info.project.name}`, `Second light ${info.project.name}`];
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, first);
  await dashboard.openAnother(first, second);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(second);
});
