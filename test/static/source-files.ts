import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import ts from 'typescript'

export const projectRoot = resolve(import.meta.dirname, '..', '..')

/** A source file with its path relative to the project, slashes forward. */
export interface SourceFile {
  path: string
  text: string
}

/** The TypeScript and Svelte sources below a folder of the project, without tests. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.(ts|svelte|html)$/.test(entry.name) && !entry.name.endsWith('.test.ts'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: relative(projectRoot, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }))
    .filter(({ path }) => !path.startsWith('src/native/target/'))
}

/** Modules a TypeScript file imports, by `import`, `export … from` and `import()`. */
export function importedModules({ path, text }: SourceFile): string[] {
  const modules: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      if (ts.isStringLiteral(node.moduleSpecifier)) modules.push(node.moduleSpecifier.text)
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier !== undefined && ts.isStringLiteral(specifier)) modules.push(specifier.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return modules
}

/** Values given to a property name anywhere in a TypeScript file, as source text. */
export function propertyValues({ path, text }: SourceFile, name: string): string[] {
  const values: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === name) values.push(node.initializer.getText())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return values
}

/** Every string of a TypeScript file: literals and the fixed parts of templates, comments left out. */
export function stringLiterals({ path, text }: SourceFile): string[] {
  const strings: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node))
      strings.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return strings
}
