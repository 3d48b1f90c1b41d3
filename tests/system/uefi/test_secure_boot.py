# SPDX-License-Identifier: GPL-2.0-only
"""Tests of Secure Boot with our own key in OVMF: which programs start, and which files they accept."""

import shutil

import pytest

from efi_disk import (APPLICATION, CODE_SECURE, CONF, FIRMWARE_STARTS, conf_of, fill_folder,
                      start_folder)
from efi_keys import enrol, make_key, sign_plain, sign_with_sums
from qemu import PROMPT
from switchyard import open_console, slots, tick_slot

FIRMWARE_LIMIT = 180  # SMM makes it even slower
REFUSED_BY_FIRMWARE = r'failed to load Boot\d+ .*(Access Denied|Security Violation)'
CONF_NAME = CONF.replace('/', '\\')


@pytest.fixture(scope='module')
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp('keys')
    key, certificate = make_key(folder)
    return key, certificate, enrol(folder, certificate)


def volume(machines, name):
    """A folder with a conf of two slots, without an application yet."""
    folder = machines.logs / name
    shutil.rmtree(folder, ignore_errors=True)
    conf, files = conf_of('serial=com1,115200 timeout=-1', tick_slot('one') + tick_slot('two'))
    fill_folder(folder, {CONF: conf, **files})
    (folder / FIRMWARE_STARTS.lstrip('/')).parent.mkdir(parents=True)
    return folder, folder / FIRMWARE_STARTS.lstrip('/')


def start(machines, folder, keys):
    return start_folder(machines, folder, code=CODE_SECURE, variables=keys[2], memory='256M')


def wait_application(machine):
    machine.expect(r'Switchyard \S+, Secure Boot on, files are checked', FIRMWARE_LIMIT)


def test_signed_with_sums(machines, keys):
    folder, application = volume(machines, 'signed')
    sign_with_sums(*keys[:2], folder, application)
    machine = start(machines, folder, keys)
    wait_application(machine)
    open_console(machine)
    assert set(slots(machine)) == {'one', 'two'}
    assert 'refused' not in machine.serial.text


def test_unsigned_is_refused_by_the_firmware(machines, keys):
    folder, application = volume(machines, 'unsigned')
    shutil.copyfile(APPLICATION, application)
    machine = start(machines, folder, keys)
    machine.expect(REFUSED_BY_FIRMWARE, FIRMWARE_LIMIT)
    assert 'Switchyard' not in machine.serial.text


def test_a_changed_file_is_refused_by_name(machines, keys):
    folder, application = volume(machines, 'changed')
    sign_with_sums(*keys[:2], folder, application)
    changed = folder / 'boot/1-tick.elf'
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    machine = start(machines, folder, keys)
    wait_application(machine)
    open_console(machine)
    fault = rf'{CONF_NAME} line 5: \boot\1-tick.elf: refused: changed; its SHA-256 sum'
    assert f'error: {fault}' in machine.serial.text
    assert fault in machine.command('log')
    assert set(slots(machine)) == {'one'}


def test_a_changed_conf_is_refused_whole(machines, keys):
    folder, application = volume(machines, 'conf')
    sign_with_sums(*keys[:2], folder, application)
    with open(folder / CONF.lstrip('/'), 'a', encoding='ascii') as conf:
        conf.write('# one more line\n')
    machine = start(machines, folder, keys)
    wait_application(machine)
    machine.expect(PROMPT, 60)
    assert f'error: {CONF_NAME}: refused: changed' in machine.serial.text
    assert not slots(machine)


def test_without_sums_everything_is_refused(machines, keys):
    folder, application = volume(machines, 'no-sums')
    sign_plain(*keys[:2], application)
    machine = start(machines, folder, keys)
    wait_application(machine)
    machine.expect(PROMPT, 60)
    assert (f'error: {CONF_NAME}: refused: Secure Boot is on, and this switchyard.efi carries no '
            'list of SHA-256 sums') in machine.serial.text
    assert not slots(machine)
