import { expect, test } from 'vitest'
import { defaultProjectsFolder, settingsFolder } from './folders'

test('settings lie where each system keeps them', () => {
  expect(settingsFolder({ XDG_CONFIG_HOME: '/config' }, 'linux')).toBe('/config/filigree')
  expect(settingsFolder({}, 'linux')).toMatch(/\.config\/filigree$/)
  expect(settingsFolder({}, 'darwin')).toMatch(/Library\/Application Support\/Filigree$/)
  expect(settingsFolder({ APPDATA: 'C:\\Roaming' }, 'win32')).toMatch(/Roaming.Filigree$/)
})

test('the environment overrides both folders', () => {
  expect(settingsFolder({ FILIGREE_SETTINGS: '/elsewhere', XDG_CONFIG_HOME: '/config' }, 'linux')).toBe(
    '/elsewhere',
  )
  expect(defaultProjectsFolder({ FILIGREE_PROJECTS: '/projects' })).toBe('/projects')
  expect(defaultProjectsFolder({})).toMatch(/Filigree$/)
})
