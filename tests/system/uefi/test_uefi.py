# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the same files under UEFI: menu, console, keyboard and screen, and each slot's picture."""

import re
import subprocess

import pytest

from grub_image import build_image, switchyard_config
from linux import CLOUD, GENERIC, Linux, linux_slot
from paths import ISO, MONITOR, TEST
from picture import ASCII, LEARN_LINE, Font
from qemu import PROMPT, Machine
from switchyard import open_console, parse_table, slots, tick_count, tick_slot, wait_menu

TWO_TICKS = tick_slot('tick') + tick_slot('tock')


@pytest.mark.parametrize('firmware', ['bios', 'uefi'])
def test_image(firmware):
    """build/switchyard.iso, as people get it. GRUB must not print an error."""
    with Machine(f'test_uefi.test_image-{firmware}', ISO, memory='2G', smp=2, machine='q35',
                 firmware=firmware) as machine:
        machine.expect('Starting alpha', 90)
        assert 'error:' not in machine.serial.text
        machine.wait_screen(r'^1 +alpha +linux ')
        machine.send_keys(['c'])
        machine.expect(PROMPT)
        assert set(slots(machine)) == {'alpha', 'beta', 'tick', 'memtest'}


@pytest.fixture(scope='module')
def console(module_machines):
    """A machine at the monitor's prompt. Each test leaves it there."""
    machine = module_machines.start('timeout=-1', TWO_TICKS, memory='5G', smp=2,
                                    machine='q35', firmware='uefi')
    wait_menu(machine)
    machine.wait_screen(r'^2 +tock +multiboot2 [\s\S]*\n1-9 starts a slot, c opens the console$')
    machine.send_keys(['c'])
    machine.expect(PROMPT)
    return machine


def test_keyboard_and_screen(console):
    console.type('help md\n')
    console.expect(r'help md\n(?:.*\n)+' + PROMPT)
    console.wait_screen(r'^switchyard> help md$(?:\n.*)+\nswitchyard> ?_?$')
    console.type('frobnicate_!\n')
    console.wait_screen(r'^error: .*frobnicate_!')
    console.expect(PROMPT)


def test_screen_scrolls(console):
    """The screen shows the last lines that the serial port sent."""
    console.command('mem')
    console.command('help')
    console.command('log')
    console.type('cpus\n')
    console.expect(r'cpus\n(?:.*\n)+' + PROMPT)
    console.wait_screen(r'^switchyard> cpus$(?:\n.*)+\nswitchyard> ?_?$')
    shown = console.screen_text().split('\n')
    said = [line.rstrip() for line in console.serial.text.split('\n')]
    shown = shown[:len(shown) - 1 - next(i for i, line in enumerate(reversed(shown)) if line) + 1]
    assert len(shown) > 30, 'the screen is not full'
    assert shown[:-1] == said[-len(shown):-1]


def test_every_character(console):
    """The error repeats an unknown command. The command has all ASCII characters that a word can have."""
    for part in ('abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', "0123456789-=[];',./",
                 '!@#$%^&*()_+:<>?'):
        console.sendline('x' + part)
        console.expect(re.escape('x' + part) + r'\n(error: .*)\n' + re.escape(PROMPT))
        console.wait_screen(r'^error: .*' + re.escape('x' + part))


def test_room_for_pictures(console):
    """There is one picture for each slot. They lie above 4 GiB if there is RAM."""
    plan = parse_table(console.command('mem'))
    pictures = [row for row in plan if row['OWNER'] == 'pictures']
    picture = console.picture()
    assert len(pictures) == 1
    size = int(pictures[0]['END'], 16) + 1 - int(pictures[0]['START'], 16)
    assert int(pictures[0]['START'], 16) >= 1 << 32
    assert size >= len(TWO_TICKS) * picture.width * picture.height * 4


def test_a_slot_that_is_added_has_a_picture(console):
    """Of the same size as that of the others together, by half. It is free again when the slot is removed."""
    def pictures():
        return [int(row['END'], 16) + 1 - int(row['START'], 16) for row in parse_table(console.command('mem'))
                if row['OWNER'] == 'pictures']

    before = console.command('mem')
    both, = pictures()
    console.command('add late --mem 16M')
    assert sorted(pictures()) == [both // len(TWO_TICKS), both]
    console.command('remove late')
    assert console.command('mem') == before


EBDA_SEGMENT = 0x40e  # in the BIOS data area


def test_no_bios_data_area():
    """What lies there is not taken for the segment of a BIOS's data: it would cost RAM below 1 MiB.

    GRUB 2.12 puts the sections for debuggers there, so this monitor has none.
    """
    stripped = TEST / 'switchyard-stripped.elf'
    subprocess.run(['strip', '-o', stripped, MONITOR], check=True)
    commands, files = switchyard_config('timeout=-1', tick_slot(), stripped)
    image = build_image(['insmod memrw', f'write_word {EBDA_SEGMENT:#x} 0x3000', *commands], files)
    with Machine('test_uefi.test_no_bios_data_area', image, memory='256M', machine='q35',
                 firmware='uefi') as machine:
        open_console(machine)
        assert ' 00 30 ' in machine.command(f'md {EBDA_SEGMENT:#x} 16')
        low = [row for row in parse_table(machine.command('mem'))
               if 0x10000 <= int(row['START'], 16) < 0xa0000]
        assert {row['OWNER'] for row in low} == {'tick', 'free'}
        assert low[-1]['END'] == '0x000000000009ffff'


def test_log(console):
    assert not re.search('error|warning', console.command('log'))


def test_tick(console):
    """Timer interrupts arrive, switches lose nothing, and each has its picture, after UEFI, too.

    tick draws nothing: it keeps what the monitor wrote when it started it. (Linux draws its screen anew
    after a deep switch.)
    """
    console.sendline('boot tick')
    for _ in range(2):
        left_at = tick_count(console, 'tick')
    console.send('2')
    assert tick_count(console, 'tock') < left_at, 'tock starts afresh'
    assert console.screen_text().startswith('starting tock')
    console.send('1')
    assert tick_count(console, 'tick') >= left_at
    assert console.screen_text().startswith('starting tick')
    console.send('0')
    console.expect(PROMPT)
    console.wait_screen(r'^slot tick is parked$')


def test_without_ps2_keyboard(machines):
    machine = machines.start('timeout=-1', tick_slot(), memory='256M', machine='q35,i8042=off',
                             firmware='uefi')
    open_console(machine)
    said = 'no PS/2 keyboard: keys come from the serial port only'
    assert said in machine.command('log')
    machine.wait_screen(said)


def test_no_room_for_pictures(machines):
    """Slots get RAM first. If too little is left, a slot that returns finds a black screen."""
    many = [line for i in range(16) for line in tick_slot(f't{i}', 'mem=12M')]
    machine = machines.start('timeout=-1', many, memory='256M', machine='q35', firmware='uefi')
    open_console(machine)
    assert re.search('pictures of 16 slots.*black screen', machine.command('log'))
    assert not [row for row in parse_table(machine.command('mem')) if row['OWNER'] == 'pictures']
    machine.sendline('boot t0')
    tick_count(machine, 't0')
    machine.send('2')
    tick_count(machine, 't1')
    machine.wait_screen('starting t1')
    machine.send('1')
    tick_count(machine, 't0')
    assert machine.screen_text().strip() == ''


@pytest.fixture(scope='module')
def linux(module_machines):
    """alpha is at its shell before and after each test. beta is parked."""
    machine = module_machines.start(
        'timeout=0 default=alpha',
        linux_slot('alpha', GENERIC, extra='quiet') + linux_slot('beta', CLOUD, extra='quiet'),
        memory='1G', smp=2, machine='q35', firmware='uefi')
    machine.alpha, machine.beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.alpha.wait()
    machine.alpha.run(LEARN_LINE)
    machine.font = Font.learned(machine.picture())
    yield machine
    machine.quit()


def test_linux_draws_on_the_framebuffer(linux):
    assert 'EFI VGA' in linux.alpha.run('cat /proc/fb')
    assert linux.screen_text().split('\n')[0].strip() == ASCII.strip()
    linux.type('\n')
    linux.wait_screen(r'^alpha# ?_?$')


def test_linux_has_acpi_and_no_efi_runtime(linux):
    assert 'SWYD' in linux.alpha.run('ls /sys/firmware/acpi/tables')
    assert 'efi' not in linux.alpha.run('ls /sys/firmware').split()


def test_each_finds_its_own_picture(linux):
    """Two Linuxes and the monitor take turns by deep switches. Typed text is only on its own screen."""
    linux.type('\necho alpha-$((6*7))\n')
    linux.wait_screen('^alpha-42$')
    linux.alpha.switch_to(linux.beta)
    assert 'EFI VGA' in linux.beta.run('cat /proc/fb')
    assert 'alpha-42' not in linux.screen_text()
    linux.type('\necho beta-$((7*7))\n')
    linux.wait_screen('^beta-49$')
    linux.beta.leave('syctl switch monitor')
    linux.expect(PROMPT)
    of_linux, linux.font = linux.font, Font.monitor()
    linux.wait_screen('^slot beta is parked$')
    linux.font = of_linux
    linux.sendline('switch alpha')
    linux.alpha.come_back()
    linux.wait_screen('^alpha-42$')
    assert 'beta-49' not in linux.screen_text()
    linux.alpha.switch_to(linux.beta)
    linux.wait_screen('^beta-49$')
    linux.beta.switch_to(linux.alpha)
    linux.wait_screen('^alpha-42$')


def kept_picture(linux):
    """What the monitor keeps of alpha's screen when alpha leaves. alpha is the first slot, so it comes first."""
    linux.alpha.leave('syctl monitor')
    linux.expect(PROMPT)
    pictures, = (row for row in parse_table(linux.command('mem')) if row['OWNER'] == 'pictures')
    start, end = int(pictures['START'], 16), int(pictures['END'], 16) + 1
    path = linux.logs / 'kept-picture'
    linux.qmp.execute('pmemsave', val=start, size=(end - start) // 2, filename=str(path))
    linux.sendline('switch alpha')
    linux.alpha.come_back()
    return path.read_bytes()


def test_a_picture_that_is_drawn_again_is_not_read(linux):
    """Reading a framebuffer is slow. Linux draws its screen again, unless people see the PM core's own console."""
    linux.alpha.run('echo first > /dev/tty1')
    first = kept_picture(linux)
    linux.alpha.run('echo second > /dev/tty1')
    assert kept_picture(linux) == first
    linux.wait_screen('^second$')
    linux.alpha.run('chvt 63; echo third > /dev/tty63')
    assert kept_picture(linux) != first
    linux.wait_screen('^third$')
    linux.alpha.run('chvt 1')


def test_hotkey_to_the_monitor(linux):
    linux.send_keys(['ctrl', 'alt', 'shift', '0'])
    linux.expect(PROMPT)
    linux.sendline('switch alpha')
    linux.expect(r'switch alpha\n')
    linux.alpha.prompt()


def test_no_alarm(linux):
    assert linux.alpha.alarms() == []
