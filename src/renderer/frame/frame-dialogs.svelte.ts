/** Which of the frame's own dialogs are open. */
export class FrameDialogs {
  palette = $state(false)
  shortcuts = $state(false)
}
