"""The questionnaire of the twin's survey, written out as the YAML file of a study, in four languages.

Codes and order are those of `survey_wave.QUESTIONS`; the Uzbek wordings nobody has reviewed yet, and the
form says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["form_text"]

_Words = tuple[str, str, str, str]
_UNSURE: _Words = ("Жауап беру қиын", "Затрудняюсь ответить", "Hard to answer", "Жавоб бериш қийин")
_REFUSED: _Words = ("Жауап бергісі келмейді", "Отказ от ответа", "Refused to say", "Жавоб беришни истамайди")
_TEN = (0, 10)


def _labels(words: _Words) -> str:
    return "{" + ", ".join(f'{k}: "{w}"' for k, w in zip(("kk", "ru", "en", "uz"), words, strict=True)) + "}"


def _option(code: str, words: _Words, more: str = "") -> str:
    return f'      - {{code: "{code}", label: {_labels(words)}{more}}}'


def _unsure(code: str) -> str:
    return _option(code, _UNSURE, ", do_not_read: true, missing_kind: dont_know")


def _item(code: str, kind: str, words: _Words, lines: Sequence[str] = (), more: Sequence[str] = ()) -> str:
    head = [
        f"  - code: {code}",
        f"    type: {kind}",
        f"    label: {_labels(words)}",
        *(f"    {m}" for m in more),
    ]
    return "\n".join([*head, *(["    options:", *lines] if lines else [])])


def _single(code: str, words: _Words, options: Mapping[str, _Words], unsure: str = "", *more: str) -> str:
    lines = [_option(key, label) for key, label in options.items()] + ([_unsure(unsure)] if unsure else [])
    return _item(code, "single", words, lines, more)


def _steps(code: str, words: _Words, ends: tuple[int, int], low: _Words, high: _Words, unsure: bool) -> str:
    lines = [_option(str(ends[0]), low), _option(str(ends[1]), high)] + ([_unsure("88")] if unsure else [])
    return _item(code, "scale", words, lines, (f"low: {ends[0]}", f"high: {ends[1]}"))


_YES: _Words = ("Иә", "Да", "Yes", "Ҳа")
_NO: _Words = ("Жоқ", "Нет", "No", "Йўқ")
_NEVER: _Words = ("Мүлде жоқ", "Совсем нет", "None at all", "Умуман йўқ")
_STRONG: _Words = ("Өте күшті", "Очень сильная", "Very strong", "Жуда кучли")
_DANGER = {
    "1": ("Қауіп жоқ", "Опасности нет", "No danger", "Хавф йўқ"),
    "2": ("Қауіп аз", "Опасность мала", "Little danger", "Хавф кам"),
    "3": ("Қауіп бар", "Опасность есть", "Some danger", "Хавф бор"),
    "4": ("Қауіп зор", "Опасность велика", "Great danger", "Хавф катта"),
}


def _danger(code: str, words: _Words) -> str:
    lines = [_option(key, label, f", score: {key}") for key, label in _DANGER.items()]
    return _item(code, "scale", words, [*lines, _unsure("88")])


def _questions(groups: Mapping[str, _Words]) -> list[str]:
    rows = [
        f"      - {{code: {key}, label: {_labels(words)}}}" for key, words in groups.items() if key != "other"
    ]
    distances = (
        ("Отбасы мүшесі", "Член семьи", "Member of the family", "Оила аъзоси"),
        ("Жақын дос", "Близкий друг", "Close friend", "Яқин дўст"),
        ("Көрші", "Сосед", "Neighbour", "Қўшни"),
        ("Әріптес", "Коллега по работе", "Colleague at work", "Ҳамкасб"),
        ("Елдің азаматы", "Гражданин страны", "Citizen of the country", "Мамлакат фуқароси"),
        ("Елге келген қонақ", "Гость страны", "Visitor to the country", "Мамлакат меҳмони"),
        ("Елге келмегені дұрыс", "Лучше бы не приезжал", "Better not to come", "Келмагани маъқул"),
    )
    return [
        _single("Q1", ("Қазір елде әртүрлі ұлт адамдарының қарым-қатынасы қандай?",
                       "Каковы сейчас в стране отношения между людьми разных национальностей?",
                       "How do people of different nationalities get on in the country now?",
                       "Ҳозир мамлакатда турли миллат одамларининг муносабати қандай?"),
                {"1": ("Достық", "Дружеские", "Friendly", "Дўстона"),
                 "2": ("Шиеленісті", "Напряжённые", "Strained", "Таранг")}, "3"),
        _item("Q2", "scale", ("Өзіңіз тұратын жерде ол қатынас қандай?",
                              "Каковы эти отношения там, где вы живёте?",
                              "How do they get on where you live?",
                              "Ўзингиз яшайдиган жойда у муносабат қандай?"),
              [_option("1", ("Өте нашар", "Очень плохие", "Very bad", "Жуда ёмон"), ", score: 1"),
               _option("2", ("Нашар", "Плохие", "Bad", "Ёмон"), ", score: 2"),
               _option("3", ("Орташа", "Средние", "Neither good nor bad", "Ўртача"), ", score: 3"),
               _option("4", ("Жақсы", "Хорошие", "Good", "Яхши"), ", score: 4"),
               _option("5", ("Өте жақсы", "Очень хорошие", "Very good", "Жуда яхши"), ", score: 5")]),
        _steps("Q3", ("Айналаңыздағылар басқа ұлт адамдарына қаншалықты дұшпандық сезінеді?",
                      "Насколько сильна у людей вокруг вас неприязнь к людям других национальностей?",
                      "How much hostility do people around you feel towards other nationalities?",
                      "Атрофингиздагилар бошқа миллат одамларига қанчалик адоват сезади?"),
               _TEN, _NEVER, _STRONG, True),
        _steps("Q4", ("Ал олар тарапынан сіздің ұлтыңызға деген дұшпандық қаншалықты?",
                      "А насколько сильна неприязнь с их стороны к людям вашей национальности?",
                      "And how much hostility comes from them towards your nationality?",
                      "Улар томонидан сизнинг миллатингизга адоват қанчалик?"),
               _TEN, _NEVER, _STRONG, True),
        _danger("Q5", ("Елде этностық негізде жаппай қақтығыс болу қаупі бар ма?",
                       "Есть ли в стране опасность массовых столкновений на этнической почве?",
                       "Is there a danger of mass clashes on ethnic grounds in the country?",
                       "Мамлакатда этник асосда оммавий тўқнашувлар хавфи борми?")),
        _danger("Q6", ("Ал өзіңіз тұратын жерде ондай қауіп бар ма?",
                       "А есть ли такая опасность там, где вы живёте?",
                       "Is there such a danger where you live?",
                       "Ўзингиз яшайдиган жойда бундай хавф борми?")),
        _steps("Q7", ("Өзіңіз тұратын жерде этносаралық шиеленіс қаншалықты сезіледі?",
                      "Насколько там, где вы живёте, чувствуется межэтническая напряжённость?",
                      "How much interethnic tension is felt where you live?",
                      "Ўзингиз яшайдиган жойда миллатлараро таранглик қанчалик сезилади?"),
               _TEN, _NEVER, _STRONG, True),
        _single("Q8", ("Соңғы бір жылда әртүрлі ұлт адамдарының жанжалын көрдіңіз бе?",
                       "Видели ли вы за последний год ссоры между людьми разных национальностей?",
                       "Did you see quarrels between people of different nationalities in the last year?",
                       "Охирги бир йилда турли миллат одамларининг жанжалини кўрдингизми?"),
                {"1": _YES, "2": _NO}, "3"),
        _single("Q9", ("Бұл туралы кімге айттыңыз?", "Кому вы об этом рассказали?",
                       "Whom did you tell about it?",
                       "Бу ҳақда кимга айтдингиз?"),
                {"1": ("Ешкімге", "Никому", "Nobody", "Ҳеч кимга"),
                 "2": ("Отбасына, көршілерге", "Семье, соседям", "Family, neighbours", "Оилага, қўшниларга"),
                 "3": ("Ақсақалдарға", "Старейшинам", "Elders", "Оқсоқолларга"),
                 "4": ("Әкімдікке, полицияға", "Акимату, полиции", "Akimat, police",
                       "Ҳокимликка, полицияга")},
                "", 'ask_if: {question: Q8, in: ["1"]}'),
        _single("Q10", ("Ұлтыңызға байланысты кемсітуді көрдіңіз бе?",
                        "Сталкивались ли вы с ущемлением из-за вашей национальности?",
                        "Have you been treated worse because of your nationality?",
                        "Миллатингиз туфайли камситишга дуч келдингизми?"),
                {"1": ("Бұрын болған", "Раньше бывало", "It happened before", "Илгари бўлган"),
                 "2": ("Қазір де болады", "Бывает и сейчас", "It happens now", "Ҳозир ҳам бўлади"),
                 "3": ("Ешқашан", "Никогда", "Never", "Ҳеч қачон")}, "4"),
        _item("Q11", "multiple", ("Кімдермен бірлікті сезінесіз? Үш жауаптан артық емес",
                                  "С кем вы чувствуете единство? Не более трёх ответов",
                                  "With whom do you feel unity? Up to three answers",
                                  "Кимлар билан бирликни ҳис қиласиз? Учтадан кўп эмас"),
              [_option(str(k + 1), words) for k, words in enumerate((
                  ("Ел азаматтары", "Граждане страны", "Citizens of the country", "Мамлакат фуқаролари"),
                  ("Өз ұлтым", "Люди моей национальности", "People of my nationality", "Ўз миллатим"),
                  ("Тілдестерім", "Говорящие на моём языке", "People who speak my language", "Тилдошларим"),
                  ("Облыс тұрғындары", "Жители области", "Residents of the oblast", "Вилоят аҳолиси"),
                  ("Ауылдастарым", "Односельчане", "People of my village", "Қишлоқдошларим"),
                  ("Діндестерім", "Люди моей веры", "People of my religion", "Диндошларим"),
                  ("Әріптестерім", "Люди моей профессии", "People of my profession", "Касбдошларим"),
                  ("Замандастарым", "Люди моего возраста", "People of my age", "Замондошларим")))]
              + [_option("none", ("Ешкіммен", "Ни с кем", "With nobody", "Ҳеч ким билан"),
                         ", excludes: true")],
              ("max_selections: 3",)),
        _item("Q12", "multiple", ("Отбасыңыз немен күн көреді? Барлығын белгілеңіз",
                                  "На что живёт ваша семья? Отметьте всё",
                                  "What does your family live on? Mark all",
                                  "Оилангиз нима билан кун кечиради? Ҳаммасини белгиланг"),
              [_option(str(k + 1), words) for k, words in enumerate((
                  ("Жалақы", "Зарплата", "Wages", "Маош"),
                  ("Сауда", "Торговля", "Trade", "Савдо"),
                  ("Егін, мал", "Земля и скот", "Crops and cattle", "Экин, чорва"),
                  ("Өз ісі", "Своё дело", "Own business", "Ўз иши"),
                  ("Зейнетақы, жәрдемақы", "Пенсии и пособия", "Pensions and benefits", "Нафақа"),
                  ("Шетелден келетін ақша", "Деньги из-за рубежа", "Money from abroad", "Чет элдан пул")))]
              + [_option("none", ("Басқа", "Другое", "Something else", "Бошқа"), ", excludes: true")]),
        _steps("Q13", ("Жергілікті билікке қаншалықты сенесіз?", "Насколько вы доверяете местной власти?",
                       "How much do you trust the local authorities?",
                       "Маҳаллий ҳокимиятга қанчалик ишонасиз?"),
               _TEN, ("Мүлде сенбеймін", "Совсем не доверяю", "Not at all", "Умуман ишонмайман"),
               ("Толық сенемін", "Полностью доверяю", "Completely", "Тўлиқ ишонаман"), True),
        _steps("Q14", ("Жергілікті шенеуніктер барлық ұлт адамдарына әділ ме?",
                       "Справедливы ли местные чиновники к людям всех национальностей?",
                       "Are local officials fair to people of all nationalities?",
                       "Маҳаллий амалдорлар барча миллат одамларига адолатлими?"),
               _TEN, ("Мүлде әділ емес", "Совсем нет", "Not at all", "Умуман адолатсиз"),
               ("Толық әділ", "Полностью", "Completely", "Тўлиқ адолатли"), True),
        _steps("Q15", ("Басқа ұлт адамдарымен араласу сізге қаншалықты жағымды?",
                       "Насколько приятно вам общение с людьми других национальностей?",
                       "How pleasant is your contact with people of other nationalities?",
                       "Бошқа миллат одамлари билан мулоқот сизга қанчалик ёқимли?"),
               _TEN, ("Мүлде жағымсыз", "Совсем неприятно", "Not at all", "Умуман ёқимсиз"),
               ("Өте жағымды", "Очень приятно", "Very pleasant", "Жуда ёқимли"), True),
        _single("Q16", ("Мемлекеттің этносаралық қатынас саясатын қолдайсыз ба?",
                        "Поддерживаете ли вы политику государства в межэтнических отношениях?",
                        "Do you support the state's policy on interethnic relations?",
                        "Давлатнинг миллатлараро муносабатлар сиёсатини қўллайсизми?"),
                {"1": ("Қолдаймын", "Поддерживаю", "I support it", "Қўллайман"),
                 "2": ("Қолдамаймын", "Не поддерживаю", "I do not support it", "Қўлламайман")}, "3"),
        _item("Q17", "grid", ("Мына ұлт адамын кім ретінде қабылдар едіңіз?",
                              "В качестве кого вы приняли бы человека этой национальности?",
                              "As whom would you accept a person of this nationality?",
                              "Бу миллат одамини ким сифатида қабул қилардингиз?"),
              [*(_option(str(k + 1), words, f", score: {k + 1}") for k, words in enumerate(distances)),
               _unsure("88")],
              ("rows:", *rows)),
    ]  # fmt: skip


def form_text(districts: Mapping[str, str], groups: Mapping[str, _Words]) -> str:
    """The questionnaire: who was asked where and by whom, then the questions.

    districts : area -> name, the same in all languages; groups : group -> name in kk, ru, en, uz
    """
    said = {"kk": ("Қазақша", "Казахский", "Kazakh", "Қозоқча"),
            "ru": ("Орысша", "Русский", "Russian", "Русча"),
            "uz": ("Өзбекше", "Узбекский", "Uzbek", "Ўзбекча"), "en": ("Ағылшынша", "Английский", "English",
            "Инглизча")}  # fmt: skip
    ages: dict[str, _Words] = {
        key: (f"{years} жас", f"{years} лет", years, f"{years} ёш")
        for key, years in {"18_29": "18–29", "30_44": "30–44", "45_59": "45–59", "60": "60+"}.items()
    }
    about = [
        _item("interviewer", "open", ("Сұхбат алушы", "Интервьюер", "Interviewer", "Суҳбатчи"),
              more=("role: interviewer",)),
        _single("language", ("Сұхбат тілі", "Язык интервью", "Language of the interview",
                             "Суҳбат тили"), said, "", "role: language"),
        _single("district", ("Аудан", "Район", "District", "Туман"),
                {key: (name, name, name, name) for key, name in districts.items()}, "", "role: stratum"),
        _item("settlement", "open", ("Елді мекен", "Населённый пункт", "Settlement", "Аҳоли пункти"),
              more=("role: cluster",)),
        _item("weight", "number", ("Салмақ", "Вес", "Weight", "Вазн"), more=("role: weight",)),
        _single("sex", ("Жынысы", "Пол", "Sex", "Жинси"),
                {"f": ("Әйел", "Женский", "Female", "Аёл"), "m": ("Ер", "Мужской", "Male", "Эркак")}),
        _single("age", ("Жасы", "Возраст", "Age", "Ёши"), ages),
        _item("group", "single", ("Өзіңізді қай ұлтқа жатқызасыз?",
                                  "К какой национальности вы себя относите?",
                                  "Which nationality do you count yourself to?",
                                  "Ўзингизни қайси миллатга мансуб деб биласиз?"),
              [*(_option(key, words) for key, words in groups.items()),
               _option("refused", _REFUSED, ", do_not_read: true, missing_kind: refused")],
              ("sensitive: true",)),
    ]  # fmt: skip
    title = ("Сынақ облысы: ойдан шығарылған сауалнама", "Пробная область: вымышленный опрос",
             "Synak oblast: an invented survey", "Синов вилояти: ўйлаб топилган сўров")  # fmt: skip
    head = [
        "# The form of the synthetic survey, written by `kelisim twin`. Nobody was ever asked it.",
        "questionnaire: synak",
        'version: "1"',
        f"title: {_labels(title)}",
        "languages: [kk, ru, en, uz]",
        "unreviewed: [uz]",
        "questions:",
    ]
    return "\n".join([*head, *about, *_questions(groups)]) + "\n"
