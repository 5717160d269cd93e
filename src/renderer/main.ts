import './strict-validation'
import './design/base.css'
import { mount } from 'svelte'
import AppView from './App.svelte'
import { createClient } from './client/client'
import { createBrowserPlatform, createElectronPlatform } from './client/platform'
import { createPortTransport } from './client/port-transport'
import { createWebSocketTransport } from './client/websocket-transport'
import { App } from './state/app.svelte'
import { FileQuestion } from './state/file-question.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element #app')

const bridge = window.filigree
const fileQuestion = new FileQuestion()
const client = createClient(
  bridge === undefined ? createWebSocketTransport(location) : createPortTransport(bridge),
  // A malformed message is a bug: it belongs in the window's error log, with its stack.
  reportError,
)
const platform =
  bridge === undefined ? createBrowserPlatform(fileQuestion.ask) : createElectronPlatform(bridge)

mount(AppView, { target, props: { app: new App(client, platform, fileQuestion) } })
