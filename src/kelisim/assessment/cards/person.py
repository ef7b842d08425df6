"""Personal cards (fourth group): stereotypes, anxiety and empathy, how life has changed."""

from __future__ import annotations

from kelisim.core.cards import Card
from kelisim.core.languages import Words

__all__ = ["CARDS"]

CARDS = (
    Card(
        key="stereotype_gap",
        label=Words(
            "Авто- және гетеростереотиптер алшақтығы",
            "Разрыв авто- и гетеростереотипов",
            "Gap of auto- and heterostereotypes",
        ),
        definition=Words(
            "Өз тобына және басқа топқа берілген бағалардың айырмасы, −3-тен 3-ке дейін.",
            "Оценка своей группы минус оценка другой, от −3 до 3.",
            "Valence given to one's own group minus that given to another, −3 to 3.",
        ),
        pettigrew="P4",
        eawarn="E6",
        source_type="survey",
        direction=1,
        kind="dynamic",
        unit="scale -3..3",
        rhythm="wave",
        in_source=False,
        reference="",
    ),
    Card(
        key="anxiety_empathy",
        label=Words(
            "Топаралық үрей және жанашырлықтың жоқтығы",
            "Межгрупповая тревога и недостаток сочувствия",
            "Intergroup anxiety and lack of empathy",
        ),
        definition=Words(
            "Екі бөлек шкала: араласқандағы үрей; басқа топ адамының жайын түсінбеу.",
            "Две отдельные шкалы: тревога при общении; неумение поставить себя на место другого.",
            "Two scales, shown apart: unease in contact; not seeing things as the other does.",
        ),
        pettigrew="P4",
        eawarn="E6",
        source_type="survey",
        direction=1,
        kind="dynamic",
        unit="scale 0-10",
        rhythm="wave",
        in_source=False,
        reference="stephan1985",
        note="two subscales, reported apart; empathy is turned round",
    ),
    Card(
        key="life_change",
        label=Words(
            "Соңғы жылда өмірдің өзгеруі", "Изменение жизни за год", "Change of own life over the year"
        ),
        definition=Words(
            "Өз өмірінің өзгеруіне берілген орташа баға, 5 – әлдеқайда жақсарды; сауалнамада 1 – ең жақсы болса, шкала аударылады.",
            "Средняя оценка изменения своей жизни, 5 – намного лучше; если в анкете лучшая 1, шкала переворачивается.",
            "Mean rating of the change of one's life, 5 is much better; where a form counts 1 as best, the scale is turned round.",
        ),
        pettigrew="P4",
        eawarn="E4",
        source_type="survey",
        direction=-1,
        kind="dynamic",
        unit="scale 1-5",
        rhythm="wave",
        in_source=True,
        reference="",
        note="figure: Q3; the form codes 1 = much better: turn round so that 5 is best",
    ),
)
