/** Single keys, which can be switched off (WCAG 2.1.4), and which keep away from wherever somebody types or a key has a meaning of its own. */
const OFF = "ledgerline-keys-off";

export function shortcutsAreOn(): boolean {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

export function switchShortcuts(on: boolean): void {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Without storage they stay as they are.
  }
}

/** Where every key belongs to the element. */
const TYPING =
  "input, textarea, select, [contenteditable], [role=textbox], [role=slider], [role=menu], [role=listbox], [role=dialog], dialog";
/** Where the space bar and the arrows do. */
const ACTING = "button, a, summary, audio, video, [role=button], [role=tab], [role=option], [role=menuitem]";

/** Whether a key was pressed as a shortcut. `acts` says that it is one of those which activate or move what has the focus. */
export function isShortcut(event: KeyboardEvent, acts: boolean): boolean {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing)
    return false;
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest(TYPING) || (acts && at?.closest(ACTING))) return false;
  return shortcutsAreOn();
}
