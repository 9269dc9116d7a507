/**
 * Words by what they do, in the five languages that the embedded comparison knows something of. What is listed nowhere
 * is a word of content.
 */
export const LANGUAGES = ["en", "de", "pt", "es", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

/** By which a language is told; words that two of them share tell nothing. */
export const TELLING: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: words(
    "the is are what how do does which of with for to this that and in my you why when where who can should an it was",
  ),
  de: words(
    "der die das ist sind was wie welche wer wo wann warum und mit für ich mir mein meine ein eine zu zum bei den im nicht",
  ),
  pt: words(
    "o os é são qual como uma um não em do da dos das meu minha posso quem onde quando por que com na no ao ou",
  ),
  es: words("el los las es son cuál cómo una un en del mi puedo quién dónde cuándo por qué con al y lo"),
  fr: words(
    "le les est sont quelle quel comment une un pas dans du des mon ma puis-je qui où quand pourquoi avec ce cette et au la",
  ),
};

/** Dropped wherever they stand: they come and go without a change of what is asked. */
export const ARTICLES: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: words("a an the"),
  // None: in German they say who does what to whom.
  de: new Set(),
  pt: words("o a os as um uma"),
  es: words("el la los las un una"),
  fr: words("le la les un une"),
};

/** Where an article makes another meaning of the next word: a few, few. */
export const NEEDS_ARTICLE: ReadonlySet<string> = words("few little lot bit number poco pouco peu");

export const NEGATIONS: ReadonlySet<string> = words(
  `not no never none nobody nothing neither nor nowhere without hardly barely scarcely except unless unable
  nicht kein keine keinen keinem keiner keines nie niemals niemand niemanden niemandem nichts nirgends ohne weder außer kaum
  não nao nunca jamais ninguém nada nenhum nenhuma nenhuns nenhumas sem nem exceto tampouco
  nadie ningún ninguno ninguna jamás sin ni tampoco excepto salvo
  ne non pas rien personne aucun aucune nulle sans sauf guère`,
);

/** In front of a word they turn it round: unsafe, illegal, desligar, désactiver. */
export const TURNING_PREFIXES = ["un", "in", "im", "il", "ir", "dis", "non", "des", "dés", "dé", "anti"] as const;

export const DATES: ReadonlySet<string> = words(
  `january february march april may june july august september october november december
  jan feb mar apr jun jul aug sep sept oct nov dec
  monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
  today tomorrow yesterday tonight now next last previous ago am pm noon midnight morning afternoon evening weekend
  januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
  heute morgen gestern übermorgen vorgestern jetzt nächste nächsten nächster letzte letzten letzter mittag mitternacht abend
  janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro segunda terça quarta quinta sexta
  sábado domingo hoje amanhã ontem agora próximo próxima passado passada
  enero febrero marzo mayo junio julio septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes
  hoy mañana ayer ahora próxima pasado pasada
  janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi
  dimanche aujourd'hui demain hier maintenant prochain prochaine dernier dernière`,
);

export const MONTHS: ReadonlySet<string> = words(
  `january february march april may june july august september october november december`,
);

export const UNITS: ReadonlySet<string> = words(
  `mm cm dm km nm kilometre kilometer metre meter centimetre centimeter millimetre millimeter mile yard foot feet inch inches
  mg kg gram gramme kilo kilogram tonne ton pound ounce lb lbs oz stone ml dl cl liter litre gallon pint cup
  ms millisecond second minute hour day week month year decade century sec min hr
  celsius fahrenheit kelvin degree percent percentage volt watt kilowatt kwh kw mw amp ampere hertz khz mhz ghz
  byte bit kb mb gb tb kib mib gib kbps mbps gbps
  dollar euro cent yen yuan franc pence usd eur gbp chf jpy brl real reais peso rupee franken
  meile meilen meter zoll fuß gramm pfund unze liter gallone gallonen sekunde sekunden minute minuten stunde stunden tag tage
  tagen woche wochen monat monate monaten jahr jahre jahren grad prozent kronen
  metro quilómetro quilômetro milha polegada pé libra onça litro galão segundo minuto hora dia semana mês meses ano grau
  quilo quilograma grama dólar cêntimo centavo kilómetro milla pulgada pie onza galón día mes año grado gramo dólares
  mètre kilomètre mille pouce pied livre once seconde heure jour semaine mois an année degré centime franc`,
);

/** Units only behind a number. */
export const SHORT_UNITS: ReadonlySet<string> = words("m g l s h t b v w a k c f j n d y in ft yd pt mi kg");

export const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    2: "two zwei dois duas dos deux",
    3: "three drei três tres trois",
    4: "four vier quatro cuatro quatre",
    5: "five fünf cinco cinq",
    6: "six sechs seis",
    7: "seven sieben sete siete sept",
    8: "eight acht oito ocho huit",
    9: "nine neun nove nueve neuf",
    10: "ten zehn dez diez dix",
    11: "eleven elf onze",
    12: "twelve zwölf doze doce douze",
    20: "twenty zwanzig vinte veinte vingt",
    100: "hundred hundert cem cien cent",
    1000: "thousand tausend mil mille",
    1000000: "million millionen milhão milhões millón millones millions",
    "1st": "first erste ersten erster primeiro primeira primero primera premier première",
    "2nd": "zweite zweiten zweiter segundo deuxième",
    "3rd": "third dritte dritten dritter terceiro terceira tercero tercera troisième",
    "4th": "fourth vierte vierten cuarto quatrième",
    "5th": "fifth fünfte fünften quinto cinquième",
    half: "halb halbe halben metade mitad moitié",
    double: "twice doppelt dobro doble",
  }).flatMap(([value, list]) => list.split(" ").map((word): [string, string] => [word, value])),
);

/** Dropped where a text begins with them and goes on behind a comma or the like. */
export const GREETINGS: Readonly<Record<Language, readonly string[]>> = {
  en: ["hi", "hello", "hey", "hi there", "hello there"],
  de: ["hallo", "guten tag"],
  pt: ["olá", "oi", "bom dia"],
  es: ["hola", "buenos días"],
  fr: ["bonjour", "salut"],
};

/** Dropped where a text begins with them, or ends with them behind a comma or the like. */
export const PLEASES: Readonly<Record<Language, readonly string[]>> = {
  en: ["please", "kindly"],
  de: ["bitte"],
  pt: ["por favor"],
  es: ["por favor"],
  fr: ["se il te plaît", "se il vous plaît"],
};

export const THANKS: Readonly<Record<Language, readonly string[]>> = {
  en: ["thanks", "thank you", "many thanks"],
  de: ["danke", "vielen dank"],
  pt: ["obrigado", "obrigada"],
  es: ["gracias", "muchas gracias"],
  fr: ["merci", "merci beaucoup"],
};

/** What a request to a model begins with: behind these "can you" is politeness, and as a sentence's first word they are no name. */
export const IMPERATIVES: ReadonlySet<string> = words(
  `explain describe give list write tell show summarise summarize translate compare define name suggest recommend create
  generate draft outline rewrite correct convert calculate find help provide make plan classify extract`,
);

/** Behind these "me" says only for whom. */
export const GIVING: ReadonlySet<string> = words("give tell write show find draft create make suggest recommend");

/** The same in two spellings. */
export const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    colour: "color",
    favourite: "favorite",
    flavour: "flavor",
    honour: "honor",
    labour: "labor",
    neighbour: "neighbor",
    behaviour: "behavior",
    harbour: "harbor",
    humour: "humor",
    centre: "center",
    metre: "meter",
    kilometre: "kilometer",
    litre: "liter",
    theatre: "theater",
    fibre: "fiber",
    "e-mail": "email",
  }),
);

/** As names something else than as words; where somebody types without capitals nobody knows which was meant. */
export const NAME_OR_WORD: ReadonlySet<string> = words(
  `apple turkey china polish may march august us it who amazon shell orange target gap oracle swift rust go java ruby windows
  word excel office teams zoom meta visa ford bush rose mark will bill jack frank grace hope joy faith sue rob pat reading nice
  bath cork mobile phoenix buffalo jordan chad georgia mercury mars saturn jaguar python panda ada basic access outlook notion
  slack signal telegram discord square stripe block box edge chrome safari opera`,
);

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
