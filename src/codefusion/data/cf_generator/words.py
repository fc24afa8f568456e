"""Vocabulary that rule literals, sheet names and column names are drawn from.

Plain data; how words become literals is decided in `literals`."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(";"))


STATES = _listed(
    "Open;Closed;Pending;Approved;Rejected;Draft;Active;Inactive;Complete;Incomplete;Cancelled;"
    "Delayed;Overdue;Paid;Unpaid;Late;Early;Shipped;Returned;Ready;Waiting;Failed;Passed;Pass;Fail;"
    "Expired;Valid;Invalid;Blocked;New;Old;Used;Sold;Reserved;Vacant;Occupied;Enabled;Disabled;"
    "High;Low;Medium;Critical;Minor;Major;Normal;Urgent;Good;Bad;Fair;Poor;Excellent;Average;"
    "Present;Absent;Missing;Found;Lost;Won;Draw;Started;Stopped;Running;Idle;Online;Offline;"
    "Confirmed;Tentative;Planned;Finished;Verified;Accepted;Declined;Archived;Locked;Unlocked;"
    "Full;Empty;Hot;Cold;Fresh;Frozen;Public;Private;Internal;External;Domestic;Foreign;Local;"
    "Positive;Negative;Neutral;Male;Female;Adult;Child;Senior;Junior;Manager;Owner;Guest"
)
NOUNS = _listed(
    "apple;banana;grape;lemon;orange;carrot;onion;potato;bread;butter;cheese;coffee;sugar;rice;"
    "wheat;barley;engine;wheel;brake;mirror;window;door;table;chair;lamp;carpet;printer;monitor;"
    "keyboard;mouse;laptop;tablet;phone;camera;battery;cable;router;server;database;network;report;"
    "invoice;receipt;order;payment;refund;budget;salary;bonus;loan;credit;debit;balance;account;"
    "client;customer;vendor;supplier;partner;agent;broker;driver;doctor;nurse;teacher;student;"
    "engineer;lawyer;painter;baker;farmer;pilot;sailor;soldier;river;mountain;valley;forest;desert;"
    "island;beach;harbour;bridge;tunnel;road;station;airport;hotel;museum;library;school;hospital;"
    "church;castle;garden;market;office;factory;warehouse;kitchen;bathroom;bedroom;garage;roof;"
    "football;tennis;hockey;cricket;chess;rowing;cycling;running;swimming;music;guitar;piano;drum;"
    "violin;paper;pencil;eraser;ruler;scissors;glue;paint;canvas;copper;silver;gold;iron;steel;"
    "wood;plastic;glass;cotton;wool;leather;silk;heart;liver;kidney;lung;brain;blood;bone;muscle;"
    "virus;vaccine;tablets;capsule;syrup;fever;cough;asthma;diabetes;rain;snow;wind;storm;fog;"
    "drought;flood;earthquake;tiger;lion;horse;rabbit;eagle;salmon;shark;spider;butterfly;planet;"
    "comet;galaxy;rocket;satellite;laser;sensor;filter;pump;valve;motor;turbine;generator;audit;"
    "meeting;training;review;delivery;shipment;contract;licence;permit;policy;claim;warranty;"
    "project;task;milestone;issue;bug;feature;release;version;module;template;chapter;section;"
    "Sales;Finance;Marketing;Legal;Logistics;Research;Support;Security;Design;Quality;Procurement;"
    "Monday;Tuesday;Wednesday;Thursday;Friday;Saturday;Sunday;January;March;April;June;August;"
    "September;October;November;December;North;South;East;West;Central"
)
ADJECTIVES = _listed(
    "red;green;blue;yellow;small;large;medium;extra;light;heavy;long;short;first;second;third;last;"
    "total;net;gross;annual;monthly;weekly;daily;quarterly;final;initial;partial;full;fixed;current;"
    "previous;next;average;minimum;maximum;estimated;actual;planned;general;special;standard;"
    "premium;basic;advanced;regional;national;global;urban;rural;primary;secondary;direct;indirect;"
    "manual;automatic;temporary;permanent;seasonal;raw;adjusted;weighted;free;reduced;double"
)
NAMES = _listed(
    "Anna;Bruno;Carla;Dmitri;Elena;Farid;Grace;Hugo;Irene;Jonas;Kavya;Liam;Mina;Nadia;Oscar;Priya;"
    "Quentin;Rosa;Stefan;Tara;Umar;Vera;Walter;Ximena;Yusuf;Zoe;Ahmed;Beatrice;Chen;Diego;Esther;"
    "Felix;Gita;Hannah;Ivan;Julia;Kenji;Lucia;Marco;Nina;Olga;Peter;Rahul;Sofia;Tomas;Viktor;Smith;"
    "Jones;Garcia;Patel;Nguyen;Kowalski;Rossi;Schmidt;Dubois;Larsen;Novak;Kim;Tanaka;Silva"
)
PLACES = _listed(
    "Paris;London;Berlin;Madrid;Rome;Vienna;Prague;Warsaw;Lisbon;Oslo;Dublin;Athens;Cairo;Lagos;"
    "Nairobi;Delhi;Mumbai;Chennai;Dhaka;Bangkok;Manila;Tokyo;Osaka;Seoul;Sydney;Perth;Auckland;Lima;"
    "Bogota;Toronto;Chicago;Boston;Denver;Seattle;Austin;Miami;Texas;Ohio;Nevada;Oregon;Kenya;Spain;"
    "Germany;Brazil;Canada;India;Japan;China;Mexico;Poland;Sweden;Norway;Egypt;Chile;Peru;Turkey;USA;"
    "UK;UAE;Asia;Europe;Africa;Bihar;Kerala;Punjab;Goa;Bavaria;Tuscany;Ontario;Quebec"
)
FOREIGN = _listed(
    "APERTO;CHIUSO;BASSO;MEDIO;ALTO;INSUFFICIENTE;DISCRETO;OTTIMO;ASSENTE;Sì;NO;presente;scaduto;"
    "terminé;en cours;payé;Élevé;février;août;geöffnet;fällig;Größe;Straße;übrig;años;mañana;sí;"
    "pendiente;não;concluído;atrasado;是;否;完成;未完成;通过;不合格;北京;上海;男;女;优秀;良好;及格;重要;"
    "数量;销售;土;金;月;火;水;木;済;未;完了;休日;必修;選択;不要;有り;無し;東京;大阪;入力してください;"
    "確認済み;該当なし;エラー;はい;いいえ;да;нет;готово;отменено;Москва;низкий;высокий;оплачено;итого;"
    "在庫あり;예;아니오;완료;서울;ναι;όχι;نعم;لا;כן;zakończone;czynne;Łódź;öppen;stängd;hotovo;není"
)
MOJIBAKE = tuple("Σ╕èµâáΦéûΘöÇσ£ïτ╗åµûçΣ╜ìσàê╨Æ╤à╨╛╨┤╨╜├⌐├¿├╝µ▒éΘ£ÇΦí¿πâ╝")
CODES = _listed(
    "N/A;NA;ND;n/a;TBD;TBA;OK;NOK;A+;B-;AA;BBB;YTD;Q1;Q4;FY21;OT;PTO;WFH;QA;HR;IT;CEO;VIP;SKU;ASAP;"
    "EOD;DNF;DNS;BYE;P1;P2;L3;Tier 1;Level 2;Phase 3;Grade A;Type B;Group C;#N/A;#REF!;1st;2nd;3rd;"
    "10k;5G;3D;24/7;A/C;w/o;C++;R&D;P&L;24h;0%;100%"
)
SYMBOLS = _listed("+;-;*;/;?;!;#;@;%;&;=;_;.;x;X;√;✓;✔;✗;→;○;●;◎;△;×;--;++;**;???;€;£;$")
FLAGS = _listed("Yes;No;yes;no;YES;NO;True;False;TRUE;FALSE;true;false;Y;N;T;F;on;off")
SYLLABLES = _listed(
    "ba;be;bi;bo;bra;ca;ce;cho;co;cra;da;de;di;dor;dra;en;er;fa;fe;fi;flo;ga;ge;gra;gu;ha;hel;hi;"
    "in;ja;jo;ka;ke;ki;kor;la;le;li;lo;lum;ma;me;mi;mor;na;ne;ni;nor;o;or;pa;pe;pla;po;qua;ra;re;"
    "ri;ro;ru;sa;se;shi;so;sta;sul;ta;te;ti;tor;tra;u;un;va;ve;vi;vor;wa;we;wi;xi;ya;yo;za;ze;zor;"
    "n;s;x;th;ck;ng;rd;st"
)
NUMBER_WORDS = {
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven",
    "8": "eight", "9": "nine", "10": "ten", "12": "twelve", "15": "fifteen", "20": "twenty",
    "25": "twenty five", "30": "thirty", "50": "fifty", "100": "hundred",
}  # fmt: skip
COLORS = _listed(
    "red;green;yellow;blue;orange;light red;dark green;pink;purple;grey;light blue;amber;"
    "dark red;light green;Red;Green;Yellow"
)
