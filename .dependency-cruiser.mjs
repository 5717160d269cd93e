/** The floors of the house: a room may use what stands below it, never what stands above. */

const tests = '\\.test\\.ts$'
/** @type {import('dependency-cruiser').IRegularForbiddenRuleType['to']} */
const nodeItself = { dependencyTypes: ['core'] }
/** @type {import('dependency-cruiser').IRegularForbiddenRuleType['to']} */
const undeclared = { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'] }

/**
 * @param {string} name
 * @param {string} room path pattern of the room
 * @param {string[]} allowed path patterns of project files it may import, beside its own
 * @param {string} comment
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const floor = (name, room, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^src/${room}`, pathNot: [tests] },
  to: {
    path: '^(src|test|scripts|datasets)/',
    pathNot: [`^src/${room}`, ...allowed.map((path) => `^src/${path}`)],
  },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    floor('shared-imports-nothing', 'shared/', [], 'The contract stands on nothing.'),
    floor(
      'renderer-floor',
      'renderer/',
      ['shared/'],
      'The window knows the contract only, not the shell it is in.',
    ),
    floor('preload-floor', 'preload/', ['shared/'], 'The door is narrow.'),
    floor('store-floor', 'main/store/', ['shared/'], 'The store knows the contract only.'),
    floor(
      'formats-floor',
      'main/formats/',
      ['shared/', 'native/'],
      'Formats read and write; they know no project.',
    ),
    floor(
      'methods-floor',
      'main/methods/',
      ['shared/', 'native/', 'main/formats/'],
      'A method is its spec and its call; it may look at the header of an array it is given.',
    ),
    floor(
      'solver-host-floor',
      'main/solver-host/',
      ['shared/', 'native/', 'main/methods/', 'main/formats/', 'main/report/', 'main/store/'],
      'Reports and hashes are jobs too, so the host may use report and store.',
    ),
    floor(
      'report-floor',
      'main/report/',
      ['shared/', 'main/store/', 'main/formats/'],
      'A report reads run folders, and the arrays in them as any reader does.',
    ),
    floor(
      'services-floor',
      'main/services/',
      ['shared/', 'main/report/', 'main/solver-host/', 'main/methods/', 'main/formats/', 'main/store/'],
      'Services use the rooms below them, never a shell.',
    ),
    floor('shell-floor', 'main/shell/', ['main/', 'shared/'], 'Shells may use all of the main side.'),
    {
      name: 'electron-only-in-its-shell',
      severity: 'error',
      comment: 'The same app runs without Electron; only its shell and the preload may know it.',
      from: { path: '^src/', pathNot: ['^src/main/shell/electron(\\.ts|/)', '^src/preload/'] },
      to: { path: '^electron$|node_modules/electron/' },
    },
    {
      name: 'electron-shell-stays-alone',
      severity: 'error',
      comment: 'The other shells must not pull Electron in through a helper of its shell.',
      from: { path: '^src/main/shell/', pathNot: ['^src/main/shell/electron(\\.ts|/)'] },
      to: { path: '^src/main/shell/electron(\\.ts|/)' },
    },
    {
      name: 'no-node-in-the-window',
      severity: 'error',
      comment: 'The renderer is a web page.',
      from: { path: '^src/(renderer|shared)/', pathNot: [tests] },
      to: nodeItself,
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      comment: 'What ships uses declared packages only.',
      from: { path: '^src/main/', pathNot: [tests, '^src/main/shell/electron(\\.ts|/)'] },
      to: undeclared,
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['\\?(raw|url|inline)$'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/native/(target|build)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default'],
    },
  },
}
