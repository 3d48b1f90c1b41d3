# SPDX-License-Identifier: GPL-2.0-only
"""Two torture guests (images/torture/) that switch to each other, and what they find."""

import re

from paths import TORTURE
from qemu import PROMPT
from switchyard import BOOT_LIMIT, module

# Devices that nobody drives, for the guest to fill: PCI functions with all capabilities, a bridge, and
# the serial ports that a machine can have beside the first.
DEVICES = ['-device', 'pci-bridge,chassis_nr=1', '-device', 'edu', '-device', 'virtio-net-pci',
           '-device', 'e1000e', '-device', 'i6300esb', '-action', 'watchdog=none', *['-serial', 'null'] * 3]
# One that keeps what is written to PCI Express registers is for q35 alone.
ROOT_PORT = {'pc': [], 'q35': ['-device', 'pcie-root-port']}


def start(machines, count, *, options='', machine='pc', iommu='', **settings):
    """Starts a machine whose slots, one and two, switch to each other count times."""
    slots = [module('kernel', name, TORTURE, 'mem=16M', f'to={other} count={count} {options}'.strip())
             for name, other in (('one', 2), ('two', 1))]
    return machines.start('timeout=0 default=one', slots, memory='128M', machine=machine,
                          devices=DEVICES + ROOT_PORT[machine] + (['-device', iommu] if iommu else []), **settings)


def wait_begin(machine):
    """The groups of items that slot one does without."""
    text = machine.expect(r'((?:^one: without: .*\n)*)^one: \d+ values in \d+ groups.*\n', BOOT_LIMIT)[1]
    return set(re.findall(r'without: (.*)', text))


def wait_end(machine, name, limit):
    """Waits until a slot has done its switches. Returns the number of differences that it found."""
    return int(machine.expect(rf'^{name}: done, \d+ switches, (\d+) differences', limit)[1])


def in_order(options):
    """The slots, in the order in which they are done. For quick switches, slot one first starts slot two."""
    return ('two', 'one') if 'quick' in options else ('one', 'two')


def wait_both(machine, limit, options=''):
    """Differences that both slots found."""
    first, second = in_order(options)
    found = wait_end(machine, first, limit)
    machine.expect(PROMPT)
    machine.sendline(f'switch {second}')
    return found + wait_end(machine, second, limit)


def differences(machine):
    """Names of the items that differed, so far."""
    return set(re.findall(r'DIFF iteration \d+: (\S+) is', machine.serial.text))
