import { buy, contractOf, Producer } from "../house/api";
import { Verify } from "../house/pages";
import { expect, test } from "../house/test";

test("a sealed contract is verified, and one that was changed is refused", async ({
  page,
  world,
  person,
}) => {
  const [owner, buyer] = [person("Noor Amin"), person("Finn Berg")];
  const producer = await Producer.open(world.base, owner, `Sealed ${owner.email}`);
  const placed = await buy(producer, await producer.sell("Blue Hour"), {
    name: buyer.name,
    email: buyer.email,
  });
  const contract = await contractOf(producer, placed);

  const verify = new Verify(page);
  await page.goto("/verify");
  await verify.judge("contract.pdf", contract);
  await expect(verify.verdict).toHaveText("Unchanged");
  await expect(page.getByRole("main")).toContainText(placed.reference);

  const changed = Buffer.from(contract);
  const middle = Math.floor(changed.length / 3);
  changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
  await page.goto("/verify");
  await verify.judge("changed.pdf", changed);
  await expect(verify.verdict).toHaveText("Do not rely on this file");
});
