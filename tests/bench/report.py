# SPDX-License-Identifier: GPL-2.0-only
"""What a run measured: figures, the goals, a table for people, bench.json, and the data of the plot."""

import json
import statistics
from typing import NamedTuple


class Figure(NamedTuple):
    name: str
    unit: str
    values: list

    @property
    def median(self):
        return statistics.median(self.values)

    def entry(self):
        return {'name': self.name, 'unit': self.unit, 'n': len(self.values), 'median': self.median,
                'min': min(self.values), 'max': max(self.values)}


def number(value):
    """Four digits are enough for people; whole numbers are exact."""
    return f'{value:,.0f}' if value == int(value) or value >= 1000 else f'{value:.4g}'


class Report:
    """Figures in the order in which they came, by name."""

    def __init__(self):
        self.figures = {}
        self.failures = []

    def add(self, name, unit, values):
        """Further values of a figure, or a new one."""
        if not values:
            self.fail(f'{name}: nothing was measured')
            return
        figure = self.figures.setdefault(name, Figure(name, unit, []))
        if figure.unit != unit:
            raise ValueError(f'{name} is measured in {figure.unit} and in {unit}')
        figure.values.extend(values)

    def fail(self, what):
        """Something did not really run. The bench fails, and still shows the rest."""
        self.failures.append(what)

    def median(self, name):
        return self.figures[name].median if name in self.figures else None

    def json(self):
        return json.dumps([figure.entry() for figure in self.figures.values()], indent=1) + '\n'

    def table(self):
        rows = [('WHAT', 'UNIT', 'N', 'MEDIAN', 'MIN', 'MAX')]
        for figure in self.figures.values():
            entry = figure.entry()
            rows.append((figure.name, figure.unit, str(entry['n']),
                         *(number(entry[key]) for key in ('median', 'min', 'max'))))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return '\n'.join('  '.join(cell.ljust(width) if column < 2 else cell.rjust(width)
                                   for column, (cell, width) in enumerate(zip(row, widths))) for row in rows)


class Goal(NamedTuple):
    """The median of a figure against that of others: at most their mean divided by divisor, or at most a limit."""
    what: str
    figure: str
    others: tuple = ()
    divisor: float = 1.0
    limit: float = 0.0

    def verdict(self, report):
        """A line, or None if what it needs was not measured."""
        value = report.median(self.figure)
        others = [report.median(name) for name in self.others]
        if value is None or None in others:
            return None
        if not others:
            met = 'met' if value <= self.limit else 'NOT MET'
            return f'{met}: {self.what}: {number(value)}, at most {number(self.limit)}'
        mean = statistics.mean(others)
        met = 'met' if value * self.divisor <= mean else 'NOT MET'
        return (f'{met}: {self.what}: {number(value)} against {number(mean)}, 1/{mean / value:.1f}; '
                f'at most 1/{self.divisor:g}')


def verdicts(report, goals):
    return [line for line in (goal.verdict(report) for goal in goals) if line]
