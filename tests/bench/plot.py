# SPDX-License-Identifier: GPL-2.0-only
"""bench.svg: the median of each way to another kernel, and of each count of instructions, as a bar, with a line from
the least to the most that was measured. The scales are logarithmic."""

import matplotlib

matplotlib.use('svg')
matplotlib.rcParams['svg.fonttype'] = 'none'  # text stays text

from matplotlib import pyplot  # noqa: E402
from report import number  # noqa: E402

ROW = 0.25    # inches
TITLE = 0.8
WIDTH = 12


def draw(axes, figures, title):
    medians = [figure.median for figure in figures]
    spread = [[figure.median - min(figure.values) for figure in figures],
              [max(figure.values) - figure.median for figure in figures]]
    bars = axes.barh([figure.name for figure in figures], medians, xerr=spread, color='#4477aa', capsize=2)
    axes.bar_label(bars, [number(median) for median in medians], padding=3)
    axes.set_xscale('log')
    axes.set_title(title)
    axes.invert_yaxis()  # the first one on top
    axes.margins(x=0.15, y=0.01)


def plot(report, path):
    figures = [figure for figure in report.figures.values() if min(figure.values) > 0]
    groups = (('milliseconds', [figure for figure in figures if figure.unit == 'ms']),
              ('instructions in the gate', [figure for figure in figures if figure.name.endswith(': instructions')]))
    groups = [(title, chosen) for title, chosen in groups if chosen]
    if not groups:
        return
    heights = [ROW * len(chosen) + TITLE for _, chosen in groups]
    picture, all_axes = pyplot.subplots(len(groups), squeeze=False, figsize=(WIDTH, sum(heights)),
                                        height_ratios=heights, layout='constrained')
    for axes, (title, chosen) in zip(all_axes.flat, groups):
        draw(axes, chosen, title)
    picture.savefig(path, metadata={'Date': None})
    pyplot.close(picture)
