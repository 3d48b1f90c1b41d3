# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the tests' own tools: they must find exactly what they wait for."""

import concurrent.futures
import itertools
import re
import socket
from pathlib import Path

import pytest

from grub_image import IMAGES, build_image, quote_line
from linux import ALARM, AMD_SAYS, BUSY_HOST, alarming_lines
from screen import keys_of
from serial_stream import ExpectError, SerialStream
from switchyard import parse_table
from tcp_stream import StreamError, TcpStream, numbers


@pytest.fixture
def wire(tmp_path):
    """A serial stream, and the socket at its other end."""
    near, far = socket.socketpair()
    stream = SerialStream(near, tmp_path / 'serial.log')
    yield stream, far
    far.close()
    stream.close()


@pytest.mark.parametrize('pieces, text', [
    ([b'a\r\nb\n'], 'a\nb\n'),
    ([b'a\r', b'\nb\n'], 'a\nb\n'),
    ([b'\x1b[1;31mred\x1b[0m\n'], 'red\n'),
    ([b'\x1b[1', b';31mred\x1b', b'[0m\n'], 'red\n'),
    ([b'\x1bcreset\x1b(B\n'], 'reset\n'),
])
def test_stream_is_cleaned(wire, pieces, text):
    stream, far = wire
    for piece in pieces:
        far.sendall(piece)
    far.sendall(b'END\n')
    stream.expect('END\n', 5)
    assert stream.text == text + 'END\n'


def test_expect_goes_on_behind_the_last_match(wire):
    stream, far = wire
    far.sendall(b'one two one\n')
    stream.expect('two', 5)
    assert stream.expect('one', 5).start() == len('one two ')
    with pytest.raises(ExpectError, match='one two one'):
        stream.expect('one', 0.1)


def test_expect_notices_the_end(wire):
    stream, far = wire
    far.shutdown(socket.SHUT_RDWR)
    with pytest.raises(ExpectError, match='QEMU ended'):
        stream.expect('never', 60)


def test_mux_escape_is_doubled(wire):
    stream, far = wire
    stream.send('a\x01b')
    stream.send_break()
    assert far.recv(16) == b'a\x01\x01b\x01b'


def test_parse_table():
    assert parse_table('SLOT   STATE\none    ready  \nt w o  parked\n') == [
        {'SLOT': 'one', 'STATE': 'ready'}, {'SLOT': 't w o', 'STATE': 'parked'}]


@pytest.mark.parametrize('line, quoted', [
    ('kernel slot=a -- x=1', 'kernel slot=a -- x=1'),
    ("it's $x; y", "'it'\\''s' '$x;' y"),
])
def test_quoting_for_grub(line, quoted):
    assert quote_line(line) == quoted


def test_two_workers_make_the_same_image(tmp_path):
    (tmp_path / 'file').write_bytes(b'content')
    with concurrent.futures.ThreadPoolExecutor() as workers:
        made = [workers.submit(build_image, ['true'], {'/file': tmp_path / 'file'})
                for _ in range(2)]
    images = {future.result() for future in made}
    assert len(images) == 1
    image = images.pop()
    assert image.parent == IMAGES and b'content' in image.read_bytes()
    image.unlink()


@pytest.mark.parametrize('character, keys', [
    ('a', ['a']), ('A', ['shift', 'a']), ('!', ['shift', '1']), ('_', ['shift', 'minus']),
    ('\n', ['ret']), (')', ['shift', '0']), ('?', ['shift', 'slash'])])
def test_keys(character, keys):
    assert keys_of(character) == keys


@pytest.mark.parametrize('line, alarming', [
    ('WARNING: CPU: 1 PID: 0 at kernel/time/tick.c', True),
    ('watchdog: BUG: soft lockup - CPU#1 stuck', True),
    ('clocksource: Marking clocksource tsc as unstable', True),
    ('clocksource: Switched to clocksource tsc', False),
    ('rcu: INFO: rcu_preempt self-detected stall on CPU', True),
    ('This is not a bug', False),
])
def test_alarms(line, alarming):
    assert bool(ALARM.search(line)) == alarming


@pytest.mark.parametrize('line, harmless', [
    ('tsc: Marking TSC unstable due to TSCs unsynchronized', True),
    ('tsc: Marking TSC unstable due to check_tsc_sync_source failed', False),
    ('clocksource: Marking clocksource tsc as unstable because the skew is too large', False),
])
def test_what_amd_models_say(line, harmless):
    assert ALARM.search(line) and bool(AMD_SAYS.search(line)) == harmless


@pytest.fixture
def sender():
    """A TCP stream, the guest's end of it, and the bytes that are right to send."""
    stream = TcpStream(seed=11)
    port = int(re.search(r'(\d+)$', stream.command)[1])
    with socket.create_connection(('127.0.0.1', port)) as guest:
        yield stream, guest, b''.join(itertools.islice(numbers(11), 1000))
    stream.close()


def test_stream_counts_right_bytes(sender):
    stream, guest, data = sender
    for piece in (data[:5], data[5:7000], data[7000:]):
        before = stream.received
        guest.sendall(piece)
        while stream.received < before + len(piece):
            if stream.received == before:
                stream.wait_growth(5)
    assert stream.received == len(data)


@pytest.mark.parametrize('position', [0, 4, 5000])
def test_stream_sees_a_wrong_byte(sender, position):
    stream, guest, data = sender
    guest.sendall(data[:position] + b'x' + data[position + 1:])
    with pytest.raises(StreamError, match='wrong byte'):
        while True:
            stream.wait_growth(5)


def test_stream_sees_its_end(sender):
    stream, guest, data = sender
    guest.sendall(data)
    guest.close()
    with pytest.raises(StreamError, match='ended'):
        while True:
            stream.wait_growth(5)


def test_stream_that_stands_still(sender):
    stream, _, _ = sender
    with pytest.raises(StreamError, match='nothing within'):
        stream.wait_growth(0.1)


@pytest.mark.parametrize('line, harmless', [
    ('clocksource: timekeeping watchdog on CPU1: hpet read-back delay of 11988240ns, attempt 2, '
     'marking unstable', True),
    ("clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because "
     'the skew is too large:', False),
    ('atkbd serio0: Spurious ACK on isa0060/serio0', True),
    ('rcu: INFO: rcu_preempt detected stalls on CPUs/tasks', False),
])
def test_what_a_busy_host_makes_linux_say(line, harmless):
    assert ALARM.search(line) and bool(BUSY_HOST.search(line)) == harmless


@pytest.mark.parametrize('measured, harmless', [
    ('tsc: PIT calibration deviates from HPET: 290266 2594704', True),
    ('tsc: PIT calibration matches HPET. 1 loops', False),
])
def test_a_counter_that_was_measured_on_a_busy_host(measured, harmless):
    skew = "clocksource: Marking clocksource 'tsc' as unstable because the skew is too large:"
    assert alarming_lines(f'{measured}\r\n{skew}\r\n') == ([] if harmless else [skew])


STEPPED = """[    0.385483] ------------[ cut here ]------------
[    0.385484] WARNING: CPU: 0 PID: 0 at arch/x86/kernel/traps.c:1120 exc_debug_kernel+0xca/0x160
[    0.385512] Modules linked in:
[    0.385568] Call Trace:
[    0.385570]  <#DB>
[    0.385801] ---[ end trace 0000000000000000 ]---
"""
PATCHED = '[    0.401311] Freeing SMP alternatives memory: 40K\n'


@pytest.mark.parametrize('log, harmless', [(STEPPED + PATCHED, True), (PATCHED + STEPPED, False), (STEPPED, False),
                                           (STEPPED.replace('exc_debug_kernel', 'exc_page_fault') + PATCHED, False)])
def test_a_step_while_linux_patches_its_code_at_boot(log, harmless):
    assert bool(alarming_lines(log)) != harmless


def children(pid):
    """The processes that a process has started, directly or indirectly."""
    found = [int(word) for path in Path(f'/proc/{pid}/task').glob('*/children')
             for word in path.read_text().split()]
    return found + [child for one in found for child in children(one)]


def test_a_machine_that_is_killed_leaves_no_qemu_behind(machines):
    machine = machines.start('timeout=-1', [])
    machine.expect('switchyard> ', 60)
    qemus = children(machine.process_id)
    assert qemus
    machine.kill()
    with pytest.raises(ExpectError, match='QEMU ended'):
        machine.expect('never', 30)
    assert not [pid for pid in qemus if Path(f'/proc/{pid}/cmdline').exists()
                and Path(f'/proc/{pid}/cmdline').read_bytes()]
