/**
 * What every island has in common. A page of the server names the islands it wants (`Chrome::with_island`), which loads their `main.ts`; there an
 * island says with `island` which elements it takes and what it makes of them. Elements that come later, when the player's navigation has put
 * another page in the place of this one, are taken as well; what was made of those that go is undone.
 * An island that needs no component brings none of the runtime.
 */
export type Undo = () => void;

interface Island {
  selector: string;
  begin: (element: HTMLElement) => Undo | void;
  taken: WeakSet<HTMLElement>;
}

const islands: Island[] = [];
const begun = new Map<HTMLElement, Undo[]>();

function take({ selector, begin, taken }: Island): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) {
    if (taken.has(element)) continue;
    taken.add(element);
    const undo = begin(element);
    if (undo) begun.set(element, [...(begun.get(element) ?? []), undo]);
  }
}

/** Makes something of each element that a selector finds, now and on later pages; what it gives back undoes that. */
export function island(selector: string, begin: Island["begin"]): void {
  const made = { selector, begin, taken: new WeakSet<HTMLElement>() };
  islands.push(made);
  take(made);
}

/** Another page has come in the place of this one. */
export function renew(): void {
  for (const [element, undos] of begun) {
    if (element.isConnected) continue;
    undos.forEach((undo) => undo());
    begun.delete(element);
  }
  islands.forEach(take);
}
