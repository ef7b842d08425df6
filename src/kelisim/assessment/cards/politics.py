"""Cards of politics (third group): representation, trust, fairness, answers, support, dominance."""

from __future__ import annotations

from kelisim.core.cards import Card
from kelisim.core.languages import Words

__all__ = ["CARDS"]

CARDS = (
    Card(
        key="representation",
        label=Words(
            "Билік пен мектеп басшылығындағы өкілдік",
            "Представленность во власти и руководстве школ",
            "Representation in councils, akimat, police and schools",
        ),
        definition=Words(
            "Орган өзі жариялаған жиынтық сандар бойынша топтың лауазымдардағы үлесі оның халықтағы үлесіне бөлінеді; есімдер жиналмайды.",
            "Доля группы среди должностей, делённая на её долю в населении, по сводным числам самого органа; имена не собираются.",
            "Share of a group among posts divided by its share of residents, from counts the body publishes itself; no names.",
        ),
        pettigrew="P3",
        eawarn="E3",
        source_type="census_admin",
        direction=-1,
        kind="structural",
        unit="ratio",
        rhythm="year",
        in_source=False,
        reference="",
        note="prose only: under-representation is stated without a figure; aggregate counts published by the body, no names",
    ),
    Card(
        key="trust_local_bodies",
        label=Words(
            "Әкімдікке, полиция мен сотқа сенім",
            "Доверие акимату, полиции и судам",
            "Trust in akimat, police and courts",
        ),
        definition=Words(
            "«Қаншалықты сенесіз?» деген сұрақтың орташа мәні: 0 – мүлде сенбеймін, 10 – толық сенемін.",
            "Средний ответ на вопрос «Насколько вы доверяете?»: 0 – совсем нет, 10 – полностью.",
            'Mean answer to "How far do you trust?": 0 not at all, 10 fully.',
        ),
        pettigrew="P3",
        eawarn="E3",
        source_type="survey",
        direction=-1,
        kind="resilience",
        unit="scale 0-10",
        rhythm="wave",
        in_source=False,
        reference="oecd2017",
    ),
    Card(
        key="perceived_fairness",
        label=Words(
            "Жергілікті билік әділдігі", "Справедливость местных властей", "Fairness of local officials"
        ),
        definition=Words(
            "Шенеуніктер барлық топқа бірдей қарай ма: 0 – мүлде жоқ, 10 – толық бірдей.",
            "Одинаково ли чиновники относятся ко всем группам: 0 – совсем нет, 10 – полностью.",
            "Whether officials treat all groups alike: 0 not at all, 10 fully.",
        ),
        pettigrew="P3",
        eawarn="E3",
        source_type="survey",
        direction=-1,
        kind="resilience",
        unit="scale 0-10",
        rhythm="wave",
        in_source=False,
        reference="tyler2006",
    ),
    Card(
        key="complaints_answered",
        label=Words(
            "Мерзімінде жауап берілген хабарламалар",
            "Сообщения, получившие ответ в срок",
            "Complaints answered in time",
        ),
        definition=Words(
            "Белгіленген мерзімде жауап алған тұрғын хабарламаларының үлесі.",
            "Доля сообщений жителей, на которые ответили в установленный срок.",
            "Share of residents' messages that were answered within the set time.",
        ),
        pettigrew="P3",
        eawarn="E3",
        source_type="signals",
        direction=-1,
        kind="resilience",
        unit="percent",
        rhythm="month",
        in_source=False,
        reference="",
    ),
    Card(
        key="time_to_court",
        label=Words(
            "Соқтығыстан сот шешіміне дейінгі уақыт",
            "Время от столкновения до решения суда",
            "Time from a clash to the court decision",
        ),
        definition=Words(
            "Соқтығыс күнінен сот шешіміне дейінгі күндер; аяқталмаған істер алынып тасталмайды.",
            "Дни от столкновения до решения суда; незавершённые дела не отбрасываются.",
            "Days from the clash to the decision; open cases are kept as unfinished, not dropped.",
        ),
        pettigrew="P3",
        eawarn="E3",
        source_type="events",
        direction=1,
        kind="dynamic",
        unit="days",
        rhythm="event",
        in_source=True,
        reference="kaplanmeier1958",
        note="case: one event (conflict_events E4), to the month; open cases are censored, not dropped; perceived fairness is asked apart",
    ),
    Card(
        key="policy_support",
        label=Words(
            "Этносаралық саясатты қолдау",
            "Поддержка политики в сфере межэтнических отношений",
            "Support for the policy on interethnic relations",
        ),
        definition=Words(
            "Жүргізіліп жатқан саясатты қолдайтындардың үлесі.",
            "Доля тех, кто поддерживает проводимую политику.",
            "Share of those who support the policy.",
        ),
        pettigrew="P3",
        eawarn="E3",
        source_type="survey",
        direction=-1,
        kind="resilience",
        unit="percent",
        rhythm="wave",
        in_source=True,
        reference="",
        note="figure: Q10",
    ),
    Card(
        key="dominance_orientation",
        label=Words(
            "Үстемдікке бейімділік: мемлекеттің қалаулы болашағы",
            "Установка на доминирование: желаемое будущее государства",
            "Dominance orientation: preferred future of the state",
        ),
        definition=Words(
            "Мемлекетті тек бір топтікі деп қалайтындардың үлесі.",
            "Доля тех, кто хочет видеть государство принадлежащим одной группе.",
            "Share of those who want the state to belong to one group.",
        ),
        pettigrew="P3",
        eawarn="E5",
        source_type="survey",
        direction=1,
        kind="structural",
        unit="percent",
        rhythm="wave",
        in_source=True,
        reference="pratto1994",
        note="asked: Q11, of which one other option is printed",
    ),
)
