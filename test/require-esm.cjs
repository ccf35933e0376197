/**
 * Jest on Node 20 cannot `require()` an ES module, although Node itself can (>= 20.19). A few CommonJS packages do require
 * ESM-only ones. This transformer rewrites just those calls so that they go through Node's own loader.
 */
const { createRequire } = require('node:module');
const { readFileSync, existsSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { createHash } = require('node:crypto');

const own = createHash('sha1').update(readFileSync(__filename)).digest('hex');
const typeOfFolder = new Map();

function folderIsEsm(folder) {
  if (typeOfFolder.has(folder)) return typeOfFolder.get(folder);
  const manifest = join(folder, 'package.json');
  const parent = dirname(folder);
  const result = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8')).type === 'module'
    : parent !== folder && folderIsEsm(parent);
  typeOfFolder.set(folder, result);
  return result;
}

const fileIsEsm = (file) => file.endsWith('.mjs') || (file.endsWith('.js') && folderIsEsm(dirname(file)));

module.exports = {
  process(source, filename) {
    if (fileIsEsm(filename) || !source.includes('require(')) return { code: source };
    const resolver = createRequire(filename);
    const code = source.replace(/\brequire\((['"])([^'"]+)\1\)/g, (call, _quote, specifier) => {
      if (specifier.startsWith('node:')) return call;
      try {
        const target = resolver.resolve(specifier);
        return fileIsEsm(target)
          ? `process.getBuiltinModule('module').createRequire(${JSON.stringify(filename)})(${JSON.stringify(specifier)})`
          : call;
      } catch {
        return call;
      }
    });
    return { code };
  },
  getCacheKey(source, filename) {
    return createHash('sha1').update(own).update('\0').update(filename).update('\0').update(source).digest('hex');
  },
};
