/** How a person writes their name, and how it stands in an address. */
interface Name {
  readonly written: string;
  readonly latin: string;
}

/** `written`, or `written=latin` where dropping accents doesn't give an address. */
const names = (list: string): readonly Name[] =>
  list.split(/\s+\/\s+/).map((entry) => {
    const [written = '', latin = written] = entry.split('=');
    return {
      written,
      latin: latin
        .normalize('NFD')
        .replace(/[^a-z]/gi, '')
        .toLowerCase(),
    };
  });

const people = (given: string, family: string) => ({ given: names(given), family: names(family) });

const GIVEN = 9;
const FAMILY = 8; // and as many more for those who marry

/** Names that go together, of many scripts, with the apostrophes, hyphens, spaces and commas that real ones have. */
const PEOPLES = [
  people(
    `Aoife / Grace / Liam / Mary Jane / Marcus / Olivia / Seán / Thomas / Zoe`,
    `O'Brien / King, Jr. / Smith / Taylor-Jones / Murphy / Washington / Ó Conaill / Okafor-Reed / Walker /
     O'Sullivan / Hughes / Baker / Fitz Gerald / Young / McAllister / D'Arcy`,
  ),
  people(
    `Ana Lucía / Carlos / Inês / Javier / João / María José / Mateo / Núria / Rafael`,
    `García Márquez / de la Cruz / Silva / Muñoz / Peña-Ortiz / dos Santos / Fernández / Ibáñez / Vega /
     Castro Ruiz / Moreira / Núñez / Quiroga / Salazar / Gonçalves / Herrera`,
  ),
  people(
    `Amélie / Anne-Marie / Benoît / Chloé / Étienne / Hélène / Jean-Luc / Loïc / Océane`,
    `L'Hôpital / Lefèvre / de Saint-Exupéry / Dubois / Moreau / Châtelain / Gagné / d'Aubigné / Petit /
     Roche-Blanc / Girard / Bélanger / Fontaine / Mercier / Le Goff / Tremblay`,
  ),
  people(
    `Annegret / Björn=Bjoern / Daan / Fenna / Jürgen=Juergen / Käthe=Kaethe / Lotte / Sven-Ole / Wout`,
    `Müller-Lüdenscheidt=muellerluedenscheidt / van der Berg / Weiß=weiss / Schmidt / von Arnim / de Vries /
     Jäger=jaeger / Köhler=koehler / Bauer / van 't Hof / Groß=gross / Zimmermann / Schröder=schroeder / Vogel /
     Dijkstra / Winkler`,
  ),
  people(
    `Åsa / Bjarni / Eero / Guðrún=gudrun / Ingrid / Jukka-Pekka / Lærke=laerke / Øyvind=oyvind / Þóra=thora`,
    `Åkesson / Jónsdóttir / Virtanen / Sørensen=sorensen / Lindqvist / Hægstad=haegstad / Mäkelä / Nyström /
     Bergström / Halvorsen / Nieminen / Kjær=kjaer / Söderberg / Dahl / Korhonen / Ødegård=odegard`,
  ),
  people(
    `Agnieszka / Bożena / František / Jiří / Kateřina / Łukasz=lukasz / Małgorzata=malgorzata /
     Stanisław=stanislaw / Żaneta`,
    `Wiśniewski / Dvořák / Kowalczyk / Wójcik / Šťastný / Zając / Černý / Gołąb=golab / Nowak / Horák / Mazur /
     Růžička / Pawłowski=pawlowski / Král / Sikora-Wrona / Beneš`,
  ),
  people(
    `Андрій=andrii / Богдана=bohdana / Дмитро=dmytro / Ірина=iryna / Леся=lesia / Микола=mykola / Оксана=oksana /
     Тарас=taras / Юлія=yuliia`,
    `Шевченко=shevchenko / Коваль=koval / Бондаренко=bondarenko / Ткачук=tkachuk / Лисенко=lysenko /
     Мельник=melnyk / Дем'яненко=demianenko / Савчук=savchuk / Гончар=honchar / Кравець=kravets /
     Марченко=marchenko / Поліщук=polishchuk / Руденко=rudenko / Сидоренко=sydorenko / Юрченко=yurchenko /
     Яценко=yatsenko`,
  ),
  people(
    `أحمد=ahmad / خالد=khalid / سلمى=salma / طارق=tariq / عائشة=aisha / فاطمة=fatima / ليلى=layla /
     محمد علي=mohamedali / يوسف=yusuf`,
    `الحسن=alhassan / بن صالح=bensalah / حداد=haddad / الخطيب=alkhatib / سليمان=suleiman / عبد الرحمن=abdelrahman /
     منصور=mansour / ناصر=nasser / الأمين=alamin / البيطار=albitar / خوري=khoury / درويش=darwish / الشامي=alshami /
     غانم=ghanem / قاسم=qasim / النجار=alnajjar`,
  ),
  people(
    `आरव=aarav / Deepika / Harpreet / काव्या=kavya / Lakshmi Priya / Nikhil / প্রিয়া=priya / Rohan / Sunita`,
    `शर्मा=sharma / D'Souza / Iyer / पटेल=patel / Krishnamurthy / Singh Gill / সেন=sen / Venkataraman / Banerjee /
     Chopra / Desai / Joshi / Kulkarni / Menon / Reddy / Verma`,
  ),
  people(
    `伟=wei / 芳=fang / 秀英=xiuying / 静=jing / 建国=jianguo / 晓明=xiaoming / 雨桐=yutong / 浩然=haoran / 丽=li`,
    `王=wang / 李=lee / 张=zhang / 刘=liu / 陈=chen / 欧阳=ouyang / 赵=zhao / 黄=huang / 周=zhou / 吴=wu / 徐=xu / 孙=sun /
     马=ma / 林=lin / 郭=guo / 司马=sima`,
  ),
  people(
    `美咲=misaki / 翔太=shota / さくら=sakura / 健一=kenichi / 陽子=yoko / 大輔=daisuke / 直美=naomi / 蓮=ren / ケン=ken`,
    `佐藤=sato / 鈴木=suzuki / 高橋=takahashi / 田中=tanaka / 渡辺=watanabe / 伊藤=ito / 山本=yamamoto / 中村=nakamura /
     小林=kobayashi / 加藤=kato / 吉田=yoshida / 山田=yamada / 佐々木=sasaki / 山口=yamaguchi / 松本=matsumoto / 井上=inoue`,
  ),
  people(
    `Adébáyọ̀ / Chinonso / Folákẹ́ / Ifeoma / Kwame / Nkechi / Olúwaṣeun / Thandiwe / Yaa Asantewaa`,
    `Adéyẹmí / Achebe / Nwosu / Mensah / Ọláwálé / M'Baye / Dlamini / Owusu-Ansah / Eze / Balogun / Boateng /
     N'Diaye / Nkosi / Ògúnlẹ́yẹ / Sesay / Uzoma`,
  ),
  people(
    `Αθηνά=athina / Γιώργος=giorgos / Δήμητρα=dimitra / Ελένη=eleni / Κώστας=kostas / Μαρία=maria / Νίκος=nikos /
     Σοφία=sofia / Χρήστος=christos`,
    `Παπαδόπουλος=papadopoulos / Νικολάου=nikolaou / Γεωργίου=georgiou / Οικονόμου=oikonomou / Βασιλείου=vasileiou /
     Καραγιάννης=karagiannis / Αντωνίου=antoniou / Δημητρίου=dimitriou / Αγγελόπουλος=angelopoulos /
     Ζαχαρίου=zachariou / Θεοδώρου=theodorou / Κωνσταντίνου=konstantinou / Λάμπρου=lamprou / Μακρής=makris /
     Πετρίδης=petridis / Σταύρου=stavrou`,
  ),
] as const;

/**
 * The name of user number k, who took another family name (or the old one back) so many times. Of 936 users in a row no two
 * have the same name or address: whom a place in the lists falls to depends on k alone.
 */
export function nameOf(k: number, renamings: number): { first: string; last: string; address: string } {
  const round = Math.floor(k / PEOPLES.length);
  const step = 1 + (round % (PEOPLES.length - 1)); // thirteen is a prime: each step visits all peoples in a round
  const { given, family } = PEOPLES[(k * step + round) % PEOPLES.length] ?? PEOPLES[0];
  const first = given[round % GIVEN];
  const last = family[((Math.floor(round / GIVEN) + (round % GIVEN)) % FAMILY) + (renamings % 2) * FAMILY];
  if (first === undefined || last === undefined) throw new Error('a list of names is too short');
  return { first: first.written, last: last.written, address: `${first.latin}.${last.latin}` };
}
