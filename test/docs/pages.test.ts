import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as errors from '../../functions/snapshot/errors.ts';
import { ROOT, readPage } from './page.ts';
import { PAGES } from './pages.ts';
import { isRunByCi } from './run-example.ts';

const pages = new Map(PAGES.map((path) => [path, readPage(path)]));
const pageOf = (path: string) => pages.get(path) ?? readPage(path);
const EXTERNAL = /^[a-z]+:/;

describe.each(PAGES)('%s', (path) => {
  const page = pageOf(path);

  test('links to files and headings that exist', () => {
    const broken = page.links.filter(({ url }) => {
      if (EXTERNAL.test(url)) return false;
      const [file = '', fragment] = url.split('#');
      const target = file === '' ? path : relative(ROOT, join(ROOT, dirname(path), file));
      if (!existsSync(join(ROOT, target))) return true;
      return fragment !== undefined && target.endsWith('.md') && !pageOf(target).anchors.has(fragment);
    });
    expect(broken).toEqual([]);
  });

  test('shows commands as `sh`, their output as `text`, and JSON that can be parsed', () => {
    const languages = new Set(page.blocks.map(({ language }) => language));
    expect([...languages].filter((name) => !['', 'sh', 'text', 'json', 'sql', 'ts'].includes(name))).toEqual([]);
    for (const { language, text } of page.blocks) if (language === 'json') expect(() => JSON.parse(text)).not.toThrow();
  });

  test('has no command for a clean clone that CI does not run', () => {
    const scripts = ['run', 'package', 'package-esm', 'package-commonjs'].map((name) => `.ci/${name}`);
    const ci = [...scripts, 'package.json']
      .map((name) => readFileSync(join(ROOT, name), 'utf8'))
      .join('\n')
      .replaceAll('npm run --silent ', 'npm run ');
    const lines = page.examples
      .filter(({ commands }) => isRunByCi(commands))
      .flatMap(({ commands }) => commands.split('\n'))
      .flatMap((line) => line.replace(/\s*#.*/, '').split(' && '))
      .filter((line) => line !== '' && !/^(?:cd|git|npm install \/path) ?/.test(line));
    expect(lines.filter((line) => !ci.includes(line))).toEqual([]);
  });
});

test('the README has at most 900 words', () => {
  expect(pageOf('README.md').source.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(900);
});

test('the README shows the command for each of the five questions', () => {
  const asked = pageOf('README.md')
    .examples.map(({ commands }) => commands)
    .join('\n');
  for (const name of ['current_users', 'current_admins', 'dormant_users', 'changes --since', 'status'])
    expect(asked).toContain(name);
});

const operate = () => pageOf('docs/operate.md');

test('the table of exit codes has a row for every error class and its exit code', () => {
  const rows = operate()
    .source.split('\n')
    .filter((line) => line.startsWith('|'));
  for (const [name, value] of Object.entries(errors)) {
    if (typeof value !== 'function' || Object.getPrototypeOf(value) !== errors.OperatorError) continue;
    const row = rows.find((line) => line.includes(`\`${name}\``));
    expect(row, name).toBeDefined();
  }
});

test('the example in the CDK section is quoted from the example app', () => {
  const app = readFileSync(join(ROOT, 'docs/examples/cdk-app/app.ts'), 'utf8').split('\n');
  const [example, ...others] = pageOf('docs/deploy.md').blocks.filter(({ language }) => language === 'ts');
  expect(others).toEqual([]);
  expect(example?.text.split('\n').filter((line) => !app.includes(line))).toEqual([]);
});
