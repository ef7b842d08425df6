"""Waves of a study: form and answers read; design, areas, margins and feeds held against the form."""

from __future__ import annotations

import difflib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kelisim.assessment.assess import item_units
from kelisim.core.answers import Answers, joined
from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused
from kelisim.core.groups import Groups
from kelisim.core.languages import Words
from kelisim.core.questionnaire import AnswerColumn, Item, Questionnaire
from kelisim.core.waves import Drawn, Feed, Wave
from kelisim.evidence.survey.wave import sample_of, scores_of
from kelisim.sources.files import read_file
from kelisim.sources.questionnaire import read_questionnaire
from kelisim.sources.responses.reading import How, Reading, open_responses
from kelisim.sources.study_document import MappedDocument, WaveDocument

__all__ = ["Stored", "read_wave"]

Stored = Callable[[str], Answers]
_SCALE = re.compile(r"scale (-?\d+)(?:-|\.\.)(-?\d+)")
_LARGEST_BYTES = 2**31


@dataclass(frozen=True, slots=True)
class _Place:
    """Where faults of a wave stand: the study's declaration, and the lines of its keys."""

    file: str
    wave_id: str
    lines: Mapping[Any, int]

    def fault(self, key: str, reason: str, way_out: str) -> Fault:
        path = ("waves", self.wave_id, key)
        line = self.lines.get(path) or self.lines.get(path[:2])
        return Fault(self.file, line, f"waves.{self.wave_id}.{key}", reason, way_out)

    def unknown(self, key: str, name: str, known: Iterable[str]) -> Fault:
        names = [str(one) for one in known]
        nearest = difflib.get_close_matches(name, names, n=3) or names[:6]
        return self.fault(key, f"'{name}' is not there.", f"take one of: {', '.join(nearest)}.")


def read_wave(
    folder: Path,
    wave_id: str,
    document: WaveDocument,
    *,
    areas: Areas,
    groups: Groups,
    focus: str,
    lines: Mapping[Any, int],
    inputs: dict[str, str],
    stored: Stored | None,
    file: str,
) -> Wave:
    """One wave of a study.

    inputs : receives the digests of its files; stored : reads a wave of the warehouse

    Raises: Refused with every fault: of the form, of the answers, of what the study says about them.
    """
    place = _Place(file, wave_id, lines)
    answers = _answers(folder, document, place, inputs, stored)
    columns = {column.name: column for column in answers.questionnaire.columns()}
    faults = [*_design_faults(document, columns, place), *_margin_faults(document, columns, place)]
    faults += _feed_faults(document, columns, place)
    known_areas = _mapped(document.area, columns, areas.by_id, "area", place, faults)
    known_groups = _mapped(document.group, columns, groups.by_id, "group", place, faults)
    if faults:
        raise Refused(faults)
    design = document.design
    wave = Wave(
        wave_id=wave_id,
        title=Words(document.title.kk, document.title.ru, document.title.en),
        source_id=document.source,
        period_id=document.period,
        area_id=focus,
        file=document.answers or f"stored answers '{document.stored}'",
        answers=answers,
        drawn=Drawn(
            kind=design.kind, weights=design.weights, lonely=design.lonely, strata=tuple(design.strata),
            psu=tuple(design.psu), fpc=tuple(design.fpc), nest=design.nest, collapse=design.collapse,
            quotas=tuple(design.quotas),
        ),
        area_item=_question(document.area),
        areas=known_areas,
        group_item=_question(document.group),
        groups=known_groups,
        margins=document.margins,
        invited=document.invited,
        feeds={name: Feed(feed.question, tuple(feed.options)) for name, feed in document.feeds.items()},
        feeds_areas=document.feeds_areas,
    )  # fmt: skip
    sample_of(wave)  # weights, strata, units and margins are refused here, with the rows at fault
    return wave


def _answers(
    folder: Path, document: WaveDocument, place: _Place, inputs: dict[str, str], stored: Stored | None
) -> Answers:
    if document.stored is not None:
        if stored is None:
            reason = "answers of the closed warehouse are not read here."
            raise Refused([place.fault("stored", reason, "give `answers`, a file of the study.")])
        return stored(document.stored)
    form = _form(folder, str(document.questionnaire), inputs)
    name = str(document.answers)
    inputs[name] = read_file(folder, name, _LARGEST_BYTES)[1]
    opened = open_responses(folder / name, form, How())
    # Submissions are told apart within this run only, so nobody needs to keep the key.
    return joined(list(Reading(form, opened, secrets.token_bytes(32), How())))


def _form(folder: Path, name: str, inputs: dict[str, str]) -> Questionnaire:
    inputs[name] = read_file(folder, name, _LARGEST_BYTES)[1]
    return read_questionnaire(folder / name)


def _question(declared: str | MappedDocument | None) -> str | None:
    return declared.question if isinstance(declared, MappedDocument) else declared


def _design_faults(
    document: WaveDocument, columns: Mapping[str, AnswerColumn], place: _Place
) -> Iterator[Fault]:
    design = document.design
    named = [*design.strata, *design.psu, *design.fpc, *design.quotas]
    named += [design.weights] if design.weights else []
    for name in named:
        if name not in columns:
            yield place.unknown("design", name, columns)
    for name in [*design.fpc, *([design.weights] if design.weights else [])]:
        if name in columns and columns[name].holds != "number":
            yield place.fault("design", f"'{name}' holds no numbers.", "name a question of type number.")


def _margin_faults(
    document: WaveDocument, columns: Mapping[str, AnswerColumn], place: _Place
) -> Iterator[Fault]:
    for name, totals in document.margins.items():
        if name not in columns or columns[name].holds != "code":
            yield place.unknown("margins", name, (n for n, c in columns.items() if c.holds == "code"))
            continue
        codes = [option.code for option in columns[name].item.options]
        yield from (place.unknown("margins", code, codes) for code in totals if codes and code not in codes)
        if any(not total > 0 for total in totals.values()):
            yield place.fault("margins", f"a total of '{name}' is not above zero.", "give known numbers.")


def _feed_faults(
    document: WaveDocument, columns: Mapping[str, AnswerColumn], place: _Place
) -> Iterator[Fault]:
    units = item_units()
    items = {column.item.code: column.item for column in columns.values()}
    for name, feed in document.feeds.items():
        column = columns.get(feed.question)
        item = items.get(feed.question) if column is None else column.item
        if name not in units:
            yield place.unknown("feeds", name, units)
        elif item is None:
            yield place.unknown("feeds", feed.question, [*items, *columns])
        elif item.sensitive or item.role:
            reason = f"'{feed.question}' is sensitive or says something about the interview."
            yield place.fault("feeds", reason, "feed a card from another question.")
        else:
            yield from _misfit(name, units[name], feed.options, item, place)


def _misfit(name: str, unit: str, options: list[str], item: Item, place: _Place) -> Iterator[Fault]:
    codes = [option.code for option in item.options]
    strange = [code for code in options if code not in codes]
    yield from (place.unknown("feeds", code, codes) for code in strange)
    if strange:
        return
    if unit == "percent":
        if not options:
            yield place.fault(
                "feeds", f"'{name}' is a share.", f"name the `options` of {item.code} it counts."
            )
        elif item.type == "multiple" and len(options) > 1:
            reason = f"{item.code} allows several answers, so shares of options do not add up."
            yield place.fault("feeds", reason, "name one option.")
        return
    scores = sorted(scores_of(item).values())
    found = _SCALE.fullmatch(unit)
    ends = None if found is None else [float(end) for end in found.groups()]
    if options or ends is None:
        yield place.fault("feeds", f"'{name}' is measured in '{unit}'.", "feed it from a scale of that kind.")
    elif not scores or [scores[0], scores[-1]] != ends:
        told = f"{scores[0]:g} to {scores[-1]:g}" if scores else "no scores"
        reason = f"'{name}' goes from {ends[0]:g} to {ends[1]:g}, and {item.code} has {told}."
        yield place.fault("feeds", reason, "give the options of the question these scores.")


def _mapped(
    declared: str | MappedDocument | None,
    columns: Mapping[str, AnswerColumn],
    known: Mapping[str, Any],
    key: str,
    place: _Place,
    faults: list[Fault],
) -> dict[str, str]:
    """Code of an option -> area or group. Options that say nothing, as "refused", stand for none."""
    question = _question(declared)
    if question is None:
        return {}
    if question not in columns or columns[question].holds not in ("code", "text"):
        faults.append(place.unknown(key, question, columns))
        return {}
    item = columns[question].item
    codes = [option.code for option in item.options if option.missing_kind is None]
    if isinstance(declared, MappedDocument):
        faults += [place.unknown(key, code, codes) for code in declared.codes if codes and code not in codes]
        faults += [place.unknown(key, name, known) for name in declared.codes.values() if name not in known]
        return dict(declared.codes)
    faults += [place.unknown(key, code, known) for code in codes if code not in known]
    return {code: code for code in (codes or known)}
