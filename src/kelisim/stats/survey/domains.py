"""Domains: which part of the population a result is about, from columns and a filter. The design stays
whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import Refused
from kelisim.stats.survey.coding import Ints, compress
from kelisim.stats.survey.sample import Bools, Sample

__all__ = ["Domains", "make_domains"]

By = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """codes : (records,) place in `labels`, None when there is one domain; valid : records that lie in
    one."""

    codes: Ints | None
    labels: tuple[By, ...]
    valid: Bools | None


def make_domains(sample: Sample, by: Sequence[str], where: Bools | None) -> Domains:
    """Domains of the combinations that occur of the columns `by`, among the records where `where` holds.

    A record without an answer in a column of `by` lies in no domain.
    """
    if isinstance(by, str):
        raise ValueError(f"by is a list of columns: by=[{by!r}]")
    valid = _filter(sample, where)
    if not by:
        return Domains(None, ((),), valid)
    coded = [sample.codes(name) for name in by]
    if len(by) == 1 and valid is None and not coded[0].has_null:
        one = tuple(((by[0], label),) for label in coded[0].labels)
        return Domains(coded[0].codes.astype(np.intp), one, None)
    key: Ints = np.zeros(sample.size, dtype=np.intp)
    for column in coded:
        key = key * max(len(column.labels), 1) + column.codes
        if column.has_null:
            valid = column.codes >= 0 if valid is None else valid & (column.codes >= 0)
    if valid is not None:
        key = np.where(valid, key, key[np.argmax(valid)])
    codes, found = compress(key)
    labels = []
    for number in found.tolist() if valid is None or valid.any() else []:
        pairs = []
        for name, column in zip(reversed(by), reversed(coded), strict=True):
            pairs.append((name, column.labels[number % len(column.labels)]))
            number //= len(column.labels)
        labels.append(tuple(reversed(pairs)))
    return Domains(codes, tuple(labels), valid)


def _filter(sample: Sample, where: Bools | None) -> Bools | None:
    if where is None:
        return None
    where = np.asarray(where)
    if where.dtype != bool or where.shape != (sample.size,):
        reason = f"a filter is one yes or no for each of the {sample.size} records."
        raise Refused([sample.place.fault(None, "", reason, "Give a boolean array of that length.")])
    return where
