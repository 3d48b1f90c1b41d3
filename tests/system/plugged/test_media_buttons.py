# SPDX-License-Identifier: GPL-2.0-only
"""What a person does to the machine while a slot is away: another CD, and the power button. A slot that comes back
sees the CD that is there, and does not take a press for its own that another one had."""

import lzma
import tarfile

import pytest

from linux import GENERIC, KERNELS, Linux, linux_slot
from qemu import PROMPT

SECTOR = 2048
SIZES = {'small': 300, 'large': 900}  # sectors
MODULES = ('cdrom', 'sr_mod', 'button')
PRESSES = "awk '{ print $1 }' /sys/firmware/acpi/interrupts/ff_pwr_btn"
READ = 'head -c 5 /dev/sr0; cat /dev/sr0 | wc -c'


def module_file(name):
    file, = (KERNELS / GENERIC / 'lib/modules').rglob(f'{name}.ko*')
    return lzma.decompress(file.read_bytes()) if file.suffix == '.xz' else file.read_bytes()


@pytest.fixture(scope='module')
def slots(module_machines, tmp_path_factory):
    """alpha runs, and beta is parked. A CD is in the drive; both have the drivers of drive and button."""
    folder = tmp_path_factory.mktemp('media')
    discs = {name: folder / name for name in SIZES}
    for name, sectors in SIZES.items():
        discs[name].write_bytes(name.encode().ljust(SECTOR, b'.') * sectors)
    for name in MODULES:
        (folder / f'{name}.ko').write_bytes(module_file(name))
    with tarfile.open(folder / 'modules', 'w') as archive:
        for name in MODULES:
            archive.add(folder / f'{name}.ko', f'{name}.ko')
    machine = module_machines.start(
        'timeout=0 default=beta', [*linux_slot('alpha', GENERIC), *linux_slot('beta', GENERIC)], machine='q35',
        memory='768M', devices=[
            '-drive', f'file={folder / "modules"},format=raw,if=virtio,readonly=on',
            '-drive', f'if=none,id=medium,format=raw,readonly=on,file={discs["small"]}',
            '-device', 'ide-cd,id=cd,drive=medium,bus=ide.0'])
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    beta.wait()
    beta.run('tar xf /dev/vda -C /tmp; for m in cdrom sr_mod button; do insmod /tmp/$m.ko; done')
    beta.switch_to(alpha)
    alpha.run('tar xf /dev/vda -C /tmp; for m in cdrom sr_mod button; do insmod /tmp/$m.ko; done')
    yield alpha, beta, discs
    machine.quit()


def contents(name):
    return f'{name}{SIZES[name] * SECTOR}\n'


def put_in(machine, disc):
    machine.qmp.execute('blockdev-change-medium', id='cd', filename=str(disc), format='raw',
                        **{'read-only-mode': 'read-only', 'force': True})


def test_a_cd_that_was_changed(slots):
    """beta sees the change first, and the drive tells it once."""
    alpha, beta, discs = slots
    assert alpha.run(READ) == contents('small')
    alpha.switch_to(beta)
    put_in(beta.machine, discs['large'])
    assert beta.run(READ) == contents('large')
    beta.switch_to(alpha)
    assert alpha.run(READ) == contents('large')
    # At the console, no kernel sees it.
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    put_in(alpha.machine, discs['small'])
    alpha.machine.sendline('switch beta')
    beta.come_back()
    assert beta.run(READ) == contents('small')
    beta.switch_to(alpha)
    assert alpha.run(READ) == contents('small')


def presses(guest):
    return int(guest.run(PRESSES))


def press(guest, count):
    """Presses the button, and waits until the guest has counted that."""
    guest.machine.qmp.execute('system_powerdown')
    guest.run(f'until [ "$({PRESSES})" = {count} ]; do sleep 0.1; done')


def test_a_press_is_its_who_has_the_machine(slots):
    alpha, beta, _ = slots
    assert presses(alpha) == 0
    press(alpha, 1)
    alpha.switch_to(beta)
    assert presses(beta) == 0
    beta.leave('syctl monitor')
    beta.machine.expect(PROMPT)
    beta.machine.qmp.execute('system_powerdown')
    beta.machine.sendline('switch beta')
    beta.come_back()
    assert presses(beta) == 0
    # It has not lost the button for that.
    press(beta, 1)
    beta.switch_to(alpha)
    assert presses(alpha) == 1
    press(alpha, 2)
