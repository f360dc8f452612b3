import { buy, changed, contractOf, Producer } from "../house/api";
import { Verify } from "../house/guests";
import { expect, test } from "../house/test";

test("a sealed contract is verified, and one that was changed is refused", async ({
  page,
  world,
  person,
}) => {
  const [owner, buyer] = [person("Noor Amin"), person("Finn Berg")];
  const producer = await Producer.open(world.base, owner, `Sealed ${owner.email}`);
  const placed = await buy(producer, await producer.sell("Blue Hour"), buyer);
  const contract = await contractOf(world.base, placed);

  const verify = new Verify(page);
  await verify.judge("contract.pdf", contract, "Unchanged");
  await expect(page.getByRole("main")).toContainText(placed.reference);
  await verify.judge("changed.pdf", changed(contract), "Do not rely on this file");
});
