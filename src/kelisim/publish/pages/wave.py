"""The page of a survey with answers of persons: every question with its doubt, the method and the limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.languages import LANGUAGES
from kelisim.core.questionnaire import Item, Option
from kelisim.core.waves import ALL, LANGUAGE, WaveNote
from kelisim.publish.charts import Chart, Rate, rates
from kelisim.publish.sheets import Entry, Row, Sheet, entry, interval_entry
from kelisim.publish.view import View

__all__ = ["Line", "Question", "wave"]

_SPLITS = ("area", LANGUAGE, "group")
_ABOUT_TEN = "scale 0-10"


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of a question: its words, its share, and of several answers its part of all."""

    label: str
    note: str
    share: Figure
    answers: Figure | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the page shows it; `column` is its place in the answers: a grid has one for every row."""

    column: str
    label: str
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    mean: Figure | None
    mean_label: str
    silent: Figure | None
    known: tuple[Line, ...]
    feeds: tuple[tuple[str, Figure], ...]
    sheets: tuple[Sheet, ...]

    @property
    def several(self) -> bool:
        """Whether shares of all answers stand beside those of respondents."""
        return any(line.answers is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Told:
    """Figures of one question and split: part -> what -> figure. What: a code, "mean", "feed NAME" ..."""

    parts: dict[str, dict[str, Figure]]


def wave(view: View, note: WaveNote) -> Mapping[str, Any]:
    """Questions in the order of the form, what the design was, and a chart of the scales from 0 to 10."""
    found = _sorted(view, note)
    questions = [
        question
        for item in note.questionnaire.items
        for column in _columns(item)
        if (question := _question(view, note, item, column, found.get(column, {}))) is not None
    ]
    chart = _scales(view, note, questions)
    return {
        "wave": note,
        "questions": questions,
        "charts": {} if chart is None else {"scales": chart},
        "design": _design(view, note),
        "limits": _limits(note),
    }


def _columns(item: Item) -> list[str]:
    return [f"{item.code}_{row}" for row in item.rows] if item.type == "grid" else [item.code]


def _sorted(view: View, note: WaveNote) -> dict[str, dict[str, _Told]]:
    """Column -> split -> figures, from whatever indicator they stand under."""
    found: dict[str, dict[str, _Told]] = {}
    for figure in view.release.figures:
        if figure.variant.partition(" ")[0] != note.wave_id:
            continue
        kind, _, rest = figure.indicator.partition(".")
        if figure.indicator in note.feeds:
            feed = note.feeds[figure.indicator]
            item = note.questionnaire.item(feed.question)
            alone = item is not None and item.type == "multiple" and len(feed.options) == 1
            column = feed.question
            what = feed.options[0] if alone else f"feed {figure.indicator}" if feed.options else "mean"
        elif kind.startswith("wave_"):
            column, _, option = rest.partition(".")[2].partition(".")
            what = option if kind == "wave_share" else f"{kind[5:]} {option}".strip()
        else:
            continue
        split, part = view.split_of(figure, note)
        told = found.setdefault(column, {}).setdefault(split, _Told({}))
        told.parts.setdefault(part, {})[what] = figure
    return found


def _question(
    view: View, note: WaveNote, item: Item, column: str, splits: Mapping[str, _Told]
) -> Question | None:
    told = splits[ALL].parts[""] if ALL in splits else {}
    if not told:
        return None
    label = view.said(item.label)
    if item.type == "grid":
        label = f"{label} {view.said(item.rows[column.removeprefix(f'{item.code}_')])}"
    codes = [what for what in told if not what.startswith(("mean", "feed ", "known ", "answers ", "silent"))]
    mean = told.get("mean")
    feeds = [(view.label(f.indicator), f) for f in told.values() if f.indicator in note.feeds]
    return Question(
        column=column,
        label=label,
        notes=tuple(_notes(view, note, item)),
        lines=tuple(_line(view, item, code, told[code], told.get(f"answers {code}")) for code in codes),
        mean=mean,
        mean_label="" if mean is None else _mean_label(view, mean),
        silent=told.get("silent"),
        known=tuple(
            _line(view, item, what[6:], figure, None)
            for what, figure in told.items()
            if what.startswith("known ")
        ),
        feeds=tuple(feeds),
        sheets=tuple(
            sheet
            for split in _SPLITS
            if split in splits and (sheet := _sheet(view, item, split, splits[split])) is not None
        ),
    )


def _line(view: View, item: Item, code: str, share: Figure, answers: Figure | None) -> Line:
    note = ""
    if code == "rare":
        label, note = view.speaker.word("waves.option.rare"), view.speaker.word("waves.option.joined")
    else:
        label = _answer(view, item, code)
    return Line(label, note, share, answers)


def _answer(view: View, item: Item, code: str) -> str:
    """The words of an option; steps of a scale joined say both ends."""
    first, joined, last = code.partition("..")
    words = [_step(view, item, item.option(one)) for one in ((first, last) if joined else (code,))]
    return " – ".join(words)


def _step(view: View, item: Item, option: Option | None) -> str:
    if option is None:
        return ""
    words = view.said(option.label)
    counted = item.type in ("scale", "grid") and option.missing_kind is None and option.score is not None
    number = f"{option.score:g}" if counted else ""
    return words if not number or words.startswith(number) else f"{number} – {words}"


def _notes(view: View, note: WaveNote, item: Item) -> Iterable[str]:
    word = view.speaker.word
    for condition in item.ask_if:
        before = note.questionnaire.item(condition.question)
        if before is not None:
            options = [before.option(code) for code in condition.codes]
            answers = ", ".join(f"«{view.said(o.label)}»" for o in options if o is not None)
            yield word("waves.only_if").format(question=view.said(before.label), answers=answers)
    if item.type == "multiple":
        most = item.max_selections
        yield word("waves.several") if most is None else word("waves.several.most").format(n=most)


def _mean_label(view: View, figure: Figure) -> str:
    _, _, ends = figure.estimate.unit.partition("scale ")
    low, _, high = ends.partition("-") if ".." not in ends else ends.partition("..")
    if not high:
        return view.speaker.word("waves.number")
    return view.speaker.word("waves.mean").format(low=low, high=high)


def _sheet(view: View, item: Item, split: str, told: _Told) -> Sheet | None:
    """One question in the parts of one division; None where it was not asked to be divided."""
    word = view.speaker.word
    codes = list(dict.fromkeys(what for row in told.parts.values() for what in row if what != "mean"))
    codes = [code for code in codes if not code.startswith("feed ")] or codes
    means = any("mean" in row for row in told.parts.values())
    order = [*(a.area_id for a in view.study.areas), *(g.group_id for g in view.study.groups), *LANGUAGES]
    place = {part: k for k, part in enumerate(order)}
    shown = [
        (part, row)
        for part, row in sorted(
            told.parts.items(), key=lambda item: (place.get(item[0], len(order)), item[0])
        )
        if any(figure.estimate.value is not None for figure in row.values())
    ]
    title, notes = word(f"waves.by.{split}"), [word("waves.by.note")]
    if split == "group":
        notes.append(word("waves.group.note"))
    if not shown:
        return Sheet(title, (), (), (word("waves.by.none"),))
    head = [word(f"waves.part.{split}")]
    head += [word("waves.number"), word("waves.interval")] if means else []
    for code in codes:
        name = view.label(code[5:]) if code.startswith("feed ") else _line_label(view, item, code)
        head += [f"{name}, %", word("waves.interval")]
    rows = []
    for part, row in shown:
        entries = [entry(view, row.get("mean")), interval_entry(view, row.get("mean"))] if means else []
        for code in codes:
            entries += [entry(view, row.get(code)), interval_entry(view, row.get(code))]
        counted = next((f.estimate.n for f in row.values() if f.estimate.n is not None), None)
        entries.append(Entry("–" if counted is None else view.speaker.number(counted, 0)))
        rows.append(Row(_head(view, split, part), tuple(entries)))
    return Sheet(title, (*head, "n"), tuple(rows), tuple(notes))


def _line_label(view: View, item: Item, code: str) -> str:
    return view.speaker.word("waves.option.rare") if code == "rare" else _answer(view, item, code)


def _head(view: View, split: str, part: str) -> Entry:
    if split == "area":
        return Entry(view.area(part), f"area-{part}.html", number=False)
    if split == LANGUAGE:
        return Entry(view.speaker.either(f"waves.language.{part}", part), number=False)
    return Entry(view.group(part), number=False)


def _scales(view: View, note: WaveNote, questions: Iterable[Question]) -> Chart | None:
    """Means of the questions answered from 0 to 10 with their intervals."""
    say = view.speaker
    found = [
        (q.label, q.mean)
        for q in questions
        if q.mean is not None and q.mean.estimate.unit == _ABOUT_TEN and q.mean.estimate.value is not None
    ]
    items = [
        Rate(_in_lines(label), float(e.value), float(e.value if e.low is None else e.low),
             float(e.value if e.high is None else e.high))
        for label, figure in found
        if (e := figure.estimate).value is not None
    ]  # fmt: skip
    if not items:
        return None
    title = say.word("waves.chart.scales")
    under = note.title.say(view.language)
    under = f"{under}. {say.word('synthetic')}" if view.study.synthetic else under
    rows = tuple((label, view.value(figure)) for label, figure in found)
    return Chart(
        f"wave-{note.wave_id}-scales",
        rates(title, under, say.word("waves.number"), items, highest=10.0),
        title,
        say.word("waves.chart.alt"),
        (say.word("waves.questions"), say.word("waves.number")),
        rows,
    )


def _in_lines(label: str, width: int = 44) -> str:
    lines = [""]
    for part in label.split(" "):
        if len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {part}".strip()
    return "\n".join(lines)


def _design(view: View, note: WaveNote) -> list[tuple[str, str]]:
    """The design in words, as pairs of name and value; what is not known is left out."""
    word, number = view.speaker.word, view.speaker.number
    drawn = note.drawn
    pairs = [(word("waves.kind"), word(f"waves.kind.{drawn.kind}"))]
    counts = (("interviews", note.interviews), ("invited", note.invited), ("units", note.units),
              ("strata", note.strata))  # fmt: skip
    pairs += [(word(f"waves.{name}"), number(n, 0)) for name, n in counts if n is not None]
    if note.invited and note.interviews:
        pairs.append((word("waves.response"), f"{number(100 * note.interviews / note.invited, 0)} %"))
    if drawn.weights is None:
        told = word("waves.weights.none")
    else:
        told = word("waves.weights.design" if drawn.kind == "probability" else "waves.weights.adjustment")
    if note.margins:
        items = [note.questionnaire.item(code) for code in note.margins]
        names = ", ".join(view.said(item.label).lower() for item in items if item is not None)
        told = f"{told} {word('waves.weights.margins').format(items=names)}"
    pairs.append((word("waves.weights"), told))
    if drawn.strata and drawn.kind == "probability":
        pairs.append((word("waves.lonely"), word(f"waves.lonely.{drawn.lonely}")))
    languages = [
        word(f"waves.language.{code}").lower()
        + (f" ({word('waves.unreviewed')})" if code in note.questionnaire.unreviewed else "")
        for code in note.questionnaire.languages
    ]
    pairs.append((word("waves.languages"), ", ".join(languages)))
    return pairs


def _limits(note: WaveNote) -> list[str]:
    first = "waves.limit.population" if note.drawn.kind == "probability" else "waves.limit.picked"
    several = ["waves.limit.compare"] if len(note.questionnaire.languages) > 1 else []
    return [first, "waves.limit.causes", "waves.limit.small", *several, "waves.limit.persons"]
