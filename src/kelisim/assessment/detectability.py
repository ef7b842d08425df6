"""The verdict on watching an area, in words: what would be noticed, how soon, how often; or why nothing would."""

from __future__ import annotations

from kelisim.core.languages import Words
from kelisim.stats.detection.detectability import Detectability

__all__ = ["detectability_words"]

_RISES = {
    2.0: Words("екі есе", "вдвое", "a doubling"),
    3.0: Words("үш есе", "втрое", "a tripling"),
}


def detectability_words(found: Detectability) -> Words:
    """One or two sentences in three languages.

    Raises: KeyError for a rise that has no word; 2 and 3 have one.
    """
    rise = _RISES[found.factor]
    if found.verdict == "short":
        n = found.observed
        return Words(
            f"Бақылауға болмайды: қалыпты деңгейді білу үшін кемінде 12 айлық дерек керек, ал қазір бары – {n}.",
            f"Наблюдать нельзя: чтобы знать обычный уровень, нужно не меньше 12 месяцев с данными, а есть {n}.",
            f"Cannot be watched: the usual level takes at least 12 months of data, and there are {n}.",
        )
    if found.verdict == "silent":
        n = found.silent
        return Words(
            f"Бақылауға болмайды: соңғы айларда дерек түспеген (айлар саны – {n}). Тыныштық деп айтуға да негіз жоқ.",
            f"Наблюдать нельзя: в последние месяцы данных нет (месяцев: {n}). Говорить о спокойствии тоже нет оснований.",
            f"Cannot be watched: no data came in the last months ({n}). There is no ground to speak of calm either.",
        )
    assert found.share is not None and found.chance is not None
    share, chance, months = round(100 * found.share), round(100 * found.chance), found.months
    if found.verdict == "chance":
        return Words(
            f"Бақылауға болмайды: оқиға тым сирек. Олар {rise.kk} көбейсе де, дабыл жалған дабылдардан жиі шықпайды.",
            f"Наблюдать нельзя: события слишком редки. Даже если их станет {rise.ru} больше, тревога прозвучит почти не чаще ложной.",
            f"Cannot be watched: events are too rare. Even {rise.en} sounds hardly more often than a false alarm.",
        )
    return Words(
        f"Оқиғалар {rise.kk} жиілесе, бұл {months} ай ішінде жағдайлардың {share} пайызында байқалады. Ештеңе өзгермесе де, {chance} пайызында дабыл шығады.",
        f"Если событий станет {rise.ru} больше, за {months} мес. это заметят в {share} % случаев. Без всякого роста тревога прозвучит в {chance} %.",
        f"If there is {rise.en} here, it is seen within {months} months in {share} % of cases. With no rise at all the alarm sounds in {chance} %.",
    )
