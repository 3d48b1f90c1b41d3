# SPDX-License-Identifier: GPL-2.0-only
"""devices= on a slot's line, and the ways by which a stock kernel is kept from the devices of others."""

import json

import pytest

from fixtures import with_older
from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk
from qemu import PROMPT
from switchyard import open_console, parse_table, slots, tick_slot

OWN, OTHERS_DISK, CARD, SERIAL, NVME = (f'00:{number:02x}.0' for number in range(0x10, 0x15))
STOPPED = 'initcall_blacklist=serial_pci_driver_init,nvme_init'
E1000, PCI_SERIAL, RNG = '8086:100e', '1b36:0002', '1af4:1005'


def disk(path, address, kind='virtio-blk-pci'):
    with open(path, 'wb') as image:
        image.truncate(1 << 20)
    return ['-drive', f'file={path},format=raw,if=none,id={path.stem}',
            '-device', f'{kind},drive={path.stem},serial={path.stem},addr={address[3:5]}']


def rows(machine):
    """The console's `pci`, by address."""
    return {row['ADDRESS']: row for row in parse_table(machine.command('pci'))}


def test_lines(machines):
    """One function in two lines spoils the second one. A function that is not there is a warning."""
    machine = machines.start(
        'timeout=-1', tick_slot('one', f'mem=16M devices={CARD},00:1e.0') + tick_slot('two', f'mem=16M devices={E1000}')
        + tick_slot('three', f'mem=16M devices=0000:{SERIAL},{RNG}') + tick_slot('four', 'mem=16M devices=00:9.0'),
        devices=['-device', f'e1000,addr={CARD[3:5]}', '-device', f'pci-serial,addr={SERIAL[3:5]}', '-device',
                 'virtio-rng-pci', '-device', 'virtio-rng-pci'])
    open_console(machine)
    log = machine.command('log')
    assert 'error: slot two: devices= names 0000:00:12.0, as that of slot one does; expected each function in one ' \
           "slot's" in log
    assert 'warn: slot one: devices= names 0000:00:1e.0, but there is no such PCI function here' in log
    assert 'bad device "00:9.0"; expected an address in PCI domain 0, as in 00:10.0, or VENDOR:DEVICE' in log
    assert set(slots(machine)) == {'one', 'three'}
    table = rows(machine)
    assert {address for address, row in table.items() if row['SLOT'] == 'one'} == {CARD}
    assert {row['ID'] for row in table.values() if row['SLOT'] == 'three'} == {PCI_SERIAL, RNG}
    assert len([row for row in table.values() if row['SLOT'] == 'three']) == 3
    assert machine.command(f'add four --mem 16M --devices {RNG}').startswith('error: devices= names 0000:00:')
    assert 'error' not in machine.command('add four --mem 16M --devices 00:11.0')


def driver(guest, address):
    """Of a function; '' if it has none."""
    path = guest.try_run(f'readlink /sys/bus/pci/devices/0000:{address}/driver')[0]
    return path.strip().rpartition('/')[2]


def load_again(guest):
    guest.run('rmmod e1000; insmod /lib/modules/e1000.ko')


def works(guest):
    """Functions that work for the slot while it is parked."""
    machine = guest.machine
    guest.leave('syctl --quick monitor')
    machine.expect(PROMPT)
    found = {address for address, row in rows(machine).items() if row['SLOT'] == 'alpha, works'}
    machine.sendline('switch alpha')
    guest.come_back()
    return found


@pytest.mark.parametrize('flavour', with_older(GENERIC, OLDER_GENERIC))
def test_ways(machines, flavour):
    """docs/GUEST-LINUX.md has this list."""
    machine = machines.start(
        'timeout=0 default=alpha',
        linux_slot('alpha', flavour, f'mem=384M devices={OWN},00:03.0', f'sy.devices=own {STOPPED}') + tick_slot(),
        memory='768M', devices=[
            *module_disk(flavour, machines.logs / 'modules', ['pci-stub']), *disk(machines.logs / 'own', OWN),
            *disk(machines.logs / 'other', OTHERS_DISK), *disk(machines.logs / 'nvme', NVME, 'nvme'),
            '-device', f'e1000,addr={CARD[3:5]}', '-device', f'pci-serial,addr={SERIAL[3:5]}'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()

    # drivers_autoprobe, drivers_probe and unbind, as images/initramfs/init uses them.
    own = [f'0000:{address}' for address in ('00:03.0', OWN)]
    assert alpha.run('syctl devices').split() == own
    assert json.loads(alpha.run('syctl --json devices alpha')) == {'devices': own}
    assert alpha.run('syctl devices tick') == ''
    assert [driver(alpha, address) for address in (OWN, OTHERS_DISK, CARD, SERIAL, NVME)] == \
        ['virtio-pci', '', '', '', '']
    assert works(alpha) == {OWN, '00:03.0'}

    # initcall_blacklist=, of a driver in the kernel and of a module.
    assert alpha.run('ls -d /sys/bus/pci/drivers/serial /sys/bus/pci/drivers/nvme 2>/dev/null; true') == ''

    # driver_override
    alpha.run('echo 1 > /sys/bus/pci/drivers_autoprobe')
    card = f'/sys/bus/pci/devices/0000:{CARD}'
    alpha.run(f'echo nobody > {card}/driver_override')
    load_again(alpha)
    assert driver(alpha, CARD) == ''
    alpha.run(f'echo > {card}/driver_override')
    load_again(alpha)
    assert driver(alpha, CARD) == 'e1000'
    assert CARD in works(alpha)

    # pci-stub, which must come first
    alpha.run('rmmod e1000; for disk in /dev/vd?; do tar xf $disk -C /tmp 2>/dev/null; done; true')
    load_module(alpha, 'pci-stub', f'ids={E1000}')
    alpha.run('insmod /lib/modules/e1000.ko')
    assert driver(alpha, CARD) == 'pci-stub'
    assert CARD not in works(alpha)

    # remove
    alpha.run(f'echo 1 > {card}/remove')
    assert works(alpha) == {OWN, '00:03.0'}
    assert alpha.try_run(f'ls {card}')[1] != 0
    assert alpha.alarms() == []
