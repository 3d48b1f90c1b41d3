# SPDX-License-Identifier: GPL-2.0-only
"""What the driver notes as programmed again by Linux, or as unchanged, is so: the screen in text mode with its font
and colours, and interrupts of every kind."""

import pytest

import accesses
from linux import CLOUD, OLDER_GENERIC, Linux, linux_slot
from switchyard import tick_count, tick_slot

COLOURED = r"printf '\033[2J\033[H'; for i in $(seq 20); do printf '\033[3%dmline %d of alpha\n' $((i % 8)) $i; done"
NET = ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net']  # with MSI-X
GLYPH_ROWS = 16
SHOWN = 20  # rows
# The console that people see. The PM core shows the last one while Linux is suspended, so it draws that one
# again only if it was not shown before.
SEEN = [1, 63]


def picture_of_lines(machine):
    """The pixels of those rows. The cursor, which blinks, is below them."""
    machine.picture()
    _, size, _, pixels = (machine.logs / 'screen.ppm').read_bytes().split(b'\n', 3)
    return size, pixels[:int(size.split()[0]) * SHOWN * GLYPH_ROWS * 3]


def check_screen(machine, alpha):
    machine.wait_screen(r'^line 20 of alpha')
    before = picture_of_lines(machine)
    assert len(set(before[1])) > 2  # of three values a pixel: there are colours
    for _ in range(2):
        alpha.leave('syctl switch tick')
        tick_count(machine)
        assert picture_of_lines(machine) != before
        machine.send('1')
        alpha.come_back()
        machine.wait_screen(r'^line 20 of alpha')
        assert picture_of_lines(machine) == before
        alpha.check_cpus(1)
        alpha.run('ping -c 1 -W 10 10.0.2.2', 30)


@pytest.mark.parametrize('flavour', [CLOUD, pytest.param(OLDER_GENERIC, marks=pytest.mark.thorough)])
def test_what_linux_programs_again(machines, flavour):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', flavour) + tick_slot(), memory='512M',
                             machine='q35', devices=NET)
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run('ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up; dmesg -n 1')
    for console in SEEN:
        alpha.run(f'chvt {console}; ({COLOURED}) > /dev/tty{console}')
        check_screen(machine, alpha)
    assert alpha.alarms() == []


FONT_READS = 65536 // 8  # 64 KiB, as far as one access goes
# A PSF1 file, whose header says 256 characters of 16 bytes.
STRIPES = r"(printf '\066\004\000\020'; dd if=/dev/zero bs=4096 count=1 2> /dev/null | tr '\000' '\252') | loadfont"


def test_a_font_is_read_only_when_it_may_have_changed(machines):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', CLOUD) + tick_slot(), memory='512M', machine='q35')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run(f'dmesg -n 1; ({COLOURED}) > /dev/tty1')
    machine.wait_screen(r'^line 20 of alpha')
    plain = picture_of_lines(machine)

    def away():
        """What the monitor reads of video memory when alpha leaves."""
        with accesses.traced(machine) as found:
            alpha.leave('syctl switch tick')
            tick_count(machine)
        machine.send('1')
        alpha.come_back()
        return sum(access.kind == 'read' and access.region == 'vga-lowmem' for access in found)

    assert away() >= FONT_READS
    assert picture_of_lines(machine) == plain
    assert away() < FONT_READS
    assert picture_of_lines(machine) == plain
    alpha.run(STRIPES)
    striped = picture_of_lines(machine)
    assert striped != plain
    assert away() >= FONT_READS
    assert picture_of_lines(machine) == striped
    assert away() < FONT_READS
    assert picture_of_lines(machine) == striped
    alpha.run(r"printf '\033]P1112233' > /dev/tty1")  # colour 1
    coloured = picture_of_lines(machine)
    away()
    assert picture_of_lines(machine) == coloured
    assert alpha.alarms() == []
