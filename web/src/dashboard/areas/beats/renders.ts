import {
  RenderProgressDocument,
  type RenderProgressSubscription,
} from "$generated/dashboard/areas/beats/beats";
import { follow } from "$lib/api/follow";
import { Slots } from "$lib/slots";

export type Render = RenderProgressSubscription["renderProgress"][number];

/** The server lets one page follow 32 things at a time; others want some of them, too. */
const slots = new Slots(16);

/** Follows a beat's renders as soon as there is a slot, until they have ended or the returned function is called. */
export function followRenders(
  beat: string,
  on: { progress: (renders: Render[]) => void; end: () => void },
): () => void {
  let isOver = false;
  let stop = () => {};
  void slots.take().then(() => {
    if (isOver) return slots.give();
    const unsubscribe = follow(
      RenderProgressDocument,
      { beat },
      {
        data: ({ renderProgress }) => on.progress(renderProgress),
        end: () => {
          isOver = true;
          slots.give();
          on.end();
        },
      },
    );
    stop = () => {
      unsubscribe();
      slots.give();
    };
  });
  return () => {
    if (isOver) return;
    isOver = true;
    stop();
  };
}
