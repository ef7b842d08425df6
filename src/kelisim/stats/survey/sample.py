"""A sample: columns joined to their design, strata and sampling units coded once, faults found before any
result.

Filters, routing, nulls and domains never shrink it: a record that a result does not use adds zero, and its
stratum and sampling unit stay in the variance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, Refused
from kelisim.stats.survey.coding import Coded, Ints, code_column
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.stages import Floats, Place, Stage, build_stages

__all__ = ["Adjustment", "Sample", "kish_n_eff"]

Bools = NDArray[np.bool_]
_SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment:
    """What the variance must know about adjusted weights w = d g.

    columns : (records, variables) the x whose totals were met, as a sparse array of rows
    pull : (records,) weights of the regression that residuals are taken from: d, or 1 in the compatible
        variant
    words : how the weights were adjusted, for the method of a result
    repeat : how the same adjustment is made of other base weights, for replicates
    """

    columns: Any
    pull: Floats
    words: str
    repeat: Callable[[Floats], Floats]

    def inverse(self) -> Floats:
        """(sum pull x x')^-1, generalised because margins overlap."""
        x = self.columns
        normal = (x.T @ (x * self.pull[:, None])).toarray()
        root = np.sqrt(np.diag(normal))
        found: Floats = np.linalg.pinv(normal / np.outer(root, root), rcond=1e-11, hermitian=True)
        found /= np.outer(root, root)
        return found


class Sample:
    """Columns of one wave and the design they were drawn by.

    data : column -> values, all of one length: numbers, text, or `coding.Coded`
    name, rows : the file and the line of each record, for messages (records are counted from 1 without them)

    Raises: Refused with every fault of weights, strata, units and population counts.

    >>> design = Design(kind="probability", weights="w", psu=("place",), lonely="fail")
    >>> Sample({"w": [1, 2, 1], "place": ["a", "a", "b"], "y": [3, 4, 5]}, design).psus
    2
    """

    def __init__(
        self, data: Mapping[str, Any], design: Design, name: str = "data", rows: Sequence[int] | None = None
    ) -> None:
        if design.kind == "marginals":
            raise Refused(
                [
                    Fault(
                        name,
                        None,
                        "",
                        "printed totals are not a sample: there are no records.",
                        "Show the prints as published figures.",
                    )
                ]
            )
        self.design = design
        self.place = Place(name, None if rows is None else np.asarray(rows, dtype=np.intp))
        self._data = {n: v if isinstance(v, Coded | np.ndarray) else np.asarray(v) for n, v in data.items()}
        self._numbers: dict[str, Floats] = {}
        self._codes: dict[str, Coded] = {}
        self.size = self._length()
        self.weights, self.base_weights = (self._weights(),) * 2
        self.adjustment: Adjustment | None = None
        self._unit_weights: Floats | None = None
        strata, units = ([self._design_codes(c) for c in names] for names in (design.strata, design.psu))
        fpc = [self._design_numbers(c) for c in design.fpc]
        self.stages, self.unit = build_stages(design, self.size, strata, units, fpc, self.place)
        self.inside: Bools | None = None if np.all(self.weights > 0) else self.weights > 0

    @property
    def psus(self) -> int:
        """Number of first-stage units."""
        return self.stages[0].units

    @property
    def last(self) -> Stage:
        """The last stage that the variance needs."""
        return self.stages[-1]

    def numbers(self, name: str) -> Floats:
        """A column as floats, NaN where there is no answer.  Raises: Refused for text or infinite values."""
        if name not in self._numbers:
            self._numbers[name] = self._as_numbers(name)
        return self._numbers[name]

    def codes(self, name: str) -> Coded:
        """A column as categories.  Raises: Refused for fractional numbers."""
        if name not in self._codes:
            try:
                self._codes[name] = code_column(self._column(name), name)
            except ValueError as error:
                raise Refused(
                    [self.place.fault(None, name, f"{error}.", "Give text or whole numbers.")]
                ) from None
        return self._codes[name]

    def unit_weights(self) -> Floats:
        """Sum of the weights in every unit of the last stage."""
        if self._unit_weights is None:
            sums = np.bincount(self.unit, weights=self.weights, minlength=self.last.units)
            self._unit_weights = sums.astype(np.float64, copy=False)
        return self._unit_weights

    def with_weights(self, weights: Floats, base: Floats, adjustment: Adjustment | None) -> Sample:
        """The same records and design with other weights, which may be zero or, in replicates, negative."""
        new = object.__new__(Sample)
        new.__dict__.update(self.__dict__)
        new.weights, new.base_weights, new.adjustment = weights, base, adjustment
        new.inside = None if np.all(weights != 0) else weights != 0
        new._unit_weights = None
        return new

    def with_column(self, name: str, values: Floats | Coded) -> Sample:
        """The same records, design and weights with one more column, such as a difference of two.

        Raises: ValueError for a name that is taken, or another length.
        """
        if name in self._data:
            raise ValueError(f"there is a column '{name}' already")
        shape = values.codes.shape if isinstance(values, Coded) else values.shape
        if shape != (self.size,):
            raise ValueError(f"a column has one value for each of the {self.size} records")
        new = object.__new__(Sample)
        new.__dict__.update(self.__dict__)
        new._data = {**self._data, name: values}
        new._numbers, new._codes = dict(self._numbers), dict(self._codes)
        return new

    def faults(self, rows: Ints, name: str, reason: str, way_out: str) -> list[Fault]:
        """Faults at records, the first of them in full and the rest as a number."""
        values = self._column(name)
        if isinstance(values, Coded):
            values = np.array([*values.labels, ""], dtype=object)[values.codes]
        shown = [self.place.fault(r, name, reason.format(values[r]), way_out) for r in rows[:_SHOWN].tolist()]
        if rows.size > _SHOWN:
            left = f"{rows.size - _SHOWN} more records have the same fault."
            shown.append(self.place.fault(None, name, left, way_out))
        return shown

    def _column(self, name: str) -> Any:
        if name not in self._data:
            known = ", ".join(sorted(self._data))
            raise Refused(
                [self.place.fault(None, name, "there is no such column.", f"Take one of: {known}.")]
            )
        return self._data[name]

    def _length(self) -> int:
        columns = {name: self._column(name) for name in self._data}
        lengths = {n: c.codes.size if isinstance(c, Coded) else c.shape[0] for n, c in columns.items()}
        if len(set(lengths.values())) > 1:
            words = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise Refused(
                [self.place.fault(None, "", f"columns differ in length: {words}.", "Give whole records.")]
            )
        if not lengths or not max(lengths.values()):
            raise Refused([self.place.fault(None, "", "there are no records.", "Give at least one record.")])
        return next(iter(lengths.values()))

    def _as_numbers(self, name: str) -> Floats:
        values = self._column(name)
        if isinstance(values, Coded):
            labels = np.array([_number(label) for label in values.labels])
            array = (
                np.where(values.codes < 0, np.nan, labels[values.codes])
                if labels.size
                else np.full(self.size, np.nan)
            )
            bad = (values.codes >= 0) & np.isnan(array)
        elif values.dtype.kind in "OUS":
            array = np.array([_number(value) for value in values.tolist()])
            null = np.array([v is None or v != v or str(v).strip() == "" for v in values.tolist()])
            bad = np.isnan(array) & ~null
        else:
            array = values.astype(np.float64)
            bad = np.isinf(array)
        bad |= np.isinf(array)
        if bad.any():
            raise Refused(
                self.faults(
                    np.flatnonzero(bad),
                    name,
                    "'{}' is not a number that can be used.",
                    "Write a finite number, or leave the cell empty.",
                )
            )
        array.setflags(write=False)
        return array

    def _weights(self) -> Floats:
        name = self.design.weights
        if name is None:
            return np.ones(self.size)
        column = self._column(name)
        if not isinstance(column, Coded) and column.dtype.kind in "fiu":
            weights: Floats = column.astype(np.float64)
        else:
            weights = self.numbers(name)
        way_out = "Correct the weight, or take the record out before the weights are made."
        faults: list[Fault] = []
        zero = (weights == 0) if self.design.zero_weights == "refuse" else np.zeros(self.size, dtype=bool)
        for bad, words in (
            (np.isnan(weights), "the weight is missing."),
            (np.isinf(weights), "the weight is infinite."),
            (weights < 0, "the weight {} is negative."),
            (zero, "the weight is zero."),
        ):
            if bad.any():
                faults += self.faults(np.flatnonzero(bad), name, words, way_out)
        if not faults and not np.any(weights > 0):
            faults.append(self.place.fault(None, name, "all weights are zero.", way_out))
        if faults:
            raise Refused(faults)
        weights.setflags(write=False)
        return weights

    def _design_codes(self, name: str) -> Coded:
        coded = self.codes(name)
        if coded.has_null:
            raise Refused(
                self.faults(
                    np.flatnonzero(coded.codes < 0),
                    name,
                    "the design is not known here.",
                    "Write the stratum or unit of this record.",
                )
            )
        return coded

    def _design_numbers(self, name: str) -> Floats:
        values = self._column(name)
        if not isinstance(values, Coded) and values.dtype.kind == "f":
            return np.asarray(values, dtype=np.float64)
        return self.numbers(name)


def _number(value: object) -> float:
    try:
        return float("nan") if value is None or value == "" else float(str(value))
    except ValueError:
        return float("nan")


def kish_n_eff(weights: Floats) -> float:
    """Effective number of interviews by weighting alone, (sum w)^2 / sum w^2 (Kish 1965).

    Says what unequal weights cost, and nothing about clusters: it is not n / deff of a result.

    >>> kish_n_eff(np.array([1.0, 1.0, 2.0]))
    2.6666666666666665
    """
    return float(weights.sum() ** 2 / np.square(weights).sum())
