/** The words that this project's prose avoids, what to write instead, and the few places where such a word is right. */

export interface Rule {
  /** In a pattern, a space matches any white space, also the end of a line. */
  readonly wrong: RegExp;
  readonly instead: string;
  /** A sentence that the rule flags, and what it would be. */
  readonly bad: string;
  readonly good: string;
}

const rule = (wrong: RegExp, instead: string, bad: string, good: string): Rule => ({ wrong, instead, bad, good });

export const HABITS: readonly Rule[] = [
  rule(/\bmend(s|ed|ing)?\b/i, 'fix', 'Mend the role.', 'Fix the role.'),
  rule(/\bailing\b/i, 'unavailable', 'S3 is ailing.', 'S3 is unavailable.'),
  rule(/\btak(e|es|en|ing) (\w+ ){0,2}up again\b/i, 'reuses', 'It takes the store up again.', 'It reuses the store.'),
  rule(
    /\b(rings|rang|ringing)\b|\b(alarms?|may|will|would|must|can|to) ring\b/i,
    'fires, is in ALARM',
    'The alarm rings until the queue is empty.',
    'The alarm stays in ALARM until the queue is empty.',
  ),
  rule(
    /\bheld against\b/i,
    'checked against, compared with',
    'It is held against its hash.',
    'It is checked against its hash.',
  ),
  rule(/\bbut for\b/i, 'except', 'Everything but for the commits.', 'Everything except the commits.'),
  rule(
    /\bwho(m)?ever\b/i,
    'anyone who, the caller',
    'Whoever has the role may read.',
    'Anyone who has the role may read.',
  ),
  rule(/\bwho asks?\b/i, 'the caller', 'Who asks gets 202.', 'The caller gets 202.'),
  rule(
    /\b(of|by|for|to|with|from|in|on) whom\b/i,
    'who, whose',
    'The user of whom the row is.',
    'The user whose row it is.',
  ),
  rule(/\bparted\b/i, 'separated', 'Names, parted by commas.', 'Names, separated by commas.'),
  rule(/\b[Aa]n (URL|UTC|UUID)\b/, 'a', 'Give an URL.', 'Give a URL.'),
  rule(
    /\b[Aa] (HTTP|API|ARN|AWS|ETag|IAM|ISO|S3|SDK|SNS|SQS)\b/,
    'an',
    'It returns a HTTP error.',
    'It returns an HTTP error.',
  ),
  rule(
    /\b(lies?|lay) (below|under|in|there|between|behind|before|outside|apart|after|elsewhere|at|on|near)\b|\bwhere (\w+ ){1,3}lies?\b|\bas (it lies|they lie)\b/i,
    'is, is stored',
    'What lies there is read.',
    'What is stored there is read.',
  ),
  rule(
    /\b(stands?|stood) (in(?! for\b)|there|below|under|behind|before|twice|at|on|beside|between|outside|over)\b/i,
    'is, appears',
    'The id stands twice in the response.',
    'The id appears twice in the response.',
  ),
  rule(/\bjournals?\b/i, 'log', "See the function's journal.", "See the function's log."),
  rule(/\btells\b/i, 'reports, says', 'The manifest tells why.', 'The manifest says why.'),
  rule(
    /\b(is|are|was|were|be|been|being) ((not|never|only|also|then) )?told\b(?! apart)/i,
    'is notified, is reported, is set',
    'Nobody is told.',
    'No one is notified.',
  ),
  rule(
    /\b(goes|comes) to\b/i,
    'is written to, is read from',
    'The row goes to the CSV.',
    'The row is written to the CSV.',
  ),
  rule(
    /\banswer's\b|\b(Anodot|S3|AWS|Lambda|KMS|STS|server|host|proxy)('s)? answer(s|ed)?\b|\b(an|the|its|each|every|this|that|no|one|whole|last|first|second|raw|late|lost|unaltered|same) answers?\b|\banswer(s|ed) (with|HTTP)\b/i,
    'response; returns, responds',
    "The answer's bytes are kept.",
    "The response's bytes are kept.",
  ),
  rule(
    /\bbelow ((an?|the|its|this|that|each|every|one|another|no) )?(■|\$|prefix|folder|root|store\b|path\b|key\b|s3:|[\w-]+\/)/i,
    'under',
    'Objects below the prefix expire.',
    'Objects under the prefix expire.',
  ),
  rule(
    /\bin which case\b/i,
    'if, then, or a sentence of its own',
    'It may fail, in which case it is retried.',
    'If it fails, it is retried.',
  ),
  rule(/\bof yours\b/i, 'your', 'A bucket of yours.', 'Your bucket.'),
  rule(/\bhardly\b/i, 'almost certainly not', 'That is hardly true.', 'That is almost certainly wrong.'),
  rule(/\bnone that\b/i, 'not a, unrecognized', 'The event is none that it knows.', 'The event is unrecognized.'),
  rule(
    /\bas (it was written|it must be|they must be)\b/i,
    'unchanged, valid',
    'The object is as it was written.',
    'The object is unchanged.',
  ),
  rule(
    /\b(is|are|was|were|be|been) given up\b|\bgiv(es?|ing) (the|a|an|it|its|them)( \w+){0,2} up\b/i,
    'abandons, abandoned',
    'An attempt that is given up.',
    'An abandoned attempt.',
  ),
  rule(
    /\bnobody hears\b/i,
    'no one is notified',
    'It fires, and nobody hears it.',
    'It fires, and no one is notified.',
  ),
  rule(/\bwants (npm|Node|Docker|Python)\b/i, 'requires', 'That wants Node 24.', 'That requires Node 24.'),
  rule(/\bfor want of\b/i, 'without', 'Not tried, for want of an account.', 'Not tried without an account.'),
  rule(/\bmade inert\b/i, 'neutralized', 'Formulas are made inert.', 'Formulas are neutralized.'),
  rule(/\bAllowed (is|are)\b/i, 'Expected, must be', 'Allowed are json and csv.', 'Expected json or csv.'),
  rule(
    /(?<=[.:;] )(Is|Are|Has|Have|Does) (an?|the|it|this|that|one|none|no|there)\b[^.?!]*\./,
    'If …',
    'Look here. Is a day missing, look there.',
    'Look here. If a day is missing, look there.',
  ),
  rule(
    /\bwhere (there (is|are)|none|nothing|nobody|(it|they) (can't|may|must|refuses?|fails?))\b/i,
    'if, when',
    'The alarm is off where there is no topic.',
    'The alarm is off if there is no topic.',
  ),
  rule(
    /\b(is|was|are|were) there (already|twice|again)\b|\balready there\b/i,
    'exists',
    'The object is there already.',
    'The object already exists.',
  ),
  rule(
    /\b(seconds|minutes|hours|days) behind\b/i,
    'after',
    'Ten minutes behind the event.',
    'Ten minutes after the event.',
  ),
  rule(
    /\b(there|here|where)(by|of|in|upon|with)\b(?<!\bwithin)|\blest\b/i,
    'plain words',
    'The key and the value thereof.',
    'The key and its value.',
  ),
];

export const TERMS: readonly Rule[] = [
  rule(
    /\b(put|puts|putting) (\S+ ){0,5}in(to)? place\b/i,
    'promote',
    'It puts the staged objects in place.',
    'It promotes the staged objects.',
  ),
  rule(
    /\bthe snapshot before\b/i,
    'the previous snapshot',
    'Compared with the snapshot before.',
    'Compared with the previous snapshot.',
  ),
  rule(
    /\b(an|each|every|one|another|its|own|same|other|whose|second|later) executions?\b(?! (role|environment))/i,
    'attempt',
    'Each request has an execution of its own.',
    'Each request has an attempt of its own.',
  ),
  rule(
    /\b(each|every|a|one|another|second|last|first|next) try\b/i,
    'attempt',
    'Each try is staged apart.',
    'Each attempt is staged separately.',
  ),
  rule(
    /\b(doesn't|don't|does not|do not) belong\b/i,
    'untracked',
    'It names objects that do not belong.',
    'It names untracked objects.',
  ),
  rule(
    /\bmakes? (an?|the|its|no) (object|bucket|file|folder|commit|key|table|index|topic|queue)s?\b/i,
    'creates',
    'It makes an object per day.',
    'It creates an object per day.',
  ),
];

/** A place where a word is right, and why. */
export interface Exception {
  readonly file: string;
  /** As it is written, with single blanks. */
  readonly phrase: string;
  readonly why: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    file: '.ci/package',
    phrase: 'these files do not belong in the package',
    why: 'files of a package, not objects of a store',
  },
];
