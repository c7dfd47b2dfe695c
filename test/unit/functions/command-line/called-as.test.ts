import { describe, expect, test } from 'vitest';
import { calledAs, typed } from '../../../../functions/command-line/called-as.ts';

const CLONE = { npm_lifecycle_event: 'start', npm_package_name: 'anodot-user-snapshots', npm_command: 'run-script' };

describe('advice repeats the form in which the command line was called', () => {
  test.each([
    ['npm start in a clone', CLONE, '/clone/functions/command-line/main.ts', 'npm start --silent --'],
    [
      'npx in a project',
      { npm_command: 'exec', PATH: '/app/node_modules/.bin:/bin' },
      '/app/node_modules/.bin/anodot-user-snapshots',
      'npx anodot-user-snapshots',
    ],
    [
      'a script of a project',
      {
        npm_command: 'run-script',
        npm_lifecycle_event: 'start',
        npm_package_name: 'app',
        PATH: '/app/node_modules/.bin',
      },
      '/app/node_modules/.bin/anodot-user-snapshots',
      'npx anodot-user-snapshots',
    ],
    [
      'the file in node_modules',
      { PATH: '/bin' },
      '/app/node_modules/.bin/anodot-user-snapshots',
      'npx anodot-user-snapshots',
    ],
    [
      'a global installation',
      { PATH: '/usr/local/bin:/bin' },
      '/usr/local/bin/anodot-user-snapshots',
      'anodot-user-snapshots',
    ],
    [
      "npx where the package's file is called by its own name",
      { npm_command: 'exec' },
      '/app/node_modules/anodot-user-snapshots/dist/command/bin.cjs',
      'npx anodot-user-snapshots',
    ],
    ['a clone whose path has a space', {}, '/my clone/main.ts', "node '../my clone/main.ts'"],
    ['Node.js itself', {}, '/clone/functions/command-line/main.ts', 'node functions/command-line/main.ts'],
  ])('%s', (_, environment, script, expected) => {
    expect(calledAs(environment, script, '/clone')).toBe(expected);
  });

  test('the default command in a clone is npm start, and every other command has its words', () => {
    expect(typed('npm start --silent --')).toBe('npm start');
    expect(typed('npx anodot-user-snapshots')).toBe('npx anodot-user-snapshots');
    expect(typed('npm start --silent --', 'verify')).toBe('npm start --silent -- verify');
  });
});
