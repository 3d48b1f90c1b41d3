# SPDX-License-Identifier: GPL-2.0-only
"""bench.svg: the median of each way to another kernel and of each count of instructions as a bar, and a line from
the least to the most that was measured. The scale is logarithmic."""

import math
from html import escape

ROW = 18        # pixels
NAMES = 460     # the width of their column
BARS = 520
VALUES = 120
WIDTH = NAMES + BARS + VALUES

STYLE = ('text { font: 12px sans-serif } .title { font-weight: bold } rect { fill: #4477aa } '
         'line { stroke: #222; stroke-width: 1.5 }')


class Scale:
    """From a value to a distance: the smallest decade that holds all values begins at 0."""

    def __init__(self, values):
        self._low = math.floor(math.log10(min(values)))
        self._high = max(self._low + 1, math.ceil(math.log10(max(values))))

    def __call__(self, value):
        return BARS * (math.log10(value) - self._low) / (self._high - self._low)


def text(x, y, words, kind='', anchor='start'):
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def bar(figure, scale, y):
    least, middle, most = (NAMES + scale(value) for value in (min(figure.values), figure.median, max(figure.values)))
    centre = y - ROW / 4
    return [text(NAMES - 8, y, figure.name, anchor='end'),
            f'<rect x="{NAMES}" y="{y - ROW / 2 - 1}" width="{middle - NAMES:.1f}" height="{ROW / 2 + 2}"/>',
            f'<line x1="{least:.1f}" x2="{most:.1f}" y1="{centre}" y2="{centre}"/>',
            text(max(middle, most) + 6, y, f'{figure.median:,.4g}')]


def group(figures, title, y):
    """The lines of a group of figures whose first row is at y, and where the next one may begin."""
    scale = Scale([value for figure in figures for value in figure.values])
    lines = [text(NAMES, y, title, 'title')]
    for figure in figures:
        y += ROW
        lines += bar(figure, scale, y)
    return lines, y + 2 * ROW


def plot(report):
    figures = [figure for figure in report.figures.values() if min(figure.values) > 0]
    groups = (('milliseconds', [figure for figure in figures if figure.unit == 'ms']),
              ('instructions in the gate', [figure for figure in figures if figure.name.endswith(': instructions')]))
    lines, y = [], 2 * ROW
    for title, chosen in groups:
        if chosen:
            more, y = group(chosen, title, y)
            lines += more
    return '\n'.join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}">',
                      f'<style>{STYLE}</style>', *lines, '</svg>', ''])
