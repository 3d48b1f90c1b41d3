# SPDX-License-Identifier: GPL-2.0-only
"""The Linux driver has two layers: a core, and hooks into the kernel. Some of the hooks are only for a stock kernel,
from which they borrow what is made for others."""

import re

import pytest

import series
import structure

FOLDER = structure.ROOT / 'guest/linux'
CORE = sorted([FOLDER / 'core.h', FOLDER / 'switchyard_core.h', *FOLDER.glob('core_*.[cS]'),
               *(path for path in FOLDER.glob('hang/*.c') if path.name != 'suspend_once.c'),
               *FOLDER.glob('storage/*.[ch]'), *FOLDER.glob('memory/*.[ch]')])
NMI = sorted([*FOLDER.glob('nmi/*.[ch]'), *FOLDER.glob('plug/*.[ch]')])
STOCK = sorted(path for path in FOLDER.glob('stock/*.[ch]') if path.name != 'module.c')
HOOKS = sorted([FOLDER / 'hooks.h', *FOLDER.glob('hooks_*.c'), FOLDER / 'hang/suspend_once.c', *NMI, *STOCK])
PRINTING = [path for path in CORE + HOOKS if re.search(r'\bpr_\w+\(', path.read_text())]

# Linux exports these, but its headers for modules lack them.
LINUX_KEEPS = {'rcu_cpu_stall_suppress'}

# What a stock kernel has for others.
BORROWED = re.compile(r'suspend_set_ops|platform_suspend_ops|pm_suspend|syscore|shutdown_hook|panic_notifier'
                      r'|reboot_notifier|netdevice_notifier|pm_notifier|bus_register_notifier|pci_dev|virtio_|virtqueue|nmi_handler'
                      r'|__cpu_online_mask|send_IPI|smp_ops|kprobe')


def code(path):
    return structure.without_comments(path.read_text())


@pytest.mark.parametrize('path', CORE, ids=lambda path: path.name)
def test_the_core_borrows_nothing(path):
    assert not BORROWED.findall(code(path))
    assert '"hooks.h"' not in path.read_text()


def test_the_hooks_borrow():
    """Or the pattern above finds nothing anywhere."""
    assert all(BORROWED.search(code(path)) for path in STOCK if path.suffix == '.c')


@pytest.mark.parametrize('path', HOOKS, ids=lambda path: path.name)
def test_the_hooks_know_one_header_of_the_core(path):
    own = re.findall(r'#include "(.*)"', path.read_text())
    assert set(own) <= {'hooks.h', 'nmi.h', 'plug.h', 'stock.h', 'compat.h', 'switchyard_core.h', 'switchyard.h'}


@pytest.mark.parametrize('name', sorted(series.CORE + series.HOOKS))
def test_a_kernel_with_the_patches_needs_no_hook_for_a_stock_one(name):
    assert '"stock.h"' not in (FOLDER / name).read_text()


@pytest.mark.parametrize('name', ['core.h', 'hooks.h', 'memory/slot_files.h', 'nmi/nmi.h', 'plug/plug.h', 'storage/block.h', 'stock/stock.h', 'switchyard_core.h'])
def test_global_names_say_whose_they_are(name):
    """The driver can be a part of a kernel's tree."""
    names = [each for each in structure.declared(FOLDER / name) if each not in LINUX_KEEPS]
    assert names and all(each.startswith('switchyard_') for each in names)


@pytest.mark.parametrize('path', sorted(FOLDER.glob('**/*.c')), ids=lambda path: path.name)
def test_what_is_not_static_has_a_header(path):
    """So that the test above sees it."""
    told = {name for header in FOLDER.glob('**/*.h') for name in structure.declared(header)}
    defined = re.findall(r'^(?!static|struct \w+ \{|extern|typedef|module_|early_initcall|core_initcall|device_initcall|kunit_)\w[\w\s*]*?\b(\w+)\([^;]*\)\n\{', code(path),
                         re.MULTILINE)
    assert set(defined) <= told


@pytest.mark.parametrize('path', PRINTING, ids=lambda path: path.name)
def test_lines_begin_with_the_modules_name(path):
    assert '#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt\n' in path.read_text()
    assert '"switchyard: ' not in path.read_text()
