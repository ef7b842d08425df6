"""Cards of identity (fifth group): civic, ethnic, local; homeland; own language."""

from __future__ import annotations

from kelisim.core.cards import Card
from kelisim.core.languages import Words

__all__ = ["CARDS"]

CARDS = (
    Card(
        key="civic_identity",
        label=Words(
            "Азаматтық бірегейлік бірінші", "Гражданская идентичность на первом месте", "Civic identity first"
        ),
        definition=Words(
            "Ең алдымен елдің азаматтарымен бірлікті сезінетіндердің үлесі.",
            "Доля тех, кто прежде всего чувствует единство с гражданами страны.",
            "Share of those who feel united first of all with the citizens of the country.",
        ),
        pettigrew="P5",
        eawarn="E6",
        source_type="survey",
        direction=-1,
        kind="resilience",
        unit="percent",
        rhythm="wave",
        in_source=True,
        reference="phinney2007",
        note="figure: Q7, up to three answers: shares need not sum to 100",
    ),
    Card(
        key="ethnic_identity",
        label=Words(
            "Этникалық бірегейлік бірінші", "Этническая идентичность на первом месте", "Ethnic identity first"
        ),
        definition=Words(
            "Ең алдымен өз этникалық тобымен бірлікті сезінетіндердің үлесі; бұл өздігінен тәуекел емес.",
            "Доля тех, кто прежде всего чувствует единство со своей этнической группой; само по себе это не риск.",
            "Share of those who feel united first of all with their own ethnic group; not a risk in itself.",
        ),
        pettigrew="P5",
        eawarn="E6",
        source_type="survey",
        direction=0,
        kind="structural",
        unit="percent",
        rhythm="wave",
        in_source=True,
        reference="phinney2007",
        note="asked: Q7, share not printed in the text; not a risk in itself",
    ),
    Card(
        key="local_identity",
        label=Words(
            "Жергілікті бірегейлік бірінші", "Локальная идентичность на первом месте", "Local identity first"
        ),
        definition=Words(
            "Ең алдымен өңірдің, ауылдың не қаланың тұрғындарымен бірлікті сезінетіндердің үлесі.",
            "Доля тех, кто прежде всего чувствует единство с жителями региона, села или города.",
            "Share of those who feel united first of all with the people of the region, village or town.",
        ),
        pettigrew="P5",
        eawarn="E6",
        source_type="survey",
        direction=-1,
        kind="resilience",
        unit="percent",
        rhythm="wave",
        in_source=True,
        reference="phinney2007",
        note="asked: Q7 (region, village or town), share not printed in the text",
    ),
    Card(
        key="emigration_intent",
        label=Words(
            "Отан сезімінің жоқтығы және кету ниеті",
            "Нет чувства родины и намерение уехать",
            "No homeland feeling and intention to emigrate",
        ),
        definition=Words(
            "Елді отаны деп санамайтындардың және көшуге ниеттілердің үлесі.",
            "Доля тех, кто не считает страну родиной, и тех, кто намерен уехать.",
            "Share of those who do not see the country as their homeland, and of those who intend to leave.",
        ),
        pettigrew="P5",
        eawarn="E7",
        source_type="survey",
        direction=1,
        kind="dynamic",
        unit="percent",
        rhythm="wave",
        in_source=True,
        reference="",
        note="figure: Q2, Q8; Q9 names the country; Q2 is turned round",
    ),
    Card(
        key="language_respect",
        label=Words(
            "Ана тілін қолдану және құрмет",
            "Использование родного языка и уважение",
            "Use of own language, felt respect",
        ),
        definition=Words(
            "Қызмет көрсету орындарында өз тілінде сөйлеуге болады ма, сонда құрмет сезіне ме: 0 – мүлде жоқ, 10 – толық.",
            "Можно ли говорить на своём языке в учреждениях и чувствуется ли уважение: 0 – совсем нет, 10 – полностью.",
            "Whether one may use one's language in services and feels respected: 0 not at all, 10 fully.",
        ),
        pettigrew="P5",
        eawarn="E5",
        source_type="survey",
        direction=-1,
        kind="resilience",
        unit="scale 0-10",
        rhythm="wave",
        in_source=False,
        reference="",
    ),
)
