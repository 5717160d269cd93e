/** Attachment: puts the keyboard into an element that appears because the person asked for it. */
export function focusWhenShown(element: HTMLElement): void {
  element.focus()
}
