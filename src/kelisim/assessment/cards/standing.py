"""Cards of the standing of the groups in contact (second group): schools by language, inequality, disputes."""

from __future__ import annotations

from kelisim.core.cards import Card
from kelisim.core.languages import Words

__all__ = ["CARDS"]

CARDS = (
    Card(
        key="school_language_fit",
        label=Words(
            "Мектеп тілінің оқушылар тіліне сәйкестігі",
            "Соответствие языка школ языку учеников",
            "Fit of school language and pupils' language",
        ),
        definition=Words(
            "Белгілі бір тілде оқытатын мектептер үлесінің сол тілді оқушылар үлесіне қатынасы.",
            "Доля школ с данным языком обучения, делённая на долю учеников, говорящих на нём.",
            "Share of schools teaching in a language divided by the share of pupils who speak it.",
        ),
        pettigrew="P2",
        eawarn="E5",
        source_type="census_admin",
        direction=-1,
        kind="structural",
        unit="ratio",
        rhythm="year",
        in_source=True,
        reference="",
        note="figure: counts of schools in the oblast, pupil shares for the country (figures_in_text)",
    ),
    Card(
        key="group_inequality",
        label=Words(
            "Топтар арасындағы кәсіп пен табыс теңсіздігі",
            "Неравенство групп в занятости и доходах",
            "Inequality between groups in work and income",
        ),
        definition=Words(
            "Топтардың орташа табысы мен кәсіптегі орнының қатынасы; барлық аумақ бойынша бірге есептеледі.",
            "Отношение средних доходов и положения групп в занятости; считается по всем территориям вместе.",
            "Ratio of mean incomes and positions in work between groups, pooled over areas.",
        ),
        pettigrew="P2",
        eawarn="E4",
        source_type="survey",
        direction=1,
        kind="structural",
        unit="ratio",
        rhythm="wave",
        in_source=False,
        reference="cederman2011",
        note="horizontal inequality, pooled over areas; sector of work of some groups is printed for the country only",
    ),
    Card(
        key="land_water_disputes",
        label=Words(
            "Тіркелген жер мен су даулары",
            "Зарегистрированные споры о земле и воде",
            "Registered disputes over land and water",
        ),
        definition=Words(
            "Сот пен әкімдікте тіркелген даулар; саны тіркеу тәртібіне тәуелді.",
            "Споры, зарегистрированные судами и акиматами; их число зависит от привычки регистрировать.",
            "Disputes registered by courts and akimats; their number depends on the habit of registering.",
        ),
        pettigrew="P2",
        eawarn="E1",
        source_type="events",
        direction=1,
        kind="dynamic",
        unit="per 10000 residents",
        rhythm="month",
        in_source=False,
        reference="",
        note="courts and akimat; counts depend on the habit of registering",
    ),
)
