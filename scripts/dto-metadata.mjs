import { fileURLToPath } from 'node:url';
import { PluginMetadataGenerator } from '@nestjs/cli/lib/compiler/plugins/plugin-metadata-generator.js';
import { ReadonlyVisitor } from '@nestjs/swagger/plugin';
import ts from 'typescript';

/**
 * Writes `src/metadata.ts`: what the OpenAPI document takes from the types and comments of DTOs and controllers. `nest build` can do the
 * same, but only behind a check of every type of the project, which takes ten times as long and which the linter makes as well.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const { config } = ts.readConfigFile(`${root}tsconfig.build.json`, (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const described = ts.sys.readDirectory(`${root}src`, ['.dto.ts', '.controller.ts']);

/** Packages say nothing about our fields, and are half of what there is to read. */
const host = ts.createCompilerHost(options);
host.resolveModuleNameLiterals = (names, file, redirected) =>
  names.map(({ text }) =>
    text.startsWith('.')
      ? ts.resolveModuleName(text, file, options, host, undefined, redirected)
      : { resolvedModule: undefined },
  );

new PluginMetadataGenerator().generate({
  visitors: [
    new ReadonlyVisitor({
      classValidatorShim: true,
      introspectComments: true,
      esmCompatible: true,
      pathToSource: `${root}src`,
    }),
  ],
  outputDir: `${root}src`,
  tsProgramRef: ts.createProgram(described, { ...options, types: [] }, host),
});
