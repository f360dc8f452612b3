import {
  PublishBeatDocument,
  UnpublishBeatDocument,
  type BeatRowFragment,
} from "$generated/dashboard/areas/beats/beats";
import { act } from "$lib/api/client";
import { told } from "$lib/api/trouble";
import { complain, say } from "$ui/toasts.svelte";

import { t } from "./text";

type Beat = Pick<BeatRowFragment, "id" | "title">;

/** Puts a beat on sale; what keeps it from that is told. */
export async function publish(beat: Beat): Promise<BeatRowFragment | null> {
  try {
    const { beat: now } = await act(PublishBeatDocument, { beat: beat.id });
    say(t("published", { title: beat.title }));
    return now;
  } catch (cause) {
    complain(told(cause), { label: t("retry"), run: () => void publish(beat) });
    return null;
  }
}

/** Takes a beat off sale, with a way back. */
export async function unpublish(
  beat: Beat,
  undone: (beat: BeatRowFragment) => void,
): Promise<BeatRowFragment | null> {
  try {
    const { beat: now } = await act(UnpublishBeatDocument, { beat: beat.id });
    const undo = async () => {
      const back = await publish(beat);
      if (back) undone(back);
    };
    say(t("unpublished", { title: beat.title }), { label: t("undo"), run: () => void undo() });
    return now;
  } catch (cause) {
    complain(told(cause));
    return null;
  }
}
