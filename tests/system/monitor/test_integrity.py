# SPDX-License-Identifier: GPL-2.0-only
"""Tests of damage to the monitor and to parked slots, done from outside. It is named, and harms no
other slot."""

import re
import subprocess

import pytest

import guest_images
from gdb_remote import GdbRemote
from linux import CLOUD, Linux, linux_slot
from paths import MONITOR, TICK
from qemu import PROMPT
from switchyard import module, open_console, parse_table, slots, tick_count, tick_slot

UD2 = b'\x0f\x0b'
PARKINGS = 48  # TEXT_PARKINGS in kernel_text.h
TIMER_PORT = 0x608  # ACPI's timer, as QEMU's BIOS places it: 24 bits
TIMER_NS = 1e9 / 3579545
CALLS = 100  # of the gate: in so many all of the monitor's code is compared
LARGE_PAGE = 2 << 20


def symbols():
    """Offsets from the image's start, by name."""
    output = subprocess.run(['nm', str(MONITOR)], capture_output=True, text=True, check=True).stdout
    found = {name: int(address, 16) for address, _, name in map(str.split, output.splitlines())}
    return {name: address - found['monitor_start'] for name, address in found.items()}


def start(machines, options, modules, devices=(), **settings):
    """A machine at the monitor's prompt. machine.damage() halts it while a test writes to its memory."""
    socket = machines.logs / 'gdb'
    machine = machines.start(f'timeout=-1 {options}', modules,
                             devices=['-gdb', f'unix:{socket},server=on,wait=off', *devices], **settings)
    open_console(machine)
    machine.damage = lambda: GdbRemote(socket)
    rows = parse_table(machine.command('mem'))
    starts = [int(row['START'], 16) for row in rows if row['OWNER'] == 'monitor']
    # The image begins with a large page. The kept state of slots may begin at any page.
    machine.base, = (start for start in starts if start % LARGE_PAGE == 0)
    return machine


def first_error(text):
    match = re.search(r'^error: (.*)$', text, re.MULTILINE)
    assert match, f'no error in {text!r}'
    return match[1]


def other_tick(name):
    """A tick slot with a file of its own: the monitor keeps files that are the same only once."""
    return [module('kernel', name, guest_images.write('other-tick.elf', TICK.read_bytes() + b'\0'), 'mem=16M')]


@pytest.fixture
def ticks(machines):
    return start(machines, '', tick_slot('tick') + other_tick('tock'), memory='128M')


def test_selftest_of_a_whole_machine(ticks):
    output = ticks.command('selftest')
    assert [line.split(': ')[1] for line in output.strip().split('\n')] == ['ok'] * 6


@pytest.mark.parametrize('where', ['gate_main', 'commands'])
def test_damage_to_the_monitor(machines, where):
    """Code and a constant are damaged. The monitor switches to no slot any more, and tells the person."""
    ticks = start(machines, 'integrity=all', tick_slot('tick') + tick_slot('tock'), memory='128M')
    ticks.sendline('boot tick')
    tick_count(ticks, 'tick')
    ticks.send('2')
    tick_count(ticks, 'tock')
    # Behind the code that is executed.
    address = ticks.base + symbols()['const_end' if where == 'commands' else 'command_pci'] - 1
    with ticks.damage() as memory:
        memory.flip(address)
    ticks.send('1')
    shown = ticks.expect(r'error: the monitor.*\n')[0]
    assert f'{address & ~0xfff:#x}' in shown
    ticks.expect(PROMPT)
    assert slots(ticks)['tock']['STATE'] == 'parked'
    assert f'{address & ~0xfff:#x}' in first_error(ticks.command('selftest'))
    with ticks.damage() as memory:
        memory.flip(address)
    assert 'error' not in ticks.command('selftest')
    ticks.sendline('switch tock')
    tick_count(ticks, 'tock')


def test_damage_to_the_monitor_is_found_in_turn(machines):
    """Two slots switch to each other by themselves, until the monitor compares the page that is damaged."""
    machine = start(machines, '', tick_slot('tick', string=f'every=2 to=2 count={CALLS // 2}')
                    + tick_slot('tock', string=f'every=2 to=1 count={CALLS // 2}'), memory='128M')
    address = machine.base + symbols()['const_end'] - 1
    with machine.damage() as memory:
        memory.flip(address)
    machine.sendline('boot tick')
    shown = machine.expect(r'error: the monitor.*\n|done, ')[0]
    assert f'{address & ~0xfff:#x}' in shown
    machine.expect(PROMPT)
    machine.sendline('switch tock')
    machine.expect(r'error: the monitor')  # no call of the gate gives the machine to another slot


def test_integrity_off(machines):
    machine = start(machines, 'integrity=off', tick_slot('tick') + tick_slot('tock'), memory='128M')
    machine.sendline('boot tick')
    tick_count(machine, 'tick')
    with machine.damage() as memory:
        memory.flip(machine.base + symbols()['command_pci'] - 1)
    machine.send('2')
    tick_count(machine, 'tock')
    machine.send('1')
    tick_count(machine, 'tick')


def test_fault_in_the_monitor(ticks):
    """Registers and names are on the serial port and on the screen. The console goes on."""
    ticks.sendline('boot tick')
    left_at = tick_count(ticks, 'tick')
    ticks.send('0')
    ticks.expect(PROMPT)
    address = ticks.base + symbols()['command_mem']
    with ticks.damage() as memory:
        kept = memory.read(address, len(UD2))
        memory.write(address, UD2)
    shown = ticks.command('mem')
    assert re.search(r'fault in the monitor: vector 6 \(#UD', shown)
    assert re.search(r'^.*  at command_mem\+0x0 ', shown, re.MULTILINE)
    assert re.search(r'^.*  called from console_loop\+0x[0-9a-f]+ ', shown, re.MULTILINE)
    assert re.search(r'rax [0-9a-f]{16} rbx [0-9a-f]{16}', shown)
    screen = ticks.screen_text()
    assert 'at command_mem+0x0' in screen and 'called from console_loop+' in screen
    with ticks.damage() as memory:
        memory.write(address, kept)
    assert 'monitor' in ticks.command('mem')
    ticks.sendline('switch tick')
    assert tick_count(ticks, 'tick') >= left_at


def plant_ud2(machine, name):
    """Makes this function's first instruction fault. Returns a function that repairs it."""
    address = machine.base + symbols()[name]
    with machine.damage() as memory:
        kept = memory.read(address, len(UD2))
        memory.write(address, UD2)

    def restore():
        with machine.damage() as memory:
            memory.write(address, kept)
    return restore


def test_fault_in_the_monitor_while_a_kernel_starts(ticks):
    """The slot already has the machine, but its kernel has run no instruction."""
    restore = plant_ud2(ticks, 'cpu_state_reset')
    ticks.sendline('boot tick')
    ticks.expect('fault in the monitor: vector 6')
    ticks.expect(PROMPT)
    restore()
    assert 'has crashed (fault in the monitor)' in first_error(ticks.command('switch tick'))
    ticks.sendline('boot tick')
    tick_count(ticks, 'tick')


def test_fault_while_one_is_reported(ticks):
    """The console still comes, and says so."""
    restores = [plant_ud2(ticks, name) for name in ('command_mem', 'symbol_find')]
    shown = ticks.command('mem')
    assert 'fault in the monitor: vector 6' in shown
    assert re.search(r'fault while one was reported: vector 6, rip [0-9a-f]{16}', shown)
    for restore in restores:
        restore()
    assert 'error' not in ticks.command('selftest')


def test_fault_after_a_slot_is_parked(machines):
    """The slot's settings of the serial port are still loaded. The report can be read anyway."""
    image = guest_images.assemble('parks_in_loopback', 0x3000000, bits=64)
    machine = start(machines, '', [module('kernel', 'loops', image, 'mem=4M')], memory='128M')
    restore = plant_ud2(machine, 'integrity_take')
    machine.sendline('boot loops')
    machine.expect('fault in the monitor: vector 6')
    machine.expect(PROMPT)
    restore()
    assert slots(machine)['loops']['STATE'] == 'parked'


def test_a_damaged_image_is_not_started(ticks):
    """A slot that was parked stays so."""
    ticks.sendline('boot tick')
    tick_count(ticks, 'tick')
    ticks.send('0')
    ticks.expect(PROMPT)
    rows = parse_table(ticks.command('mem'))
    store = next(int(row['START'], 16) for row in rows if row['OWNER'] == 'store')
    with ticks.damage() as memory:
        memory.flip(store + 100)
    refused = first_error(ticks.command('boot tick'))
    assert 'slot tick' in refused and 'kernel image' in refused and f'{store:#x}' in refused
    ticks.sendline('switch tick')
    ticks.expect(r'^tick: back after')
    ticks.send('0')
    ticks.expect(PROMPT)
    assert 'slot tick' in first_error(ticks.command('selftest'))
    ticks.sendline('boot tock')
    tick_count(ticks, 'tock')


@pytest.fixture(scope='module')
def debian(module_machines):
    """alpha, a stock Debian kernel, is parked; tick can be started."""
    machine = start(module_machines, 'loglevel=debug integrity=all', linux_slot('alpha', CLOUD) + tick_slot(),
                    memory='512M')
    machine.alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    machine.alpha.wait()
    text = machine.alpha.run("grep -w _text /proc/kallsyms; grep 'Kernel code' /proc/iomem")
    machine.text = int(re.search(r'([0-9a-f]+)-[0-9a-f]+ : Kernel code', text)[1], 16)
    machine.alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    return machine


def test_a_stock_kernels_text_is_found(debian):
    log = debian.command('log')
    kib = int(re.search(r'slot alpha: (\d+) KiB of kernel text', log)[1])
    assert kib > 8192, 'a Debian kernel has more code than that'


def test_damage_to_a_parked_kernel(debian):
    """The console names it, and a guest that asks is told. Only force resumes the slot."""
    address = debian.text + 0x123456
    with debian.damage() as memory:
        memory.flip(address)
    refused = first_error(debian.command('switch alpha'))
    assert 'slot alpha' in refused and 'kernel text' in refused
    first, last = (int(number, 16) for number in re.search(r'at (0x\w+) to (0x\w+)', refused).groups())
    assert first <= address <= last < first + 0x4000 and '"switch alpha force"' in refused
    assert 'slot alpha' in first_error(debian.command('selftest'))
    debian.sendline('boot tick')
    tick_count(debian, 'tick')
    debian.send('1')
    debian.expect(r'the gate refused: error -8')
    tick_count(debian, 'tick')
    debian.send('0')
    debian.expect(PROMPT)
    assert slots(debian)['alpha']['STATE'] == 'parked'
    with debian.damage() as memory:
        memory.flip(address)
    debian.sendline('switch alpha')
    debian.alpha.come_back()
    debian.alpha.leave('syctl monitor')
    debian.expect(PROMPT)


def padding(memory, address):
    """Where a byte after that address is between two functions, so that nothing executes it."""
    found = memory.read(address, 1 << 16).find(b'\xcc' * 4)
    assert found > 0, 'no room between functions'
    return address + found + 2


def test_force(debian):
    """The damage is where no code is executed."""
    with debian.damage() as memory:
        memory.flip(padding(memory, debian.text))
    assert 'force' in first_error(debian.command('switch alpha'))
    debian.sendline('switch alpha force')
    debian.alpha.come_back()
    assert debian.alpha.run('hostname').strip() == 'alpha'
    assert debian.alpha.alarms() == []
    debian.alpha.leave('syctl monitor')
    debian.expect(PROMPT)
    assert 'error' not in debian.command('selftest')


def test_damage_to_saved_state(debian):
    """The boot CPU's context, which the first word of the first slot's kept state points to."""
    with debian.damage() as memory:
        kept = int.from_bytes(memory.read(debian.base + symbols()['kept_states'], 8), 'little')
        context = int.from_bytes(memory.read(kept, 8), 'little')
        address = context + 0x40
        memory.flip(address)
    assert 'saved CPU state: registers' in first_error(debian.command('switch alpha'))
    with debian.damage() as memory:
        memory.flip(address)
    debian.sendline('switch alpha')
    debian.alpha.come_back()
    assert debian.alpha.alarms() == []


def changed_text(machine):
    """What the log says of text that is not as it was one turn ago: (first address, last address) of each line."""
    found = re.findall(r'warn: slot alpha: its kernel text at (0x\w+) to (0x\w+) changed since',
                       machine.command('log'))
    return [(int(first, 16), int(last, 16)) for first, last in found]


@pytest.mark.thorough
def test_text_in_turn(machines):
    """A change that is not found at once is found within a turn, and the rest of the text counts as unchanged."""
    machine = start(machines, '', linux_slot('alpha', CLOUD) + tick_slot(string='every=1 to=1'), memory='512M')
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait()
    text = int(re.search(r'([0-9a-f]+)-[0-9a-f]+ : Kernel code', alpha.run("grep 'Kernel code' /proc/iomem"))[1], 16)
    alpha.run('syctl switch tick && syctl switch tick')  # it comes back by itself
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    with machine.damage() as memory:
        address = padding(memory, text + (8 << 20))
        memory.flip(address)
    machine.sendline('switch alpha')
    alpha.come_back()
    alpha.run(f'for i in $(seq {PARKINGS}); do syctl switch tick || break; done', 120)
    alpha.leave('syctl monitor')
    machine.expect(PROMPT)
    (first, last), = changed_text(machine)
    assert first <= address <= last < first + 0x4000


def instructions(machine, *names):
    """How many the machine executes between these functions of the monitor. With -icount shift=0, each takes
    a nanosecond. QEMU lets some of the host's time pass at the first halt, so it is not counted from there."""
    times = []
    with machine.damage() as stub:
        for name in names:
            stub.run_to(machine.base + symbols()[name])
            times.append(int(machine.qmp.human(f'i /4x {TIMER_PORT:#x}').split('=')[1], 16))
    return [round((later - earlier) % (1 << 24) * TIMER_NS) for earlier, later in zip(times[1:], times[2:])]


# Limits in millions: the monitor's own code, taking a slot's sums, comparing them. docs/INTEGRITY.md has the
# figures. Each halt may add some 50,000.
COSTS = {'off': (0.1, 0.1, 0.1), 'control': (0.1, 0.15, 0.2), 'text': (0.1, 0.8, 0.5), 'all': (0.4, 30, 30)}
COUNTED = 3  # switches, because the host's time may come in between


@pytest.mark.thorough
@pytest.mark.parametrize('level', COSTS)
def test_what_it_costs(machines, level):
    machine = start(machines, f'integrity={level}', linux_slot('alpha', CLOUD) + tick_slot(string='every=2 to=1'),
                    memory='512M', devices=['-icount', 'shift=0'])
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait(300)
    alpha.run('syctl switch tick', 120)
    counts = []
    for _ in range(COUNTED):
        alpha.leave('syctl switch tick')
        own, _, taking = instructions(machine, 'gate_answer', 'gate_main', 'request_check', 'integrity_take',
                                      'switch_force')
        comparing, = instructions(machine, 'gate_main', 'integrity_verify', 'cpu_state_save')
        alpha.come_back(120)
        counts.append((own / 1e6, taking / 1e6, comparing / 1e6))
    print(f'integrity={level}: {counts} million instructions')
    least = [min(column) for column in zip(*counts)]
    assert all(count <= limit for count, limit in zip(least, COSTS[level]))
    assert level != 'all' or least[1] > 8  # a byte of text takes about one


@pytest.mark.thorough
def test_what_free_pages_cost(machines):
    """To find them takes little more than two instructions for each page that is in use: docs/MEMORY.md has the figures."""
    machine = start(machines, '', linux_slot('alpha', CLOUD, 'mem=1G'), memory='1280M', devices=['-icount', 'shift=0'])
    alpha = Linux(machine, 'alpha')
    machine.sendline('boot alpha')
    alpha.wait(300)
    alpha.leave('syctl monitor')
    machine.expect(PROMPT, 120)
    counts = []
    for _ in range(COUNTED):
        machine.sendline('mem alpha')
        counts.append(instructions(machine, 'command_mem', 'free_pages_open', 'free_pages_run', 'format_size'))
        used = int(machine.expect(r'in use (\d+) KiB, ')[1]) // 4
        machine.expect(PROMPT)
    print(f'{used} pages in use: {counts} instructions')
    told, read = (min(column) for column in zip(*counts))
    assert told < 150_000
    assert used < read < 2.5 * used + 30_000  # sections and free blocks take some, too
