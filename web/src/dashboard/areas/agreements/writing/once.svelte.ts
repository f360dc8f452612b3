/** What a form begins with, as far as it is there. */
export class Once<Data> {
  data = $state.raw<Data | undefined>(undefined);
  trouble = $state.raw<unknown>(undefined);
  again: () => void = () => {};
}

/** Asked for once, and again if that failed or something else is wanted: what somebody writes is not written over by what another tab has saved. */
export function once<Data>(work: () => Promise<Data> | null): Once<Data> {
  const shown = new Once<Data>();
  let round = $state(0);
  shown.again = () => (round += 1);
  $effect(() => {
    void round;
    [shown.data, shown.trouble] = [undefined, undefined];
    let isOver = false;
    work()?.then(
      (data) => {
        if (!isOver) shown.data = data;
      },
      (cause: unknown) => {
        if (!isOver) shown.trouble = cause;
      },
    );
    return () => (isOver = true);
  });
  return shown;
}
