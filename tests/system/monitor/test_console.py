# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the monitor's console: commands, errors, line editing, also with keyboard and screen."""

import re

import pytest

from qemu import PROMPT
from switchyard import open_console, parse_table, slots, tick_slot

COMMANDS = ['help', 'slots', 'boot', 'switch', 'kill', 'mem', 'cpus', 'ioapic', 'pci', 'log', 'md',
            'selftest', 'reboot', 'poweroff']

CONTROL = {letter: chr(ord(letter) - ord('a') + 1) for letter in 'abcdefghijklmnopqrstuvwxyz'}
UP, DOWN, LEFT, RIGHT = '\x1b[A', '\x1b[B', '\x1b[D', '\x1b[C'
HOME, END, DELETE = '\x1b[H', '\x1b[F', '\x1b[3~'


@pytest.fixture(scope='module')
def console(module_machines):
    """A machine at the monitor's prompt. Each test leaves it there."""
    machine = module_machines.start('serial=com1,115200 timeout=-1',
                                    tick_slot('tick') + tick_slot('tock'), memory='256M', smp=2)
    open_console(machine)
    return machine


def test_help_lists_all_commands(console):
    output = console.command('help')
    for name in COMMANDS:
        assert re.search(rf'^ *{name}\b', output, re.MULTILINE), f'{name} is not listed'


@pytest.mark.parametrize('name', COMMANDS)
def test_help_explains(console, name):
    output = console.command(f'help {name}')
    assert name in output and 'error' not in output
    assert len(output.strip()) > len(name)


def test_slots(console):
    output = console.command('slots')
    assert output.split('\n')[0].split() == ['SLOT', 'STATE', 'MEMORY', 'BASE', 'TYPE', 'RUNS',
                                             'IMAGE']
    rows = parse_table(output)
    assert [row['SLOT'] for row in rows] == ['tick', 'tock']
    for row in rows:
        assert row['STATE'] == 'ready'
        assert row['TYPE'] == 'multiboot2'
        assert row['RUNS'] == '0'


def test_cpus(console):
    rows = parse_table(console.command('cpus'))
    assert [row['STATE'] for row in rows] == ['boot', 'enabled']
    assert [row['SLOTS'] for row in rows] == ['tick,tock'] * 2


def test_ioapic(console):
    output = console.command('ioapic')
    assert 'error' not in output
    assert re.search(r'fec00000', output)


def test_pci(console):
    """QEMU's machine pc has its chipset and its screen at firmware's addresses."""
    rows = {row['ADDRESS']: row for row in parse_table(console.command('pci'))}
    assert rows['00:00.0']['ID'] == '8086:1237' and rows['00:00.0']['CLASS'] == 'host bridge'
    assert rows['00:01.1']['CLASS'] == 'IDE controller'
    assert re.search(r'\bio 0x', rows['00:01.1']['BARS'])
    assert rows['00:02.0']['CLASS'] == 'VGA' and 'memory' in rows['00:02.0']['ENABLED']
    assert re.match(r'memory 0xf', rows['00:02.0']['BARS'])


def test_log(console):
    assert console.command('log').count('\n') >= 3


@pytest.mark.parametrize('line, byte', [('md 0xffff0 16', 'ea'), ('md 0xffff0', 'ea')])
def test_md_shows_the_reset_vector(console, line, byte):
    """The BIOS begins with a far jump (opcode EA) at 0xffff0."""
    first = console.command(line).split('\n')[0]
    assert re.match(rf'(0x)?0*ffff0:?\s+{byte}\b', first, re.IGNORECASE), first


@pytest.mark.parametrize('line, fact', [
    ('frobnicate', 'frobnicate'),
    ('help frobnicate', 'frobnicate'),
    ('boot', 'SLOT'),
    ('boot nobody', 'nobody'),
    ('boot tick tock', 'force'),
    ('switch nobody', 'nobody'),
    ('kill nobody', 'nobody'),
    ('kill tick', 'tick'),
    ('md', 'ADDRESS'),
    ('md xyz', 'xyz'),
    ('md 0 xyz', 'xyz'),
    ('slots now', 'slots'),
])
def test_errors(console, line, fact):
    output = console.command(line)
    assert re.match(r'error: .*\n$', output), f'not one error line: {output!r}'
    assert fact in output


def test_empty_line(console):
    assert console.command('') == ''
    assert console.command('   ') == ''


@pytest.mark.parametrize('keys', [
    'help xx\b\bkill',
    'help kil' + LEFT + LEFT + LEFT + RIGHT + RIGHT + RIGHT + 'l',
    'elp kill' + HOME + 'h' + END,
    'elp kill' + CONTROL['a'] + 'h' + CONTROL['e'],
    'zhelp kill' + HOME + DELETE,
    'zhelp kill' + CONTROL['a'] + CONTROL['d'],
    'help kill mem' + LEFT * 4 + CONTROL['k'],
    'rubbish' + CONTROL['u'] + 'help kill',
    'help rubbish' + CONTROL['w'] + 'kill',
    'hlp kill' + CONTROL['a'] + CONTROL['f'] + 'e' + CONTROL['e'] + CONTROL['b'] + CONTROL['f'],
    'rubbish' + CONTROL['c'] + 'help kill',
    'help kill' + CONTROL['l'],
])
def test_line_editing(console, keys):
    wanted = console.command('help kill')
    console.send(keys)
    console.send('\r')
    match = console.expect(re.escape(wanted) + PROMPT)
    assert match


def test_history(console):
    helped, explained = console.command('help md'), console.command('help log')
    for keys, wanted in [(UP + UP, helped), (CONTROL['p'], helped),
                         (UP + UP + UP + DOWN + DOWN, explained)]:
        console.command('help md')
        console.command('help log')
        if keys == CONTROL['p']:
            console.command('help md')
        console.send(keys + '\r')
        console.expect(re.escape(wanted) + PROMPT)


def test_keyboard_and_screen(console):
    """The same console. The test types on the PS/2 keyboard, and reads the screen."""
    console.type('help md\n')
    console.expect(r'help md\n(?:.*\n)+' + PROMPT)
    console.wait_screen(r'^switchyard>$')  # the serial port gets it first
    assert re.search(r'^switchyard> help md$', console.screen_text(), re.MULTILINE)
    console.type('frobnicate_!\n')
    console.wait_screen(r"^error: .*frobnicate_!")
    console.expect(PROMPT)


def test_keyboard_editing(console):
    console.type('hellp md')
    for key in ['home', 'right', 'right', 'delete', 'end']:
        console.send_keys([key])
    console.send_keys(['ret'])
    console.wait_screen(r'^switchyard> help md$')
    console.expect(PROMPT)
    console.send_keys(['up'])
    console.send_keys(['ctrl', 'u'])
    console.type('frob\n')
    console.wait_screen(r'^error: .*frob\b')
    console.expect(PROMPT)


def test_caps_lock_and_shift(console):
    console.send_keys(['caps_lock'])
    console.type('ab1')
    console.send_keys(['caps_lock'])
    console.send_keys(['shift', 'c'])
    console.type('"\n')
    console.wait_screen(r'^error: .*AB1C"')
    console.expect(PROMPT)


def test_starting_a_slot_changes_the_table(console):
    assert slots(console)['tick']['STATE'] == 'ready'


def test_reboot(machines):
    machine = machines.start('timeout=-1', tick_slot(), memory='128M')
    open_console(machine)
    machine.sendline('reboot')
    machine.wait_end('guest-reset')


@pytest.mark.parametrize('board', ['pc', 'q35'])
def test_poweroff(machines, board):
    machine = machines.start('timeout=-1', tick_slot(), memory='128M', machine=board)
    open_console(machine)
    machine.sendline('poweroff')
    machine.wait_end('guest-shutdown')
