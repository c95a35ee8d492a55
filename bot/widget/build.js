/* Joins and shrinks the widget's modules into dist/, which is kept with the source: no clinic needs Node. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import { minify } from 'terser';

process.chdir(import.meta.dirname);
const target = ['chrome100', 'firefox100', 'safari15.4'];

const styles = {
  name: 'styles as text',
  setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, async ({ path }) => {
    const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target });
    return { contents: code.trim(), loader: 'text' };
  }),
};

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const { outputFiles } = await build({
  entryPoints: { widget: 'src/start.js', transcript: 'src/transcript.js', speech: 'src/speech.js' },
  outdir: 'dist', bundle: true, minify: true, write: false, format: 'esm', charset: 'utf8', target, plugins: [styles],
});
// Terser takes off another hundredth.
for (const { path, text } of outputFiles) {
  const { code } = await minify(text, { module: true, compress: { passes: 2 } });
  writeFileSync(`dist/${basename(path)}`, code);
}

/* A test reads this: whoever changes a source or a result alone is told. */
const files = ['package-lock.json', 'build.js', ...['src', 'languages', 'dist'].flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`))];
const sums = files.filter((name) => /\.\w+$/.test(name)).sort().map((name) => `${createHash('sha256').update(readFileSync(name)).digest('hex')}  ${name}\n`);
writeFileSync('dist/SHA256SUMS', sums.join(''));
