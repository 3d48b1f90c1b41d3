# SPDX-License-Identifier: GPL-2.0-only
"""What a mutation is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """Each of the items has to differ; or the guests have to stop, if they may."""
    items: tuple
    edits: tuple  # of (file, text, replacement)
    stops: bool = False  # the guests can't run without it
    cpu: str = 'max'
    machine: str = 'q35'
    options: str = ''
    iommu: str = ''  # QEMU's device
    cpus: int = 1
    unit: str = ''  # of build/unit: no guests run, but this program, which has to fail


def drop(items, file, text, replacement='', **settings):
    return Mutation(tuple(items.split()), ((file, text, replacement),), **settings)
