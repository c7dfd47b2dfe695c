/** The people of the sample account as they are on the first day of each cycle in days.ts. All are invented. */

export const GROUPS = [
  'Analytics',
  'Engineering',
  'Finance',
  'Marketing',
  'Operations',
  'Product',
  'Sales',
  'Support',
  'Alerting guild',
  'Dashboards guild',
  'Data quality guild',
  'On call',
  'Billing migration',
  'Churn model',
  'Cloud costs',
  'Launch watch',
  'Mobile release',
] as const;
export type GroupName = (typeof GROUPS)[number];

export type Role = 'customer-user' | 'customer-read-only';
/** How often someone signs in, on working days. */
export type Rhythm = 'daily' | 'weekly' | 'monthly' | 'never';
type Dt = `${number}-${number}-${number}`;

export interface Person {
  /** The part of the e-mail address before the @. */
  readonly address: string;
  readonly first: string;
  readonly last: string;
  readonly role: Role;
  readonly admin: boolean;
  readonly disabled: boolean;
  /** The first is the default group. */
  readonly groups: readonly GroupName[];
  readonly rhythm: Rhythm;
  /** The UTC date of the last sign-in of someone who went quiet. */
  readonly quietAfter: string | null;
}
export interface Employee extends Person {
  /** The UTC date on which the user was created. */
  readonly created: string;
}

type Name = readonly [first: string, last: string, address: string];
type Flag = 'admin' | 'read-only' | 'disabled';

function person(
  [first, last, address]: Name,
  active: Rhythm | Dt,
  groups: readonly GroupName[],
  flags: Flag[],
): Person {
  const isRhythm = active === 'daily' || active === 'weekly' || active === 'monthly' || active === 'never';
  return {
    address,
    first,
    last,
    role: flags.includes('read-only') ? 'customer-read-only' : 'customer-user',
    admin: flags.includes('admin'),
    disabled: flags.includes('disabled'),
    groups,
    rhythm: isRhythm ? active : 'weekly',
    quietAfter: isRhythm ? null : active,
  };
}

const employee = (
  created: Dt,
  name: Name,
  active: Rhythm | Dt,
  groups: readonly GroupName[],
  ...flags: Flag[]
): Employee => ({ created, ...person(name, active, groups, flags) });

/** A date in place of a rhythm is the day of the last sign-in. */
export const EMPLOYEES: readonly Employee[] = [
  employee('2016-05-09', ['Aoife', "O'Brien", 'aoife.obrien'], 'daily', ['Operations', 'On call'], 'admin'),
  employee('2016-05-10', ['Тарас', 'Савчук', 'taras.savchuk'], '2020-11-12', ['Support']),
  employee('2016-09-19', ['Björn', 'Müller-Lüdenscheidt', 'bjoern.mueller'], 'daily', ['Engineering', 'On call']),
  employee('2017-02-13', ['María José', 'García Márquez', 'mariajose.garcia'], 'weekly', ['Finance']),
  employee('2017-06-26', ['伟', '王', 'wei.wang'], 'daily', ['Engineering', 'Cloud costs']),
  employee('2017-10-02', ['Κώστας', 'Μακρής', 'kostas.makris'], '2023-12-14', ['Sales'], 'admin'),
  employee('2018-01-15', ['فاطمة', 'الخطيب', 'fatima.alkhatib'], 'daily', ['Product', 'Dashboards guild'], 'admin'),
  employee('2018-03-12', ['Deepika', 'Chopra', 'deepika.chopra'], 'daily', ['Analytics', 'Billing migration']),
  employee('2018-05-28', ['Jean-Luc', 'de Saint-Amand', 'jeanluc.desaintamand'], 'weekly', ['Marketing']),
  employee('2018-09-03', ['Łukasz', 'Wiśniewski', 'lukasz.wisniewski'], 'daily', ['Engineering', 'Data quality guild']),
  employee('2018-11-19', ['Adwoa', 'Owusu-Ansah', 'adwoa.owusuansah'], 'monthly', ['Finance']),
  employee('2019-01-21', ['美咲', '加藤', 'misaki.kato'], '2021-11-30', ['Sales']),
  employee('2019-03-04', ['Carlos', 'Quiroga', 'carlos.quiroga'], '2026-07-15', ['Operations', 'Billing migration']),
  employee('2019-05-13', ['প্রিয়া', 'Reddy', 'priya.reddy'], 'never', ['Support']),
  employee('2019-08-26', ['Ingrid', 'Lindqvist', 'ingrid.lindqvist'], 'daily', ['Product']),
  employee('2019-10-14', ['נועה', 'לוי', 'noa.levi'], 'weekly', ['Analytics', 'Billing migration']),
  employee('2020-01-13', ['Thandiwe', 'Nkosi', 'thandiwe.nkosi'], 'daily', ['Operations', 'Alerting guild'], 'admin'),
  employee('2020-03-02', ['Mateo', 'Peña-Ortiz', 'mateo.penaortiz'], 'daily', ['Sales']),
  employee('2020-06-15', ['Юлія', 'Бондаренко', 'yuliia.bondarenko'], '2024-11-01', ['Product'], 'admin'),
  employee('2020-09-07', ['Nikhil', "D'Souza", 'nikhil.dsouza'], 'daily', ['Support', 'On call']),
  employee('2020-11-23', ['静', '欧阳', 'jing.ouyang'], 'weekly', ['Analytics', 'Churn model']),
  employee('2021-01-18', ['Chloé', 'Lefèvre', 'chloe.lefevre'], 'daily', ['Marketing']),
  employee('2021-03-29', ['Оксана', 'Шевченко', 'oksana.shevchenko'], 'never', ['Product']),
  employee('2021-05-10', ['Marcus', 'King, Jr.', 'marcus.king'], 'daily', ['Sales'], 'read-only'),
  employee('2021-07-19', ['Fenna', "van 't Hof", 'fenna.vanthof'], 'weekly', ['Finance']),
  employee('2021-09-06', ['يوسف', 'منصور', 'yusuf.mansour'], 'daily', ['Engineering', 'Mobile release']),
  employee('2021-11-15', ['Inês', 'Gonçalves', 'ines.goncalves'], 'monthly', ['Marketing', 'Launch watch']),
  employee('2022-02-07', ['Kwame', 'Mensah', 'kwame.mensah'], 'daily', ['Engineering', 'Cloud costs']),
  employee('2022-03-21', ['さくら', '高橋', 'sakura.takahashi'], 'daily', ['Support']),
  employee('2022-06-13', ['Guðrún', 'Jónsdóttir', 'gudrun.jonsdottir'], 'weekly', ['Analytics']),
  employee('2022-08-29', ['Olúwaṣeun', 'Adéyẹmí', 'oluwaseun.adeyemi'], 'daily', ['Product', 'Dashboards guild']),
  employee('2022-10-17', ['Jiří', 'Růžička', 'jiri.ruzicka'], '2025-02-03', ['Engineering'], 'disabled'),
  employee('2023-01-23', ['Ελένη', 'Παπαδοπούλου', 'eleni.papadopoulou'], 'daily', ['Operations']),
  employee('2023-03-13', ['Mary Jane', 'Taylor-Jones', 'maryjane.taylor'], 'monthly', ['Finance'], 'read-only'),
  employee('2023-05-22', ['काव्या', 'शर्मा', 'kavya.sharma'], 'daily', ['Engineering', 'Data quality guild']),
  employee('2023-08-14', ['Rafael', 'dos Santos', 'rafael.dossantos'], 'never', ['Sales'], 'disabled'),
  employee('2023-10-09', ['ケン', '佐々木', 'ken.sasaki'], 'weekly', ['Operations']),
  employee('2024-01-22', ['Małgorzata', 'Kowalczyk', 'malgorzata.kowalczyk'], 'daily', ['Support']),
  employee('2024-04-08', ['طارق', 'حداد', 'tariq.haddad'], 'daily', ['Sales', 'Launch watch']),
  employee('2024-06-17', ['Zoe', 'Okafor-Reed', 'zoe.okaforreed'], 'weekly', ['Marketing'], 'read-only'),
  employee('2024-09-23', ['浩然', '刘', 'haoran.liu'], 'daily', ['Engineering', 'On call']),
  employee('2024-11-11', ['Bożena', 'Sikora-Wrona', 'bozena.sikora'], '2025-05-20', ['Analytics'], 'admin'),
  employee('2025-02-17', ['João', 'Castro Ruiz', 'joao.castro'], 'daily', ['Product']),
  employee('2025-05-05', ['Øyvind', 'Sørensen', 'oyvind.sorensen'], 'weekly', ['Support', 'Alerting guild']),
  employee('2025-08-25', ['Nkechi', 'Balogun', 'nkechi.balogun'], 'daily', ['Analytics', 'Churn model']),
  employee('2025-10-20', ['Lakshmi Priya', 'Venkataraman', 'lakshmi.venkataraman'], 'daily', ['Finance'], 'admin'),
];

/** The contractors, who sign in daily, and the auditors, who never do. Each stays for one cycle. */
const VISITORS: readonly Name[] = [
  ['Grace', 'Hughes', 'grace.hughes'],
  ['翔太', '鈴木', 'shota.suzuki'],
  ['Núria', 'Ibáñez', 'nuria.ibanez'],
  ['Микола', 'Гончар', 'mykola.honchar'],
  ['Folákẹ́', 'Ọláwálé', 'folake.olawale'],
  ['خالد', 'درويش', 'khalid.darwish'],
  ['Seán', 'Ó Conaill', 'sean.oconaill'],
  ['Σοφία', 'Αντωνίου', 'sofia.antoniou'],
  ['Harpreet', 'Singh Gill', 'harpreet.singhgill'],
  ['Käthe', 'Weiß', 'kaethe.weiss'],
  ['芳', '陈', 'fang.chen'],
  ['Lærke', 'Kjær', 'laerke.kjaer'],
];

export type Post = 'contractor' | 'auditor';

/** @param cycle decides whose turn it is. After six cycles the same person comes back, as a new user */
export function visitor(post: Post, cycle: number): Person {
  const turn = 2 * cycle + (post === 'auditor' ? 1 : 0);
  const name = VISITORS.at(turn % VISITORS.length); // a negative index counts from the end
  if (!name) throw new Error('there are no visitors');
  return post === 'contractor'
    ? person(name, 'daily', ['Engineering', 'Cloud costs'], [])
    : person(name, 'never', ['Finance'], ['read-only']);
}
