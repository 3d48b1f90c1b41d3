# SPDX-License-Identifier: GPL-2.0-only
"""PCI devices of which each guest has its own, as quick switches want it."""

# The guests' device numbers on PCI bus 0: from here on, one more for each device.
FIRST = {'alpha': 0x10, 'beta': 0x18}


def addresses(name, count):
    """QEMU's `addr=` of that guest's devices."""
    return [f'{FIRST[name] + number:02x}.0' for number in range(count)]


def keep_own(guest, count=1):
    """The guest lets go of all PCI functions but its own. A kernel that starts takes all of them."""
    own = '|'.join(f'0000:00:{address}' for address in addresses(guest.name, count)) or 'none'
    guest.run('for device in /sys/bus/pci/devices/*; do '
              f'case ${{device##*/}} in {own}) continue;; esac; '
              '[ ! -e $device/driver ] || echo ${device##*/} > $device/driver/unbind; done')
