import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const root = dirname(fileURLToPath(import.meta.url))

/**
 * Runes in `.svelte.ts` files need no import; the compiler knows them.
 * @type {Record<string, 'readonly'>}
 */
const runes = {
  $state: 'readonly',
  $derived: 'readonly',
  $effect: 'readonly',
  $props: 'readonly',
  $bindable: 'readonly',
  $inspect: 'readonly',
  $host: 'readonly',
}

export default typescript.config(
  {
    ignores: [
      'node_modules/',
      'out/',
      'dist/',
      'test-results/',
      'playwright-report/',
      'coverage/',
      '.filigree-cache/',
      'src/native/target/',
      'src/native/build/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [...typescript.configs.strictTypeChecked, ...typescript.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.node.json', './tsconfig.web.json'], tsconfigRootDir: root },
    },
    rules: {
      // `import type` keeps the renderer from pulling in what it only names.
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Numbers and booleans in a sentence are fine; objects are not.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Inferred object types read as well as interfaces; both are used where they say more.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // An index signature wants brackets under noPropertyAccessFromIndexSignature, which the linter cannot see.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // It would ask for the very `!` that another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Loops over numbers keep the index they are about.
      '@typescript-eslint/prefer-for-of': 'off',
      'no-console': 'error',
      // `== null` asks for null and undefined at once, on purpose.
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 500 }],
    },
  },
  {
    files: ['src/main/**/*.ts', 'src/preload/**/*.ts', 'test/**/*.ts', '*.config.ts'],
    languageOptions: { globals: globals.node },
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts', 'src/renderer/**/*.ts'],
    languageOptions: {
      globals: { ...globals.browser, ...runes },
    },
  },
  {
    // Modules with runes are TypeScript like any other; only components need the Svelte parser.
    files: ['**/*.svelte.ts'],
    languageOptions: { parser: typescript.parser },
    rules: {
      // Plain maps and sets are caches nobody watches, or are replaced whole under `$state.raw`.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // Types inside components are svelte-check's: rules that need them would build the program anew for each file.
    files: ['**/*.svelte'],
    ...typescript.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { parser: typescript.parser, project: false, projectService: false, svelteConfig },
    },
    rules: {
      ...typescript.configs.disableTypeChecked.rules,
      // Props are declared with `let` and destructured on purpose.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      // The compiler's own warnings are errors in svelte-check already.
      'svelte/valid-compile': 'off',
    },
  },
  {
    files: ['test/**/*.ts', 'src/**/*.test.ts'],
    rules: {
      // Test doubles answer at once, and a harness talks to the terminal.
      '@typescript-eslint/require-await': 'off',
      // An entry that is missing fails the test, which is what a test is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: globals.node },
  },
)
