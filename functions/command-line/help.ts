/** What the help adds to a command's options: environment variables with their defaults, exit codes and examples. */
import { type Command, Help } from 'commander';
import { DEFAULTS, ENVIRONMENT } from '../snapshot/contract.ts';
import { typed } from './called-as.ts';
import type { CommandGroup, CommandModule, Example } from './command.ts';
import type { Terminal } from './terminal.ts';

/** The help is never wider, however wide the terminal is. */
const WIDEST = 80;

export const helpWidth = ({ out }: Pick<Terminal, 'out'>): number => Math.min(WIDEST, out.columns || WIDEST);

type Variable = readonly [names: string, meaning: string];

const SETTINGS: { readonly [name in keyof typeof DEFAULTS.run]: string } = {
  anodotUrl: "Anodot's URL",
  allowOtherHost: "true: the token may be sent to a host that isn't Anodot's",
  formats: 'formats to write',
  maxDropPercent: 'refuse a snapshot that lost more than this percentage of the users',
  allowEmpty: 'true: publish a snapshot without users',
  keepRaw: "true: keep Anodot's response unchanged",
};
const isSetting = (name: string): name is keyof typeof SETTINGS => name in SETTINGS;

const ACCOUNT: readonly Variable[] = [
  [ENVIRONMENT.token, 'Anodot API token; without it, snapshot takes the sample account'],
  ...Object.keys(SETTINGS)
    .filter(isSetting)
    .map((name): Variable => [ENVIRONMENT[name], `${SETTINGS[name]} (default: ${DEFAULTS.run[name]})`]),
];
const STORE: readonly Variable[] = [
  ['AWS_REGION', 'region of the bucket of an s3:// store'],
  ['AWS_PROFILE, …', 'credentials for s3://, from any source that the AWS SDK knows'],
  ['AWS_ENDPOINT_URL_S3', "an S3 server that isn't AWS's"],
];
const PROXY: readonly Variable[] = [
  ['NODE_USE_ENV_PROXY', '1: use the proxy in HTTPS_PROXY and HTTP_PROXY, except for NO_PROXY'],
];
type Reach = NonNullable<CommandModule['reaches']> | 'store';
const VARIABLES: { readonly [reach in Reach]: readonly Variable[] } = {
  account: [...ACCOUNT, ...STORE, ...PROXY],
  store: [...STORE, ...PROXY],
  nothing: [],
};

const EXIT_CODES =
  '0 success, 1 bug, 2 settings, 3 token, 4 Anodot unavailable, 5 unexpected response, 6 refused, 7 store, 8 superseded, ' +
  '9 to 12 from verify, 11 also from status, report, review open and export, 13 from review close, 14 from changes and diff with --exit-code (changes also 11), 129, 130 and 143 interrupted';
const MORE = 'docs/operate.md#exit-codes';

const EXAMPLES: readonly Example[] = [
  [[], 'takes a snapshot; without ANODOT_TOKEN, of the sample account'],
  [['query', '"select email, state from current_admins"'], 'lists the administrators'],
];

/** The end of the help of a command. */
export const commandHelp = ({ reaches, examples = [] }: CommandModule | CommandGroup, terminal: Terminal): string =>
  new HelpText(terminal)
    .list('Environment', VARIABLES[reaches ?? 'store'])
    .list('Exit codes', [['', `See ${MORE}, or --help without a command.`]])
    .examples(examples)
    .toString();

/** The end of the help of the whole program. */
export const programHelp = (terminal: Terminal): string =>
  new HelpText(terminal)
    .list('Environment', VARIABLES.account)
    .list('Exit codes', [['', `${EXIT_CODES}. See ${MORE}.`]])
    .examples(EXAMPLES)
    .toString();

/** A command's line in the list of commands: its description up to the first period or colon. */
export const summaryOf = (command: Command): string =>
  command.summary() || (/^.*?(?=[.:](?:\s|$)|$)/s.exec(command.description())?.[0] ?? '');

/** Sections laid out like the options. */
class HelpText {
  readonly #help = new Help();
  readonly #program: string;
  #text = '';

  constructor(terminal: Terminal) {
    this.#program = terminal.program;
    this.#help.prepareContext({ helpWidth: helpWidth(terminal) });
  }

  list(title: string, items: readonly Variable[]): this {
    if (items.length === 0) return this;
    const width = Math.max(...items.map(([term]) => term.length));
    const lines = items.map(([term, meaning]) =>
      term === '' ? this.#indented(meaning, 2) : this.#help.formatItem(term, width, meaning, this.#help),
    );
    this.#text += `\n${title}:\n${lines.join('\n')}\n`;
    return this;
  }

  examples(examples: readonly Example[]): this {
    if (examples.length === 0) return this;
    const lines = examples.map(
      ([words, meaning]) => `  ${typed(this.#program, ...[words].flat())}\n${this.#indented(meaning, 6)}`,
    );
    this.#text += `\nExamples:\n${lines.join('\n')}\n`;
    return this;
  }

  toString(): string {
    return this.#text.trimEnd();
  }

  #indented(text: string, indent: number): string {
    const wrapped = this.#help.boxWrap(text, (this.#help.helpWidth ?? WIDEST) - indent);
    return wrapped.replaceAll(/^/gm, ' '.repeat(indent));
  }
}
