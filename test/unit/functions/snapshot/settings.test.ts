import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SettingsError } from '../../../../functions/snapshot/errors.ts';
import { type Environment, parseSettings } from '../../../../functions/snapshot/settings.ts';

/** The error for invalid settings. */
function problemsOf(environment: Environment): SettingsError {
  try {
    parseSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(environment)}`);
}

/** The settings that the error names, each as often as it does. */
const settingsNamedIn = ({ message }: Error): string[] => (message.match(/\b[A-Z_]+(?=: )/g) ?? []).sort();

const anywhere = { ANODOT_ALLOW_OTHER_HOST: 'true' };

test('an empty environment gives the default of every setting', () => {
  expect(parseSettings({})).toMatchObject({
    url: 'https://app.anodot.com',
    formats: ['json', 'csv'],
    allowEmpty: false,
    keepRaw: true,
  });
});

test.for(['', ' ', '\t\r\n', undefined])('a blank variable counts as not set, for every setting: %j', (blank) => {
  const environment = {
    ANODOT_URL: blank,
    SNAPSHOT_FORMATS: blank,
    SNAPSHOT_ALLOW_EMPTY: blank,
    SNAPSHOT_KEEP_RAW: blank,
    SNAPSHOT_MAX_DROP_PERCENT: blank,
    ANODOT_ALLOW_OTHER_HOST: blank,
  };
  expect(parseSettings(environment)).toEqual(parseSettings({}));
});

describe('ANODOT_URL', () => {
  test.for([
    ['https://app.anodot.com', 'https://app.anodot.com'],
    ['https://app.anodot.com/', 'https://app.anodot.com'],
    [' https://app.anodot.com\n', 'https://app.anodot.com'],
    ['https://anodot.com', 'https://anodot.com'],
    ['https://my-org.anodot.com', 'https://my-org.anodot.com'],
    ['https://eu.my-org.anodot.com', 'https://eu.my-org.anodot.com'],
    ['HTTPS://App.AnoDot.COM', 'https://app.anodot.com'],
    ['https://app.anodot.com:443', 'https://app.anodot.com'],
  ] as const)('is accepted as a host of Anodot: %j', ([text, url]) => {
    expect(parseSettings({ ANODOT_URL: text }).url).toBe(url);
  });

  test.for([
    'http://app.anodot.com',
    'ftp://app.anodot.com',
    'app.anodot.com',
    'https://',
    'https://evilanodot.com',
    'https://evil.com',
    'https://anodot.com.evil.com',
    'https://app.anodot.com.evil.com',
    'https://app.anodot.com@evil.com',
    'https://app.anodot.com:x@evil.com',
    'https://evil.com/app.anodot.com',
    'https://evil.com\\.anodot.com',
    'https://evil.com#.anodot.com',
    'https://evil.com?.anodot.com',
    'https://evil.com%2f.anodot.com',
    'https://evil.com%00.anodot.com',
    'https://app.anodot.com.',
    'https://app.anodot.com:8443',
    'https://app.anodot.com/api',
    'https://app.anodot.com/?a=b',
    'https://app.anodot.com/#a',
    'https://someone@app.anodot.com',
    'https://:secret@app.anodot.com',
    'https://app.аnodot.com', // a Cyrillic a
    'https://app.anodоt.com', // a Cyrillic o
    'https://anodot.com.ａｎｏｄｏｔ.example',
    'https://127.0.0.1',
    'https://localhost',
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'javascript:alert(1)//.anodot.com',
  ])('is rejected, since the token would be sent elsewhere: %j', (text) => {
    expect(settingsNamedIn(problemsOf({ ANODOT_URL: text }))).toEqual(['ANODOT_URL']);
  });

  test('is accepted if its host is in full-width letters', () => {
    expect(parseSettings({ ANODOT_URL: 'https://ａｐｐ。anodot.com' }).url).toBe('https://app.anodot.com');
  });

  test.for([
    ['https://anodot.example.com', 'https://anodot.example.com'],
    ['https://anodot.example.com:8443', 'https://anodot.example.com:8443'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.1.2.3', 'http://127.1.2.3'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ] as const)('is accepted with ANODOT_ALLOW_OTHER_HOST: %j', ([text, url]) => {
    expect(parseSettings({ ...anywhere, ANODOT_URL: text }).url).toBe(url);
  });

  test.for([
    'http://anodot.example.com',
    'http://app.anodot.com',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://[::2]',
    'ws://127.0.0.1',
    'https://someone:secret@anodot.example.com',
    'https://anodot.example.com/path',
    'http://127.0.0.1@evil.com',
  ])('is rejected even with ANODOT_ALLOW_OTHER_HOST: %j', (text) => {
    expect(settingsNamedIn(problemsOf({ ...anywhere, ANODOT_URL: text }))).toEqual(['ANODOT_URL']);
  });

  test('is never accepted unless it is https and a host of Anodot', () => {
    const piece = fc.constantFrom(
      'https://',
      'http://',
      'app',
      '.anodot.com',
      'evil.com',
      '@',
      ':',
      '/',
      '\\',
      '?',
      '#',
      '%',
      '.',
      '\t',
      '。',
      'а',
      '443',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        let url: string;
        try {
          url = parseSettings({ ANODOT_URL: text }).url;
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
          return;
        }
        expect(url).toMatch(/^https:\/\/([^/@:?#\\]*\.)?anodot\.com$/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a setting that is true or false', () => {
  test('is read exactly as spelled, except for surrounding white space', () => {
    expect(parseSettings({ SNAPSHOT_ALLOW_EMPTY: 'true', SNAPSHOT_KEEP_RAW: 'false' })).toMatchObject({
      allowEmpty: true,
      keepRaw: false,
    });
    expect(parseSettings({ SNAPSHOT_ALLOW_EMPTY: ' false ', SNAPSHOT_KEEP_RAW: 'true\n' })).toMatchObject({
      allowEmpty: false,
      keepRaw: true,
    });
  });

  test.for(['yes', '1', '0', 'True', 'TRUE', 'on', 'no', 'null', 'true false'])(
    'is rejected with the value %j',
    (text) => {
      for (const name of ['SNAPSHOT_ALLOW_EMPTY', 'SNAPSHOT_KEEP_RAW', 'ANODOT_ALLOW_OTHER_HOST'])
        expect(problemsOf({ [name]: text }).message).toBe(`invalid settings: ${name}: expected true or false`);
    },
  );

  test('allows no other host if it is ANODOT_ALLOW_OTHER_HOST and malformed', () => {
    const { message } = problemsOf({ ANODOT_ALLOW_OTHER_HOST: 'TRUE', ANODOT_URL: 'https://anodot.example.com' });
    expect(message).toContain('ANODOT_URL:');
    expect(message).toContain('ANODOT_ALLOW_OTHER_HOST:');
  });
});

describe('SNAPSHOT_MAX_DROP_PERCENT', () => {
  test.for([
    ['0', 0],
    ['100', 100],
    [' 12.5 ', 12.5],
    ['', 50],
  ] as const)('is read from %j as %d', ([text, percent]) => {
    expect(parseSettings({ SNAPSHOT_MAX_DROP_PERCENT: text }).maxDropPercent).toBe(percent);
  });

  test.for(['-1', '101', '100.1', '50%', '1e1', '0x10', 'Infinity', 'NaN', '1,5', '.', '1000000000000000000000'])(
    'is rejected unless it is a number from 0 to 100: %j',
    (text) => {
      expect(settingsNamedIn(problemsOf({ SNAPSHOT_MAX_DROP_PERCENT: text }))).toEqual(['SNAPSHOT_MAX_DROP_PERCENT']);
    },
  );
});

describe('SNAPSHOT_FORMATS', () => {
  test.for([
    ['json', ['json']],
    ['csv', ['json', 'csv']],
    ['csv,json', ['json', 'csv']],
    ['json, csv', ['json', 'csv']],
    [' csv , csv ', ['json', 'csv']],
  ] as const)('is read from %j as %j, which always includes json', ([text, formats]) => {
    expect(parseSettings({ SNAPSHOT_FORMATS: text }).formats).toEqual(formats);
  });

  test.for(['xml', 'JSON', 'csv;json', 'csv,', ',', 'json csv', 'csv,xml,toml'])(
    'is rejected and named once if it is malformed: %j',
    (text) => {
      expect(problemsOf({ SNAPSHOT_FORMATS: text }).message).toBe(
        'invalid settings: SNAPSHOT_FORMATS: expected a comma-separated list of json, csv',
      );
    },
  );
});

test('one error lists every invalid setting once', () => {
  const environment = {
    ANODOT_ALLOW_OTHER_HOST: 'perhaps',
    ANODOT_URL: 'http://evil.com',
    SNAPSHOT_ALLOW_EMPTY: 'perhaps',
    SNAPSHOT_FORMATS: 'xml,toml',
    SNAPSHOT_KEEP_RAW: 'perhaps',
    SNAPSHOT_MAX_DROP_PERCENT: '101',
  };
  const error = problemsOf(environment);
  expect(error.code).toBe(2);
  expect(settingsNamedIn(error)).toEqual(Object.keys(environment));
});

test.for([
  'https://someone:zqxjzqxj@app.anodot.com',
  'https://zqxjzqxj@app.anodot.com',
  'https://someone:zqxjzqxj@evil.com',
  'https://someone:zqxj/zqxj@app.anodot.com',
  'https://someone:zqxj#zqxj@app.anodot.com',
  'https://someone:zqxj?zqxj@app.anodot.com',
  'https://someone:zqxj\\zqxj@app.anodot.com',
  'https://someone:zqxj@zqxj@app.anodot.com',
  'https://someone:1/zqxj@app.anodot.com',
  'https://app.anodot.com/?token=zqxjzqxj',
  'https://app.anodot.com/#zqxjzqxj',
  'someone:zqxjzqxj@app.anodot.com',
  'zqxjzqxj',
  'https://[zqxj]',
])('no error quotes a password or token, as in %j', (text) => {
  for (const environment of [{ ANODOT_URL: text }, { ...anywhere, ANODOT_URL: text }])
    expect(inspect(problemsOf(environment), { depth: Infinity, showHidden: true })).not.toMatch(/zqxj/i);
});

test.for(['SNAPSHOT_FORMATS', 'SNAPSHOT_ALLOW_EMPTY', 'SNAPSHOT_KEEP_RAW', 'ANODOT_ALLOW_OTHER_HOST'])(
  'no error quotes what was set by mistake in %s',
  (name) => {
    const error = problemsOf({ [name]: 'zqxjzqxjzqxj' });
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('zqxj');
  },
);
