"""Forms of one calendar name that no rule of sounds brings together; the rules themselves are in names.py.

A row holds what papers of one person carry in several languages: Russian, Ukrainian, Belarusian, Bulgarian, and the
few forms that Latin papers translate (Alexander, Eugene). Оксана and Ксенія, Артем and Артемій, Єгор and Георгій are
names of their own and stay apart, and pet names are in no row. The first form names the row.

`SPELT` is for forms whose skeleton is another name's too: Олена and Аліна are both `alina`, so a row of `GIVEN` would
join them. They are joined as they are spelt, and their key is marked with a hyphen.

Source: the forms that the Ukrainian orthography of 2019 (paragraph 32) and the calendars of the four languages give.
Checked against every pair of PyPI `names_translator` 2.1.0 (D. Chaplinsky, MIT: 11,061 given names and 17,375
patronymics, Ukrainian to Russian): docs/names.md tells how many of them meet. No list of persons was used.
"""

GIVEN = (
    "Акилина Килина",
    "Александр Олександр Аляксандр Александър Alexander",
    "Александра Олександра Аляксандра Alexandra",
    "Алексей Олексій Аляксей Олекса Алексий",
    "Анастасия Анастасія Настасія Настасся",
    "Анатолий Анатолій Анатоль",
    "Андрей Андрій Андрэй Andrew Эндрю Ендрю",
    "Анна Ганна",
    "Антон Антін",
    "Артём Артем Арцём",
    "Афанасий Опанас Панас Апанас Атанас",
    "Агафья Гафія Агата",
    "Валентин Валянцін",
    "Валентина Валянціна",
    "Василий Василь Васіль Vasily Basil",
    "Вениамин Веніямін Беньямін Венямін Бенямин",
    "Виктор Віктор Віктар Віктір Victor",
    "Викентий Вікентій Вікенцій Вінцент",
    "Владимир Володимир Уладзімір Володімір",
    "Владимира Володимира",
    "Владислав Уладзіслаў",
    "Вячеслав В'ячеслав Вячаслаў",
    "Гавриил Гаврило Гаврила Гаўрыла Габриел",
    "Геннадий Геннадій Генадзь",
    "Георгий Георгій Георги Георгі Gueorgui",
    "Григорий Григорій Рыгор Гаврыгор Gregory Грегори Грегорі",
    "Даниил Данило Данила Даніїл Daniel Дэниел Деніел",
    "Дементий Дементій Дзяменцій",
    "Демьян Дем'ян Дзям'ян Дамян",
    "Денис Дзяніс",
    "Димитрий Дмитро Дмитрий Дзмітрый Димитър Змітрок",
    "Евгений Євген Яўген Евгени Yauhen Evgueni Eugene Eugen Юджин Юджін Эжен Ежен",
    "Евгения Євгенія Яўгенія Yauheniya Evguenia Eugenia",
    "Евдокия Явдоха Євдокія Явдокія Аўдоцця",
    "Евсей Овсій Євсей Яўсей",
    "Евстафий Євстахій Остап Євстафій",
    "Евфросиния Єфросинія",
    "Екатерина Катерина Кацярына Catherine Katherine Кэтрин Кетрін Катрин Катрін Kathrin",
    "Елена Яўлена Гелена Helen Helena Хелен Гелен",
    "Елизавета Єлизавета Лізавета Лізавета Elizabeth Elisabeth Элизабет Елізабет",
    "Елисей Ялисей Єлисей Ялісей",
    "Емельян Омелян Омельян Амяльян Еміліян",
    "Еремей Ярема Єремій Ярэма Ієремія",
    "Ефим Юхим Яўхім Євхим",
    "Ефимия Юхимія",
    "Ефрем Юфрем Яфрэм Охрім",
    "Захар Захір Захарій",
    "Зиновий Зіновій Зінов Зенон",
    "Иван Іван Ян Ioan",
    "Игнатий Ігнат Гнат Ігнацій",
    "Игорь Ігор Ігір Ihar",
    "Иосиф Йосип Осип Язэп Йосіп Йосиф Джозеф Joseph Josef Jozef Жозеф",
    "Ирина Ірина Орина Арина Ирена",
    "Капитон Капітон",
    "Кирилл Кирило Кірыла Cyril Сирил",
    "Кондрат Кіндрат Кондратий",
    "Константин Костянтин Констянтин Канстанцін Constantine",
    "Константина Костянтина",
    "Лаврентий Лаврін Лаўрэнцій Laurence Lawrence Лоуренс Лоренс",
    "Леонид Леонід Леанід",
    "Леонтий Леонтій Льонтій Лявонцій",
    "Лев Леў Лео Leo",
    "Лука Лукаш",
    "Любовь Любов Любоў Lubov",
    "Людмила Людміла Людмыла",
    "Макар Макарій Макарий",
    "Мартин Мартын Марцін",
    "Матвей Матвій Мацвей",
    "Мечислав М'ячеслав",
    "Михаил Михайло Міхась Михал Майкл Michael Михаэль Міхаель",
    "Моисей Мойсей Мусій Майсей",
    "Надежда Надія Надзея",
    "Наталья Наталія Наталка Наталля Natalie Натали Наталі Nathalie",
    "Нестор Нестір",
    "Никита Микита Мікіта",
    "Никифор Ничипір Ничипор Нікіфор Микифір Мікіфор",
    "Николай Микола Миколай Мікалай Мікола Nicholas Nicolas Nikolaus Николас Ніколас Николя Ніколя",
    "Ольга Вольга Olga",
    "Онисий Онисій Анисий",
    "Онуфрий Онопрій Онуфрій Ануфрый Онупрій",
    "Павел Павло Паўло Paul Пол",
    "Пантелей Пантелій Пентелій",
    "Параскева Парасковія Прасковья Параска",
    "Пелагея Палажка Пелагія",
    "Пётр Петро Пятро Петър Peter Питер Пітер",
    "Порфирий Порфирій",
    "Прокопий Прокіп Прокоп Прокофий Пракоп",
    "Прохор Прохір",
    "Родион Іродіон Радзівон Радион",
    "Роман Раман",
    "Савва Сава",
    "Самуил Самійло Самойло Самуіл Samuel Сэмюэл Сэмюел Семюел Самюэль",
    "Светлана Світлана Святлана",
    "Севастьян Савастьян Себастьян",
    "Семён Семен Сямён Симеон Сямен",
    "Сергей Сергій Сяргей Serge Sergius Серж",
    "Сидор Сидір Ісидор Исидор",
    "Сильвестр Сільвестер Селівестр",
    "София Софія Сафія Софья Sophia Софи Софі Sophie",
    "Степан Стефан Сцяпан Stephan Stephen Стефен Стівен",
    "Таисия Таїсія Таїса",
    "Татьяна Тетяна Таццяна",
    "Терентий Терень Цярэнцій",
    "Тимофей Тимофій Цімафей Тимотей Timothy Тимоти Тімоті",
    "Тимур Цімур",
    "Тихон Тихін Ціхан",
    "Трофим Трохим Трахім",
    "Фёдор Федір Фёдар Хведір Тодор Теодор Theodore",
    "Феодосий Теодосій Феодосій Тодось Федос",
    "Феофан Теофан",
    "Фёкла Фекля Текля Тэкля",
    "Филипп Пилип Піліп Philip Philippe",
    "Фома Хома Тома Тамаш",
    "Христина Кристина Крысціна Christina",
    "Христиан Кристиан Християн Christian",
    "Эмилия Емілія",
    "Эмма Емма",
    "Юлиан Юліан Юльян",
    "Юстиниан Устиян",
    "Яков Яків Якаў Якуб Jacob Jakob Джейкоб Джекоб",
)

# Names of other countries, as practical transcription writes them and no rule of letters reads them.
# Source: R. S. Gilyarevsky, B. A. Starostin, Foreign names in Russian text, 1985.
FOREIGN = (
    "James Джеймс Джэймс", "John Джон", "George Джордж", "Charles Чарльз", "Christopher Кристофер Крістофер",
    "William Уильям Вільям Уїльям", "Richard Ричард Річард", "Thomas Томас", "Matthew Мэтью Метью",
    "Stephen Steven Стивен", "Geoffrey Jeffrey Джеффри", "Jeremy Джереми", "Gerald Джеральд", "Roger Роджер",
    "Hugh Хью Г'ю", "Keith Кит Кіт", "Ryan Райан", "Brian Bryan Брайан", "Ian Иэн Йен", "Sean Shaun Шон",
    "Graham Грэм Грем Грэхэм Грехем", "Wayne Уэйн", "Dwight Дуайт", "Jane Джейн", "Jennifer Дженнифер",
    "Jessica Джессика", "Caroline Кэролайн", "Joan Джоан", "Susan Сьюзан Сьюзен", "Judith Джудит",
    "Rachel Рейчел Рэйчел", "Jean Жан", "Jacques Жак", "François Франсуа", "Guillaume Гийом Гійом", "Henri Анри Анрі",
    "Laurent Лоран", "Pierre Пьер П'єр", "Michel Мишель Мішель", "Jerome Жером", "Bernard Бернар", "José Хосе",
    "Jorge Хорхе", "Juan Хуан", "Javier Xavier Хавьер Хав'єр Ксавье", "Jesús Хесус", "Jaime Хайме", "Joaquín Хоакин",
    "Giovanni Джованни Джованні", "Giuseppe Джузеппе", "Giorgio Джорджо", "Luigi Луиджи Луїджі", "Hans Ханс Ганс",
    "Heinrich Генрих", "Helmut Гельмут Хельмут", "Hermann Херманн", "Mehmet Мехмет", "Ahmet Ахмет", "Recep Реджеп",
    "Cem Джем", "Mustafa Мустафа", "Hüseyin Гусейн Хусейн", "Hasan Гасан Хасан", "Osman Осман", "Ömer Омер",
    "Süleyman Сулейман", "Halil Халил Халіл", "Ayşe Айше", "Fatma Фатма", "Hatice Хатидже", "Zeynep Зейнеп",
    "David Давид Дэвид Девід Давід", "Mary Мэри Мері", "Julia Джулия Джулія", "Anthony Энтони Ентоні",
    "Barry Барри Баррі", "Bruce Брюс", "Craig Крейг Крэйг", "Duncan Данкан", "Francis Frances Фрэнсис Френсис Френсіс",
    "Gavin Гэвин Гевін", "Howard Ховард Говард", "Jack Джек", "Jason Джейсон", "Jonathan Джонатан",
    "Justin Джастин Джастін", "Kevin Кевин Кевін", "Kenneth Кеннет", "Louis Луи Луї", "Lewis Льюис Льюїс",
    "Maureen Морин Морін", "Nigel Найджел", "Olivier Оливье Олів'є", "Raymond Рэймонд Реймонд", "Roy Рой",
    "Simon Саймон", "Vincent Винсент Вінсент Венсан", "Walter Уолтер Волтер", "Warren Уоррен Воррен", "Yves Ив Ів",
    "Joe Джо", "Jerry Gerry Джерри Джеррі", "Jacqueline Жаклин Жаклін", "Georges Жорж", "Gilles Жиль", "Gérard Жерар",
    "Hubert Юбер Губерт Хуберт", "Hugues Юг", "Julien Жюльен", "Luc Люк", "Maurice Морис Моріс", "Quentin Кантен",
    "René Рене", "Thierry Тьерри Тьєррі", "Christophe Кристоф Крістоф", "Didier Дидье Дідьє", "Benoît Бенуа",
    "Alain Ален", "Johann Иоганн Йоганн", "Jürgen Юрген", "Joachim Иоахим Йоахим", "Gerhard Герхард",
    "Günter Günther Гюнтер", "João Жуан", "Gianni Джанни Джанні", "Jens Йенс",
)  # fmt: skip

SPELT = (
    "Егор Єгор Ягор Egor Yegor Yehor Iehor Jegor Jehor",
    "Елена Олена Олёна Алена Olena Elena Yelena Jelena Ielena Alena",
    "Ксения Ксенія Ксенія Ксеня Kseniia Kseniya Ksenia Xenia",
)

# Given names that are spelt by rule in every language, so that a word is known to be one.
SINGLE = """
Адам Алина Алиса Алла Альберт Анвар Ангелина Арина Аркадий Арман Армен Арсен Арсений Артур Ахмед Ашот Богдан Болеслав
Борис Бронислав Вадим Валериан Валерий Валерия Варвара Вера Вероника Виктория Виолетта Виталий Виталина Влада Всеволод
Галина Гарик Генрих Герман Глеб Давид Дамир Дарина Дарья Диана Дина Жанна Зинаида Зоя Ибрагим Изабелла Илона Ильдар
Инга Инна Камиль Карен Карина Карл Кира Клавдия Клим Лариса Леся Лидия Лилия Любомир Магомед Майя Максим Марат
Маргарита Марина Мария Марк Марко Марта Марьяна Махмуд Мирон Мирослав Мирослава Мурад Муса Мухаммад Назар Наум
Нелли Неля Нина Оксана Олег Олеся Орест Оскар Платон Полина Радик Раиса Рамазан Рамиль Рашид Регина Ренат Римма Ринат
Роберт Розалия Ростислав Рудольф Руслан Рустам Саид Самир Святослав Серафим Соломия Станислав Тамара Тамерлан
Тарас Тигран Ульяна Фарид Феликс Шамиль Эдгар Эдуард Эльвира Эльдар Эмиль Эрик Юлия Юрий Юсуф Яна Янина Ярослав
Ярослава
"""

# What people are called by for short: a full name, then what may stand for it. Nobody's papers say that it does, so
# such words are never one key; two names that have them may be one (linkage/names.py).
# Sources: P. Hanks, K. Hardcastle, F. Hodges, A Dictionary of First Names, 2006; N. A. Petrovsky, Dictionary of Russian
# personal names, 1966.
SHORT = (
    "Robert Bob Боб Bobby Бобби Rob Роб", "William Bill Билл Білл Will Уилл Willy Вилли", "Michael Mike Майк Mick Мик",
    "Edward Ed Эд Ед Ted Тед Тэд", "Theodore Ted Тед Тэд", "Andrew Andy Энди Енді", "Stephen Steve Стив Стів",
    "Thomas Tom Том Tommy Томми", "James Jim Джим Джім Jimmy Джимми", "Joseph Joe Джо", "John Jack Джек Johnny Джонни",
    "Richard Dick Дик Rick Рик", "Charles Chuck Чак Charlie Чарли Чарлі", "Daniel Dan Дэн Ден Danny Дэнни Денні",
    "David Dave Дейв", "Benjamin Бенджамин Ben Бен", "Samuel Sam Сэм Сем", "Anthony Tony Тони Тоні",
    "Nicholas Nick Ник Нік", "Alexander Alex Алекс", "Patrick Патрик Pat Пэт Пет",
    "Patricia Патриция Патрісія Pat Пэт Пет", "Peter Pete Пит Піт", "Philip Phil Фил Філ", "Ronald Рональд Ron Рон",
    "Raymond Ray Рэй Рей", "Kenneth Ken Кен", "Gregory Greg Грег", "Jeffrey Jeff Джефф", "Gerald Gerry Джерри Джеррі",
    "Lawrence Larry Ларри", "Matthew Matt Мэтт Метт", "Christopher Chris Крис Кріс", "Christian Chris Крис Кріс",
    "Christina Chris Крис Кріс", "Catherine Kate Кейт Кэти", "Elizabeth Liz Лиз Beth Бет",
    "Margaret Маргарет Meg Мэг Peggy Пегги", "Susan Sue Сью", "Bernard Bernie Берни Берні",
    "Frederick Фредерик Fred Фред", "Francis Frank Фрэнк Френк", "Timothy Tim Тим Тім", "Victor Vic Вик",
    "Clarence Кларенс Clair Клэр", "Владимир Влад Vlad Вова Володя Вовка", "Владислав Влад Vlad Слава Владик",
    "Вячеслав Слава", "Станислав Слава Стас", "Ярослав Слава", "Святослав Слава", "Александр Саша Саня Шура Сашко",
    "Александра Саша Шура", "Алексей Лёша Алёша Льоша", "Николай Коля", "Иван Ваня", "Михаил Миша Мишко", "Пётр Петя",
    "Павел Паша", "Сергей Серёжа Серёга Сергійко", "Дмитрий Дима Митя Діма", "Евгений Женя", "Евгения Женя",
    "Константин Костя", "Григорий Гриша", "Леонид Лёня", "Юрий Юра Юрко", "Анатолий Толя", "Геннадий Гена",
    "Борис Боря", "Виктор Витя Вітя", "Василий Вася", "Татьяна Таня", "Екатерина Катя", "Мария Маша", "Ольга Оля",
    "Наталья Наташа", "Светлана Света", "Ирина Ира", "Юлия Юля", "Анна Аня Нюра", "Людмила Люда Люся", "Надежда Надя",
    "Любовь Люба",
)  # fmt: skip

# Patronymics that no ending takes back to the name.
FATHERS = (
    "Яков Яковлевич Якович Яківлевич Яківлівна Яковлевна",
    "Илья Ильич Ілліч Ильинична Іллівна Ілья Ілля",
    "Кузьма Кузьмич Кузьминична Кузьмівна",
    "Лука Лукич Лукинична Луківна",
    "Никита Никитич Никитична Микитович Микитівна Мікітавіч Мікітіч",
    "Фома Фомич Фоминична Хомич Хомівна",
    "Савва Саввич Савич Саввична Савівна",
    "Лев Львович Левович Львівна Львовна Левівна",
    "Павел Павлович Павлівна Павловна",
    "Пётр Петрович Петрівна Петровна Пятровіч",
)

# What stands beside a father's name and is no part of it: Turkic son of, daughter of; Arabic the same.
FATHER_WORDS = """
oğlu oglu oghlu ogly oglı uulu uly kızı kizi qızı qizi kyzy gyzy огли оглы оглу угли ўғли улы ұлы уулу кизи кызы қызы
гизи гызы bin ibn ben bint bent бин ибн ібн бінт
"""
