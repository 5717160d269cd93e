import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { answers } from '../setup/native.mjs'
import { inProject } from '../setup/project.mjs'
import { runStep, StepFailed } from '../setup/step.mjs'

/** Where systems put it. */
const usualPlaces = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

/**
 * A Chromium for the end-to-end suite: named, found, or installed where apt and root allow.
 * @returns {Promise<{ path: string } | { missing: string }>}
 */
export async function findChromium() {
  const found = await foundChromium()
  if (found !== null) return { path: found }
  const root = process.getuid?.() === 0
  if (!root || !answers('apt-get', '--version')) {
    return {
      missing:
        'no Chromium was found; install one (sudo apt-get install -y chromium), run "npx playwright install chromium", or point CHROMIUM_PATH at it',
    }
  }
  try {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await runStep('package lists', 'apt-get', ['update'], { environment })
    await runStep('Chromium', 'apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      environment,
    })
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    return { missing: `no Chromium was found, and ${error.message}` }
  }
  const installed = await foundChromium()
  return installed === null
    ? { missing: 'apt installed Chromium, but not where it usually is' }
    : { path: installed }
}

/** @returns {Promise<string | null>} */
async function foundChromium() {
  const { chromium } = await import(
    pathToFileURL(inProject('node_modules', '@playwright', 'test', 'index.mjs')).href
  )
  const places = usualPlaces[/** @type {keyof typeof usualPlaces} */ (process.platform)] ?? []
  const named = process.env.CHROMIUM_PATH
  return (
    [...(named === undefined ? [] : [named]), chromium.executablePath(), ...places].find(existsSync) ?? null
  )
}
