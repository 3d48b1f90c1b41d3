# SPDX-License-Identifier: GPL-2.0-only
"""PCI devices of which each guest has its own, as quick switches want it."""

# The guests' device numbers on PCI bus 0: from here on, one more for each device.
FIRST = {'alpha': 0x10, 'beta': 0x15, 'gamma': 0x1a}


def addresses(name, count=1):
    """QEMU's `addr=` of that guest's devices."""
    return [f'{FIRST[name] + number:02x}.0' for number in range(count)]


def pci_name(name):
    """What Linux and the monitor call the guest's first device."""
    return f'0000:00:{addresses(name)[0]}'


def own_disk(name, path, options=''):
    """QEMU's arguments for the guest's first device: a disk, with that file and more options of the drive."""
    return ['-drive', f'file={path},format=raw,if=none,id={name}{options}',
            '-device', f'virtio-blk-pci,drive={name},addr={addresses(name)[0]}']


def own_disks(folder, mib):
    """The same for alpha and beta, with an empty disk in folder for each."""
    arguments = []
    for name in 'alpha', 'beta':
        path = folder / f'{name}.img'
        with open(path, 'wb') as disk:
            disk.truncate(mib << 20)
        arguments += own_disk(name, path)
    return arguments


def keep_own(guest, count=1):
    """The guest lets go of all PCI functions but its own. A kernel that starts takes all of them."""
    own = [f'0000:00:{address}' for address in addresses(guest.name, count)]
    guest.run('for device in /sys/bus/pci/devices/*; do '
              f'case ${{device##*/}} in {"|".join(own) or "none"}) continue;; esac; '
              '[ ! -e $device/driver ] || echo ${device##*/} > $device/driver/unbind; done')
