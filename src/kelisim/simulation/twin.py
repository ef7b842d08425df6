"""The twin: a small invented oblast, generated from a seed, as the files of a study.

The planted truth is part of what is returned, so that a test can compare estimates with it. Nothing in it is
real: areas and groups have names that no place bears, and every page of the study says it is synthetic.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone

import numpy as np

from kelisim.core.languages import Words
from kelisim.core.zones import IndexChoices, ZoneRule
from kelisim.simulation.survey_form import form_text
from kelisim.simulation.survey_wave import AGES, QUESTIONS, SEXES, Fieldwork, Plan, World, draw_wave
from kelisim.simulation.twin_attitudes import ROLES, Hidden, plant, survey_rows, truth_of
from kelisim.simulation.twin_register import (
    EFFORT_COLUMNS,
    MONTHS_COLUMNS,
    RECORD_COLUMNS,
    invented_months,
    invented_register,
)

__all__ = ["RULE", "twin_files"]

_DISTRICTS = (
    "Алдар", "Бесқұм", "Жарсу", "Көлтөбе", "Мойынты", "Тасөткел", "Жаңқара", "Қоңырсай", "Шұғылбел", "Нұрқыр",
    "Ойтерек", "Сырбел", "Майқамыс", "Ерлібел",
)  # fmt: skip
_GROUPS = (("north", "Солтүстіктіктер", "Северяне", "Northerners", 0.62),
           ("lake", "Көлжағалықтар", "Приозёрные", "Lakesiders", 0.27),
           ("steppe", "Далалықтар", "Степняки", "Steppe people", 0.10))  # fmt: skip
_OTHER = ("other", "Басқалар", "Другие", "Others", 0.01)
_SAID = {
    "north": ("Солтүстіктік", "Северянин", "Northerner", "Шимоллик"),
    "lake": ("Көлжағалық", "Приозёрный", "Lakesider", "Кўлбўйлик"),
    "steppe": ("Далалық", "Степняк", "Of the steppe", "Чўллик"),
    "other": ("Басқа", "Другая", "Another", "Бошқа"),
}
_ADULTS = 0.64
_ZONE = timezone(timedelta(hours=5))
PLAN = Plan(settlements=4, invited=22, icc=0.03)

_EVENT_COLUMNS = (
    "event",
    "date",
    "date_basis",
    "kind",
    "area",
    "place_kk",
    "place_ru",
    "place_en",
    "parties",
    "what_kk",
    "what_ru",
    "what_en",
)


_AS_OF = date(2024, 1, 31)
_ESTIMATE_COLUMNS = ("area_id", "item", "value", "se", "df", "n", "deff", "grade")
RULE = ZoneRule(
    declared_by=Words("Kelisim жобасы", "Проект Kelisim", "The Kelisim project"),
    declared_on=date(2023, 10, 1),
    wording=Words(
        "Шиеленіс ықтималдығы 80 пайыздан бастап – қызыл, 5 пайыздан бастап – сары, одан төмен – жасыл.",
        "Вероятность напряжённости от 80 процентов – красный, от 5 процентов – жёлтый, ниже – зелёный.",
        "Probability of tension from 80 percent: red; from 5 percent: yellow; below: green.",
    ),
    yellow=0.05,
    red=0.80,
    named_from=0.80,
    index=IndexChoices(doubt=0.03, intraclass=0.01, correlation=0.3, draws=2000, seed=11),
)  # fmt: skip
_RED_WORDS = Words(
    "Келесі үш айда оқиға болу ықтималдығы 50 пайыздан бастап – қызыл.",
    "Вероятность события в следующие три месяца от 50 процентов – красный.",
    "Probability of an event within the next three months from 50 percent: red.",
)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def twin_files(seed: int, plan: Plan | None = PLAN) -> dict[str, str]:
    """Files of a synthetic study by name: study.yaml, tables, and truth.json with what was planted.

    Districts draw their composition around the oblast's (Dirichlet, concentration 12), so dissimilarity is
    above zero; clashes are Poisson with a planted rate per year. plan : design of the survey whose interviews
    are given one by one; None for a study without it.
    """
    rng = np.random.default_rng(seed)
    groups = (*_GROUPS, _OTHER)
    mean = np.array([share for *_, share in groups])
    compositions = rng.dirichlet(12 * mean, size=len(_DISTRICTS))
    sizes = rng.integers(9_000, 90_000, size=len(_DISTRICTS))
    counts = np.array([rng.multinomial(size, p) for size, p in zip(sizes, compositions, strict=True)])
    rate = 0.8
    years = range(2014, 2024)
    clashes = {year: int(rng.poisson(rate)) for year in years}
    ids = [f"SY{k + 1}" for k in range(len(_DISTRICTS))]
    population = []
    for area, row in [("SY", counts.sum(axis=0)), *zip(ids, counts, strict=True)]:
        population.append((area, "total", int(row.sum())))
        population += [(area, group[0], int(n)) for group, n in zip(groups, row, strict=True)]
    events: list[tuple[str, ...]] = []
    for year, number in clashes.items():
        for _ in range(number):
            where = int(rng.integers(len(ids)))
            name = _DISTRICTS[where]
            month = f"{year}-{int(rng.integers(1, 13)):02d}"
            words = ("Ойдан шығарылған соқтығыс", "Вымышленное столкновение", "Invented clash")
            place = (ids[where], name, name, name)
            events.append((f"S{len(events) + 1}", month, "printed", "clash", *place, "north;lake", *words))
    attitudes, truth, hidden = _attitudes(seed, ids)
    survey, waves, answered = ({}, "", {}) if plan is None else _survey(seed, plan, ids, counts, hidden)
    areas = [("SY", "oblast", "Сынақ", "Пробная", "Synak", "")]
    areas += [(i, "district", n, n, n, "SY") for i, n in zip(ids, _DISTRICTS, strict=True)]
    header = _EVENT_COLUMNS
    # A stream of its own, as for the survey.
    told = invented_register(np.random.default_rng([seed, 60]), ids, [g[0] for g in _GROUPS], _AS_OF)
    truth |= {**answered, "register": dict(told.truth)}
    truth |= {"seed": seed, "clash_rate_per_year": rate, "composition": compositions.round(6).tolist()}
    return {
        "study.yaml": _declaration(seed, ids, waves),
        "data/areas.csv": _csv(("area_id", "level", "name_kk", "name_ru", "name_en", "parent"), areas),
        "data/groups.csv": _csv(("group_kk", "group_id", "name_en", "name_ru"),
                                [(kk, key, en, ru) for key, kk, ru, en, _ in groups]),
        "data/census.csv": _csv(("area_id", "group_id", "count"), population),
        "data/register.csv": _csv(("area_id", "group_id", "count"), _register(rng, ids, counts, groups)),
        "data/events.csv": _csv(header, events),
        "data/attitudes.csv": _csv(_ESTIMATE_COLUMNS, attitudes),
        **survey,
        "data/incidents.csv": _csv(RECORD_COLUMNS, told.records),
        "data/effort.csv": _csv(EFFORT_COLUMNS, told.effort),
        "data/months.csv": _csv(MONTHS_COLUMNS, invented_months(np.random.default_rng([seed, 61]), ids)),
        "truth.json": json.dumps(truth, indent=1) + "\n",
    }  # fmt: skip


def _attitudes(seed: int, ids: Sequence[str]) -> tuple[list[tuple[object, ...]], dict[str, object], Hidden]:
    """Estimates by area of a survey that never was, and the planted state behind them."""
    # A stream of its own: more areas or items here must not change the census of a seed.
    rng = np.random.default_rng([seed, 1])
    hidden = plant(len(ids), RULE.index.doubt, rng)
    rows = survey_rows(hidden, ids, _roles(ids), RULE.index.correlation, rng)
    return rows, {"interaction": truth_of(hidden, ids, RULE, rng)}, hidden


def _survey(
    seed: int, plan: Plan, ids: Sequence[str], counts: np.ndarray, hidden: Hidden
) -> tuple[dict[str, str], str, dict[str, object]]:
    """Files of the survey with microdata, its part of the declaration, and what was planted."""
    adults = np.round(_ADULTS * counts.sum(axis=1)).astype(np.int64)
    world = World(ids, adults, counts / counts.sum(axis=1, keepdims=True), list(_SAID), hidden.items)
    # A stream of its own here too.
    fieldwork = draw_wave(world, plan, np.random.default_rng([seed, 2]))
    files = {
        "data/interviews.csv": _interviews(fieldwork, seed),
        "forms/survey.yaml": form_text(dict(zip(ids, _DISTRICTS, strict=True)), _SAID),
    }
    planted: dict[str, object] = {"survey": {"icc": plan.icc, "answers": fieldwork.truth}}
    return files, _waves(fieldwork.invited, adults), planted


def _interviews(fieldwork: Fieldwork, seed: int) -> str:
    """The interviews as ODK exports them: a row per submission, several answers joined by spaces."""
    rng = np.random.default_rng([seed, 3])
    columns = fieldwork.columns
    size = len(columns["weight"])
    grids = {f"{q.code}_{row}" for q in QUESTIONS for row in q.rows}
    day, minute = rng.integers(0, 31, size), rng.integers(9 * 60, 18 * 60, size)
    length = rng.integers(14, 38, size)
    names = [name for name in columns if name not in grids]
    header = ("SubmissionDate", "start", "end", *names, *sorted(grids), "KEY")
    rows = []
    for i in range(size):
        start = datetime(2023, 5, 1, tzinfo=_ZONE) + timedelta(days=int(day[i]), minutes=int(minute[i]))
        end = start + timedelta(minutes=int(length[i]))
        key = f"uuid:{rng.bytes(16).hex()}"
        values = (columns[name][i] for name in (*names, *sorted(grids)))
        rows.append((end.isoformat(), start.isoformat(), end.isoformat(), *values, key))
    return _csv(header, rows)


def _roles(ids: Sequence[str]) -> dict[str, str]:
    return dict(zip(ids[-len(ROLES) :], ROLES, strict=True))


def _register(
    rng: np.random.Generator,
    ids: Sequence[str],
    counts: np.ndarray,
    groups: Sequence[tuple[object, ...]],
) -> list[tuple[str, object, int]]:
    """An unpublished register: small counts by district and group, which the gate must protect."""
    visits = rng.binomial(counts, 0.002)
    rows: list[tuple[str, object, int]] = []
    for area, row in zip(ids, visits, strict=True):
        rows.append((area, "total", int(row.sum())))
        rows += [(area, group[0], int(n)) for group, n in zip(groups, row, strict=True)]
    return rows


def _declaration(seed: int, ids: Sequence[str], waves: str) -> str:
    grid = "\n".join(f"  {area}: [{k // 5}, {k % 5}]" for k, area in enumerate(ids))
    silent = next(area for area, role in _roles(ids).items() if role == "outage")
    return f"""# A synthetic study, written by `kelisim twin` from seed {seed}. Nothing in it is real.
study: synthetic
title: {{kk: "Сынақ облысы", ru: "Пробная область", en: "Synak oblast"}}
synthetic: true
seed: {seed}
languages: [kk, ru, en]
as_of: {_AS_OF}
focus: SY
areas: {{file: data/areas.csv}}
groups: {{file: data/groups.csv, remainders: [other]}}
periods:
  census: {{printed: "2024", first: 2024-01-01, known: true}}
  spring: {{printed: "05.2023", first: 2023-05-01, last: 2023-05-31, known: true}}
  wave1: {{printed: "2023-11", first: 2023-11-01, last: 2023-11-30, known: true}}
sources:
  twin:
    title: {{kk: "Синтетикалық деректер генераторы", ru: "Генератор синтетических данных", en: "Generator"}}
    licence: Apache-2.0
    citation: kelisim twin, seed {seed}
    named: true
tables:
  census:
    kind: population_count
    file: data/census.csv
    title: {{kk: "Синтетикалық санақ", ru: "Синтетическая перепись", en: "Synthetic census"}}
    source: twin
    period: census
    whole: SY
    unit_level: [district]
    complete_groups: true
    columns: {{area: area_id, group: group_id, count_persons: count}}
  register:
    kind: population_count
    file: data/register.csv
    title: {{kk: "Синтетикалық тізілім", ru: "Синтетический реестр", en: "Synthetic register"}}
    source: twin
    sensitivity: closed   # the gate withholds small cells
    columns: {{area: area_id, group: group_id, count_persons: count}}
  events:
    kind: events
    file: data/events.csv
    title: {{kk: "Синтетикалық оқиғалар", ru: "Синтетические события", en: "Synthetic events"}}
    source: twin
    columns: {{event: event, date: date, date_basis: date_basis, kind: kind, area: area, place_kk: place_kk,
      place_ru: place_ru, place_en: place_en, parties: parties,
      what_kk: what_kk, what_ru: what_ru, what_en: what_en}}
  attitudes:
    kind: area_estimates
    file: data/attitudes.csv
    title: {{kk: "Синтетикалық сауалнама: аумақтар бойынша бағалар", ru: "Синтетический опрос: оценки по
      территориям", en: "Synthetic survey: estimates by area"}}
    source: twin
    period: wave1
    columns: {{area: area_id, item: item, value: value, se: se, df: df, n: n, deff: deff, grade: grade}}
  incidents:
    kind: event_records
    file: data/incidents.csv
    title: {{kk: "Синтетикалық оқиғалар тізілімі", ru: "Синтетический реестр событий", en: "Synthetic register
      of events"}}
    source: twin
    repeats: prints   # several voices may speak of one event on one day
    columns: {{{", ".join(f"{name}: {name}" for name in RECORD_COLUMNS)}}}
  effort:
    kind: event_effort
    file: data/effort.csv
    title: {{kk: "Тізілім қанша күн жұмыс істеді", ru: "Сколько дней работал реестр", en: "Days the register
      was kept"}}
    source: twin
    columns: {{area: area, month: month, effort: effort}}
  months:
    kind: area_months
    file: data/months.csv
    title: {{kk: "Синтетикалық айлық қатарлар", ru: "Синтетические месячные ряды",
      en: "Synthetic monthly series"}}
    source: twin
    columns: {{area: area, month: month, indicator: indicator, value: value}}
exposure: {{first: 2014-01-01, last: 2023-12-31, area: SY, kinds: [clash]}}
thresholds: {{min_persons: 10, round_to: 5, enclave_share_pct: 70, enclave_quotient: 2, interval_level: 0.95}}
foresight:
  table: incidents
  effort: effort
  area: SY
  first: 2019-02
  counted: [dispute, brawl, threat, property_destruction, clash]
  watch: {{months: 12, budget: 0.2, charts: [cusum, ewma]}}
  forecast: {{horizons: [1, 3, 6, 12], draws: 1000, replayed: 36}}
  lists:   # whose overlap tells how many events neither has
    desk: {{kk: "Кезекші қызмет", ru: "Дежурная служба", en: "Duty desk"}}
    press: {{kk: "Баспасөз шолуы", ru: "Обзор печати", en: "Press review"}}
  covariates:   # declared before they are tried; the gate decides
    tone:
      title: {{kk: "Өшпенді пікірлердің үлесі", ru: "Доля враждебных комментариев",
        en: "Share of hostile comments"}}
      table: months
      indicator: hostile_comments
      expected: more
      delay_months: 0
    unemployment:
      title: {{kk: "Жұмыссыздық деңгейі", ru: "Уровень безработицы", en: "Unemployment rate"}}
      table: months
      indicator: unemployment
      expected: more
      delay_months: 2
  zones:   # thresholds are learnt from past quarters; red stays a judgement until it can be certified
    counted: [brawl, property_destruction, clash]
    months: 3
    miss: 0.2
    precision: 0.5
    confidence: 0.9
    least_alarms: 15
    alarms: runs
    down: 0.8
    named_from: 0.8
    cost_ratio: 0.2
    red:
      threshold: 0.5
      declared_by: {_words(RULE.declared_by)}
      declared_on: {RULE.declared_on}
      wording: {_words(_RED_WORDS)}
  seed: {seed}
randomisation: {{null_model: person_permutation, draws: 999, seed: {seed}}}
zones:
  declared_by: {_words(RULE.declared_by)}
  declared_on: {RULE.declared_on}
  wording: {_words(RULE.wording)}
  yellow: {RULE.yellow}
  red: {RULE.red}
  named_from: {RULE.named_from}
  index:
    doubt: {RULE.index.doubt}
    intraclass: {RULE.index.intraclass}   # a planning value; the areas of this oblast differ far more
    correlation: {RULE.index.correlation}
    draws: {RULE.index.draws}
    seed: {RULE.index.seed}
  outages:
    - {{area: {silent}, first: 2023-12-15, last: 2024-02-15}}   # the wave is in, the daily intake is not
{waves}grid:
{grid}
"""


def _waves(invited: int, adults: np.ndarray) -> str:
    return f"""waves:
  spring:
    title: {{kk: "Синтетикалық сауалнама, 2023 жылғы көктем", ru: "Синтетический опрос, весна 2023 года",
      en: "Synthetic survey, spring 2023"}}
    questionnaire: forms/survey.yaml
    answers: data/interviews.csv
    period: spring
    source: twin
    invited: {invited}
    design: {{kind: probability, strata: [district], psu: [settlement], weights: weight, lonely: fail}}
    area: district
    group: group
    margins:   # adults of the oblast; the young and men answered less often
      sex: {_margin(SEXES, adults)}
      age: {_margin(AGES, adults)}
    feeds_areas: false   # some 65 interviews a district say too little for the index
    feeds:
      climate_country: {{question: Q1, options: ["1"]}}
      climate_place: {{question: Q2}}
      hostility_towards: {{question: Q3}}
      hostility_from: {{question: Q4}}
      clash_danger_country: {{question: Q5}}
      clash_danger_place: {{question: Q6}}
      felt_tension: {{question: Q7}}
      trust_local_bodies: {{question: Q13}}
      perceived_fairness: {{question: Q14}}
      contact_quality: {{question: Q15}}
      policy_support: {{question: Q16, options: ["1"]}}
"""


def _margin(parts: Mapping[str, float], adults: np.ndarray) -> str:
    ends = np.round(int(adults.sum()) * np.cumsum(list(parts.values()))).astype(int)
    counts = np.diff(ends, prepend=0)
    return "{" + ", ".join(f'"{key}": {count}' for key, count in zip(parts, counts, strict=True)) + "}"


def _words(words: Words) -> str:
    return "{" + ", ".join(f'{language}: "{text}"' for language, text in words.as_dict().items()) + "}"
