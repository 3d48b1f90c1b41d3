# SPDX-License-Identifier: GPL-2.0-only
"""Tests of build/switchyard.efi: it starts from the firmware's boot menu, GRUB and systemd-boot, and
reports bad files."""

import re
import subprocess
from pathlib import Path

import pytest

from efi_disk import APPLICATION, CONF, FIRMWARE_STARTS, conf_of, start_from, volume_files
from linux import CLOUD, GENERIC, Linux, linux_slot
from paths import BUILD, ROOT
from qemu import PROMPT
from switchyard import open_console, slots, tick_count, tick_slot

# In emulation, this firmware takes longer than BIOS and GRUB together.
FIRMWARE_LIMIT = 120
OPTIONS = 'serial=com1,115200 timeout=0'
GRUB_CONFIG = '''\
search --set=root --file /switchyard/switchyard.efi
chainloader /switchyard/switchyard.efi
boot
'''
SYSTEMD_BOOT = Path('/usr/lib/systemd/boot/efi/systemd-bootx64.efi')
MAX_MODULES = 40  # BOOT_MAX_MODULES
LONGEST_LINE = 4095


def wait_application(machine):
    machine.expect(r'Switchyard \S+, Secure Boot off, files are not checked', FIRMWARE_LIMIT)


def wait_monitor(machine):
    """The monitor's own first line, past boot services."""
    machine.expect(r'Switchyard \S+, loaded by UEFI 2\.\d+ of .*EDK II', 60)


def test_two_debians_from_the_firmwares_boot_menu(machines):
    modules = linux_slot('alpha', CLOUD) + linux_slot('beta', GENERIC)
    machine = start_from(machines, volume_files(OPTIONS + ' default=alpha', modules), smp=2)
    wait_application(machine)
    machine.expect(r'Screen: \d{3,4}x\d{3,4}, 32 bits, at 0x[0-9a-f]+000\r*\n')
    machine.expect(r'\[#{30}\] \d+ of \d+ MiB \\boot\\0-vmlinuz\r*\n')
    machine.expect(r'\[#{30}\] \d+ of \d+ MiB \\boot\\3-initrd\r*\n')
    wait_monitor(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    alpha.wait()
    assert 'ACPI: RSDP' in alpha.run('dmesg')
    alpha.run('echo kept > /tmp/note')
    alpha.switch_to(beta)
    beta.switch_to(alpha)
    assert alpha.run('cat /tmp/note').strip() == 'kept'
    assert not alpha.alarms()


def wrong_conf():
    """A conf with a fault of each kind, and with a good slot. It has a BOM, CR LF and backslashes."""
    _, files = conf_of('', tick_slot('good'))
    files = {'/boot/tick.elf': next(iter(files.values())), '/boot/empty': b''}
    lines = ['# comment', 'monitor serial=com1,115200 timeout=-1', '',
             '\\boot\\tick.elf kernel slot=good mem=16M',
             '/boot/nothing kernel slot=missing',
             '/boot/empty kernel slot=empty',
             '/boot kernel slot=folder',
             'kernel slot=nopath',
             '/boot/tick.elf kernel slot=long -- ' + 'x' * LONGEST_LINE,
             'monitor timeout=0']
    for number in range(5):  # with the six above, one file more than are taken
        lines.append(f'/boot/tick.elf kernel slot=fill{number} mem=16M')
        lines += [f'/boot/tick.elf module slot=fill{number}'] * 6
    text = '\ufeff' + '\r\n'.join(lines)
    return {FIRMWARE_STARTS: APPLICATION, CONF: text, **files}


WRONG = (
    r'line 5: \boot\nothing: no such file',
    r'line 6: \boot\empty: the file is empty',
    r'line 7: \boot: no file that can be read; expected no folder',
    r'line 8: begins with neither "monitor" nor a path; expected "monitor OPTIONS" or "\PATH KIND slot=NAME"',
    r'line 10: a second monitor line; the first one counts',
)


def test_each_fault_is_named_and_the_rest_starts(machines):
    machine = start_from(machines, wrong_conf(), memory='256M')
    machine.expect('loaded by UEFI', FIRMWARE_LIMIT)
    open_console(machine)
    shown = machine.serial.text  # the whole stream: the monitor repeats what the application found
    log = machine.command('log')
    for fault in WRONG:
        assert f'error: {CONF_NAME} {fault}' in shown
        assert f'{CONF_NAME} {fault}' in log
    assert f'at most {MAX_MODULES} files are taken' in shown
    assert f'1 modules left out: at most {MAX_MODULES} are taken' in log
    assert f'too long; expected at most {LONGEST_LINE} characters' in log
    for name in ('missing', 'empty', 'folder', 'nopath'):
        assert f'slot {name}: line "kernel slot={name}": its file could not be loaded' in log
    assert set(slots(machine)) == {'good'} | {f'fill{number}' for number in range(5)}
    machine.sendline('boot good')
    tick_count(machine, 'good')


CONF_NAME = CONF.replace('/', '\\')


@pytest.mark.parametrize('conf, reason', [
    (None, 'no such file'),
    pytest.param(b'', 'the file is empty', marks=pytest.mark.thorough),
    ('monitor timeout=0'.encode('utf-16'), 'this is UTF-16; expected ASCII or UTF-8'),
], ids=['none', 'empty', 'utf16'])
def test_without_a_conf_there_is_the_console(machines, conf, reason):
    files = {FIRMWARE_STARTS: APPLICATION} | ({CONF: conf} if conf is not None else {})
    machine = start_from(machines, files, memory='256M')
    wait_application(machine)
    wait_monitor(machine)
    machine.expect(PROMPT, 60)
    assert f'error: {CONF_NAME}: {reason}' in machine.serial.text
    assert f'{CONF_NAME}: {reason}' in machine.command('log')
    assert not slots(machine)


def tick_files():
    conf, files = conf_of(OPTIONS + ' default=tick', tick_slot())
    return {CONF: conf, '/switchyard/switchyard.efi': APPLICATION, **files}


def test_chainloaded_by_grub(machines):
    config = machines.logs / 'grub.cfg'
    config.write_text(GRUB_CONFIG)
    grub = machines.logs / 'grub.efi'
    subprocess.run(['grub-mkimage', '-O', 'x86_64-efi', '-p', '/', '-c', config, '-o', grub, 'fat',
                    'search', 'search_fs_file', 'chain', 'boot'], check=True, timeout=60)
    machine = start_from(machines, {FIRMWARE_STARTS: grub, **tick_files()}, memory='256M')
    machine.expect('loaded by UEFI', FIRMWARE_LIMIT)
    tick_count(machine)


def test_started_by_systemd_boot(machines):
    entry = 'title Switchyard\nefi /switchyard/switchyard.efi\n'
    machine = start_from(machines, {
        FIRMWARE_STARTS: SYSTEMD_BOOT, '/loader/loader.conf': 'timeout 0\n',
        '/loader/entries/switchyard.conf': entry, **tick_files()}, memory='256M')
    machine.expect('loaded by UEFI', FIRMWARE_LIMIT)
    tick_count(machine)


def test_sbat_section(tmp_path):
    """shim reads this section (its SBAT.md). The first line names SBAT, the next ones who made the file."""
    target = tmp_path / 'sbat'
    subprocess.run(['objcopy', '-O', 'binary', '--only-section=.sbat', APPLICATION, target],
                   check=True, timeout=60)
    lines = target.read_text().strip('\0').splitlines()
    assert lines[0].startswith('sbat,1,')
    version = re.search(r'SWITCHYARD_VERSION "(.*)"', (ROOT / 'guest/linux/version.h').read_text())[1]
    assert lines[1].split(',')[0] == 'switchyard'
    assert lines[1].split(',')[4] == version
    assert all(len(line.split(',')) == 6 for line in lines)


def test_the_application_is_small():
    """Its own code adds little to the monitor's image."""
    assert APPLICATION.stat().st_size < (BUILD / 'efi/monitor.elf').stat().st_size + 64 * 1024
