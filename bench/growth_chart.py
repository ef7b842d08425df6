"""Draws how the cost of an estimate grows, from the table that bench/survey.py wrote: no clock runs here.

Run: python bench/growth_chart.py
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import vl_convert
from results import FILE

PICTURE = Path(__file__).with_name("survey_growth.svg")
_ROW = re.compile(r"^\| ([\d,]+) \| ([\d,]+) \| ([\d,]+|none) \| ([\d.]+) \|$", flags=re.M)


def measured(text: str) -> list[tuple[int, int, int, float]]:
    """Rows, domains, replicates and seconds of the section of surveys."""
    section = text.partition("## Survey estimation")[2].partition("\n## ")[0]
    whole = [[cell.replace(",", "").replace("none", "0") for cell in row] for row in _ROW.findall(section)]
    return [(int(r), int(d), int(k), float(s)) for r, d, k, s in whole]


def panel(points: list[tuple[int, float]], title: str, text: str) -> dict[str, object]:
    """Seconds over one count, on logarithmic axes: a straight line of slope one is cost in proportion."""
    axis = {"format": "~s", "values": [count for count, _ in points]}
    scale = {"type": "log"}
    return {
        "title": {"text": title, "subtitle": text, "anchor": "start"},
        "width": 220,
        "height": 200,
        "data": {"values": [{"count": count, "seconds": seconds} for count, seconds in points]},
        "mark": {"type": "line", "point": True, "color": "#1f3b57"},
        "encoding": {
            "x": {"field": "count", "type": "quantitative", "scale": scale, "title": None, "axis": axis},
            "y": {
                "field": "seconds",
                "type": "quantitative",
                "scale": {"type": "log", "domain": [0.001, 1]},
                "title": "seconds",
                "axis": {"values": [0.001, 0.01, 0.1, 1]},
            },
        },
    }


def drawing(cases: list[tuple[int, int, int, float]]) -> str:
    """Three panels as SVG."""
    most = max(rows for rows, *_ in cases)
    by_rows = [(r, s) for r, d, k, s in cases if d == 17 and not k]
    by_domains = [(d, s) for r, d, k, s in cases if r == most and d != 17 and not k]
    by_replicates = [(k, s) for *_, k, s in cases if k]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "hconcat": [
            panel(by_rows, "Rows", "17 domains"),
            panel(by_domains, "Domains", f"{most:,} rows"),
            panel(by_replicates, "Replicates", f"{most:,} rows, 17 domains"),
        ],
    }
    return str(vl_convert.vegalite_to_svg(json.dumps(spec)))


def main() -> None:
    PICTURE.write_text(drawing(measured(FILE.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"Drew {PICTURE.name}.")


if __name__ == "__main__":
    main()
