import { _electron } from '@playwright/test'
import { electronBinary, hasDisplay } from '../../../scripts/setup/electron.mjs'
import { appEnvironment, projectRoot, type Launcher } from './launcher'

/** The Electron window, where its binary and a display are. */
export const electronLauncher: Launcher = {
  unavailable: () =>
    electronBinary() === null
      ? "Electron's binary is not here (npm start fetches it where it can)"
      : hasDisplay()
        ? null
        : 'there is no display for the Electron window',
  async launch(folders, window) {
    const binary = electronBinary()
    if (binary === null) throw new Error("Electron's binary went away.")
    const app = await _electron.launch({
      executablePath: binary,
      args: [projectRoot],
      env: appEnvironment(folders),
      colorScheme: window.colours,
    })
    const page = await app.firstWindow()
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, window)
    return {
      page,
      chooseFiles: async (paths, open) => {
        await app.evaluate(({ dialog }, filePaths) => {
          dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...filePaths] })
        }, paths)
        await open()
      },
      close: async () => {
        // Leaving with runs under way asks a person; a test has none.
        await app.evaluate(({ dialog }) => {
          dialog.showMessageBoxSync = () => 1
        })
        await app.close()
      },
    }
  },
}
