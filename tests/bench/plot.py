# SPDX-License-Identifier: GPL-2.0-only
"""bench.svg: all times of the ways to another kernel, and how a hop grows."""

import matplotlib

matplotlib.use('svg')
from matplotlib import pyplot  # noqa: E402

BAR = '#4477aa'


def bars(axes, figures, title):
    """Medians as bars, with the range from the shortest to the longest. The scale is logarithmic."""
    figures = list(reversed(figures))
    medians = [figure.median for figure in figures]
    ranges = [[median - min(figure.values) for median, figure in zip(medians, figures)],
              [max(figure.values) - median for median, figure in zip(medians, figures)]]
    axes.barh([figure.name for figure in figures], medians, xerr=ranges, color=BAR, ecolor='black')
    if medians:
        axes.set_xscale('log')
    axes.set_title(title)
    axes.tick_params(axis='y', labelsize=7)


def write_plot(report, path):
    times = [figure for figure in report.figures.values() if figure.unit == 'ms']
    counts = [figure for figure in report.figures.values()
              if figure.unit == 'instructions' and figure.name.endswith(': instructions')]
    groups = [(group, title) for group, title in ((times, 'milliseconds'), (counts, 'instructions in the gate'))
              if group]
    figure, axes = pyplot.subplots(max(1, len(groups)), 1, squeeze=False,
                                   figsize=(11, 1.5 + 0.28 * (len(times) + len(counts))))
    for (group, title), one in zip(groups, axes[:, 0]):
        bars(one, group, title)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
