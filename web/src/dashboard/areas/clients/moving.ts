import {
  MoveClientDocument,
  type ClientRowFragment,
  type ClientStage,
} from "$generated/dashboard/areas/clients/clients";
import { act } from "$lib/api/client";

import { deed } from "../../deed.svelte";
import { stageText } from "./stages";
import { t } from "./text";

/** Moves a client to another stage, with a way back; gives them as they are then. */
export async function move(
  client: Pick<ClientRowFragment, "id" | "stage" | "party">,
  stage: ClientStage,
  onchange: (now: ClientRowFragment) => void,
): Promise<void> {
  const to = (wanted: ClientStage) => () =>
    act(MoveClientDocument, { input: { id: client.id, stage: wanted } });
  const back = async () => {
    const undone = await deed(to(client.stage));
    if (undone?.client) onchange(undone.client);
  };
  const said = t("moved", { name: client.party.name, stage: stageText(stage) });
  const done = await deed(to(stage), said, back);
  if (done?.client) onchange(done.client);
}
