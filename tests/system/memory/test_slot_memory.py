# SPDX-License-Identifier: GPL-2.0-only
"""The memory of a slot that does not run, as an ELF core file in another one: what is in it is what that slot's kernel
said of itself before."""

import json
import re
import subprocess

import pytest

from core_file import PAGE, CoreFile, check_mapping_is_gone, driver_of, processes_of, symbols_of, tools_disk, watch_mapping
from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot
from qemu import PROMPT
from switchyard import open_console

MARKER = 'this is page %d of a file in memory'
PAGES = 40
BETA = 'mem=128M'
GROWN_MIB = 24
# A deep switch gives back what CPUs that go offline have on their own lists, and takes what devices need to be suspended.
# Measured: 0.1 to 2.4 MiB, and once over 4.
MOVED_KIB = 8 << 10


@pytest.fixture(scope='module', params=[OLDER_CLOUD, pytest.param(CLOUD, marks=pytest.mark.thorough)])
def guests(request, module_machines):
    """alpha runs; beta has told of itself, and is parked."""
    folder = module_machines.logs / request.param
    machine = module_machines.start('timeout=-1', linux_slot('alpha', CLOUD) + linux_slot('beta', request.param, BETA),
                                    memory='768M', smp=2, devices=tools_disk(folder))
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot beta')
    beta.wait()
    beta.run(f"i=0; while [ $i -lt {PAGES} ]; do printf '%-{PAGE}s' \"{MARKER.replace('%d', '$i')}\"; "
             'i=$((i + 1)); done > /tmp/marked')
    beta.told = {'symbols': symbols_of(beta), 'driver': driver_of(beta), 'processes': processes_of(beta),
                 'release': beta.run('uname -r').strip()}
    beta.switch_to(alpha)
    alpha.run('cd /tmp && tar xf /dev/vda')
    alpha.out = folder / 'out.img'
    return alpha, beta


def take(alpha, source='$(syctl core beta)'):
    """Brings the core out of the machine."""
    alpha.run(f'dd if={source} of=/dev/vdb bs=1M conv=fsync 2>/dev/null', 120)
    return CoreFile(alpha.out)


def check_kernel(core, told):
    assert f'OSRELEASE={told["release"]}\n' in core.note('VMCOREINFO').decode()
    assert f'SYMBOL(_stext)={told["symbols"]["_stext"]:x}\n' in core.note('VMCOREINFO').decode()
    assert core.tasks(told['symbols']['init_task'])[0] == 'swapper/0'
    known = {'init', 'kthreadd', 'sh'} & set(told['processes'])
    assert len(known) > 1
    listed = core.tasks(told['symbols']['init_task'])
    assert known <= set(listed)
    assert len(listed) > len(told['processes']) / 2


def check_file(core):
    """Each page of the file in memory is there, at the start of a page of RAM."""
    for number in range(PAGES):
        page = f'{MARKER % number:<{PAGE}}'.encode()
        assert any(core.physical(at, PAGE) == page for at in pages_with(core, page[:64])), number


def pages_with(core, start):
    index = {}
    if not hasattr(core, 'index'):
        for _, _, physical, size in core.loads[1:]:
            data = core.physical(physical, size)
            for at in range(0, size, PAGE):
                index.setdefault(data[at:at + 64], []).append(physical + at)
        core.index = index
    return core.index.get(start, [])


def test_a_parked_slot(guests):
    alpha, beta = guests
    shown = json.loads(alpha.run('syctl --json core beta'))
    assert shown['path'] == alpha.run('syctl core beta').strip() == '/proc/switchyard/beta'
    assert shown['state'] == 'parked' and not shown['changes']
    with take(alpha) as core:
        assert core.size == shown['size']
        check_kernel(core, beta.told)
        check_file(core)
        registers = core.registers()
        assert list(registers) == [0]  # its other CPU is offline
        first, last = beta.told['driver']
        assert first <= registers[0]['rip'] < last
        assert [name for name, _, _ in core.notes] == ['CORE', 'QEMU', 'VMCOREINFO', 'SWITCHYARD']
        assert core.note('SWITCHYARD').decode().startswith('SLOT=beta\nSTATE=parked\n')


def test_readelf_and_gdb(guests):
    alpha, beta = guests
    with take(alpha) as core:
        registers = core.registers()[0]
        init_task = beta.told['symbols']['init_task']
        word = core.number(init_task)
    said = subprocess.run(['readelf', '-a', alpha.out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=True, timeout=60).stdout
    assert 'CORE (Core file)' in said and 'NT_PRSTATUS' in said and 'arning' not in said
    said = subprocess.run(['gdb', '-batch', '-nx', '-ex', f'core-file {alpha.out}', '-ex', 'p/x $rip', '-ex',
                           f'p/x *(long *){init_task:#x}'], stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
    assert f'$1 = {registers["rip"]:#x}\n$2 = {word:#x}\n' in said


def test_not_for_everyone(guests):
    alpha, _ = guests
    assert alpha.run('stat -c %a /proc/switchyard/beta').strip() == '400'


def test_slots_that_run_have_none(guests):
    alpha, _ = guests
    output, status = alpha.try_run('syctl core alpha')
    assert (output.strip(), status) == ('error: alpha is running; expected a slot that is parked, crashed or '
                                        'interrupted', 1)
    assert 'alpha' not in alpha.run('ls /proc/switchyard').split()


def test_mapping_goes_when_the_slot_runs(guests):
    alpha, beta = guests
    watch_mapping(alpha, '$(syctl core beta)', beta.told['symbols']['jiffies_64'])
    alpha.switch_to(beta)
    beta.switch_to(alpha)
    check_mapping_is_gone(alpha)


def test_reads_are_as_fast_as_a_copy(guests):
    """The best of three, for a busy host: reads of 1 MiB against copies of as much in a program."""
    alpha, _ = guests
    said = [alpha.run('/tmp/map_core $(syctl core beta) speed', 60) for _ in range(3)]
    assert max(float(re.search(r'([\d.]+) of a copy', line)[1]) for line in said) >= 0.9, said


def test_dump(guests):
    alpha, _ = guests
    said = alpha.run('syctl dump beta /tmp/beta.core', 120)
    assert re.fullmatch(r'dumping beta: \d+\.\d MiB \.{10} done\n'
                        r'/tmp/beta.core: \d+\.\d MiB of zeros left out; \d+\.\d s, \d+ MiB/s\n', said)
    assert alpha.run('ls /tmp/beta*').split() == ['/tmp/beta.core']
    with take(alpha) as core:
        whole = core.contents()
    with take(alpha, '/tmp/beta.core') as dump:
        assert dump.contents() == whole.replace(b'\nLEVEL=0 \n', b'\nLEVEL=1 \n', 1)
    alpha.run('rm /tmp/beta.core; mkdir -p /tmp/small; mount -t tmpfs -o size=4M none /tmp/small')
    output, status = alpha.try_run('syctl dump beta /tmp/small/beta.core 2>&1 > /dev/null')
    assert (output, status) == ('error: /tmp/small/beta.core: No space left on device\n', 1)
    assert alpha.run('ls /tmp/small') == ''
    alpha.run('umount /tmp/small')


def test_dump_by_makedumpfile(guests):
    """The guest has none, so a script takes its place."""
    alpha, _ = guests
    output, status = alpha.try_run('syctl dump beta /tmp/thin -d 31')
    assert (output, status) == ('error: makedumpfile: No such file or directory; install it, or leave out -d\n', 1)
    alpha.put_file('/bin/makedumpfile', '#!/bin/sh\n[ $4 = 31 ] || { echo no >&2; exit 1; }\necho "$@" > $6\n')
    alpha.run('chmod +x /bin/makedumpfile')
    assert alpha.run('syctl dump beta /tmp/thin -d 31').startswith('/tmp/thin: ')
    told = json.loads(alpha.run(r"syctl --json dump beta '/tmp/a\"\b' -d 31"))
    assert (told['file'], told['level']) == (r'/tmp/a\"\b', 31)
    assert alpha.run('cat /tmp/thin') == '-f -l -d 31 /proc/switchyard/beta /tmp/thin.partial\n'
    output, status = alpha.try_run('rm /tmp/thin; syctl dump beta /tmp/thin -d 1')
    assert (output, status) == ('no\nerror: /tmp/thin: makedumpfile has failed; no file is left\n', 1)
    assert alpha.try_run('ls /tmp/thin*')[1] == 1
    assert alpha.try_run('syctl dump beta /tmp/thin -d 32')[1] == 2


def test_two_dumps_to_one_file(guests):
    """The second one, which comes while the first one writes, leaves its file alone."""
    alpha, _ = guests
    alpha.put_file('/bin/makedumpfile', '#!/bin/sh\necho first > $6; syctl dump beta /tmp/held > /tmp/second 2>&1\n'
                   'echo $? >> /tmp/second\n')
    alpha.run('chmod +x /bin/makedumpfile')
    # What one that was killed has left is no hindrance.
    assert 'makedumpfile has failed' not in alpha.run('echo killed > /tmp/held.partial; syctl dump beta /tmp/held -d 31')
    assert alpha.run('cat /tmp/second /tmp/held') == 'error: /tmp/held.partial: another syctl writes it\n1\nfirst\n'
    assert alpha.try_run('rm /tmp/held; ls /tmp/held*')[1] == 1


def test_makedumpfile(guests, tmp_path):
    """It finds the kernel's structures, or it could not tell pages of user programs from others."""
    alpha, beta = guests
    take(alpha)
    level = '31' if beta.told['release'].startswith('6.1.') else '17'
    said = subprocess.run(['makedumpfile', '-l', '-d', level, alpha.out, tmp_path / 'thin'], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120)
    assert said.returncode == 0, said.stdout
    assert 'The dumpfile is saved to' in said.stdout
    assert (tmp_path / 'thin').stat().st_size < alpha.out.stat().st_size / 4


def free_kib(linux):
    """What the kernel says that its allocator has."""
    zones = re.findall(r'^Node \d+, zone +\w+ +(.*)$', linux.run('cat /proc/buddyinfo'), re.MULTILINE)
    return sum(int(blocks) << order for zone in zones for order, blocks in enumerate(zone.split())) * PAGE // 1024


def mem(machine, slot):
    """KiB of the slot, in use, and free."""
    said = machine.command(f'mem {slot}').strip()
    found = re.fullmatch(rf'{slot}: (\S+) (\S+), in use (\S+) (\S+), free (\S+) (\S+) \(by its own page descriptors\)', said)
    assert found, said
    sizes = [int(found[i]) * {'KiB': 1, 'MiB': 1024}[found[i + 1]] for i in (1, 3, 5)]
    assert sizes[0] == sizes[1] + sizes[2]
    return sizes


def at_the_console(alpha):
    alpha.leave('syctl monitor')
    alpha.machine.expect(PROMPT)
    return alpha.machine


def test_what_is_free(guests, tmp_path):
    """By the monitor, by the kernels themselves, and of one of them, by makedumpfile, page for page."""
    alpha, beta = guests
    before = mem(at_the_console(alpha), 'beta')
    alpha.machine.sendline('switch beta')
    beta.come_back()
    beta.run(f'dd if=/dev/urandom of=/tmp/grown bs=1M count={GROWN_MIB} 2>/dev/null')
    said = free_kib(beta)
    beta.switch_to(alpha)
    take(alpha)
    alpha_said = free_kib(alpha)
    machine = at_the_console(alpha)
    size, in_use, free = mem(machine, 'beta')
    assert size == before[0] and in_use >= before[1] + GROWN_MIB * 1024 - MOVED_KIB
    assert abs(free - said) < MOVED_KIB, (free, said)
    _, _, alpha_free = mem(machine, 'alpha')
    assert abs(alpha_free - alpha_said) < MOVED_KIB, (alpha_free, alpha_said)
    machine.sendline('switch alpha')
    alpha.come_back()
    said = subprocess.run(['makedumpfile', '-E', '-d', '16', '--message-level', '31', alpha.out, tmp_path / 'thin'],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert said.returncode == 0, said.stdout
    assert int(re.search(r'Free pages +: 0x([0-9a-f]+)', said.stdout)[1], 16) * PAGE // 1024 == free
    with CoreFile(tmp_path / 'thin') as thin:
        check_file(thin)


def test_a_crashed_slot(guests):
    """The last test: beta does not come back."""
    alpha, beta = guests
    alpha.leave('syctl switch beta')
    beta.come_back()
    beta.machine.sendline('echo c > /proc/sysrq-trigger')
    beta.machine.expect('slot beta has crashed', 60)
    beta.machine.expect('switchyard> ')
    beta.machine.sendline('switch alpha')
    alpha.come_back()
    with take(alpha) as core:
        check_kernel(core, beta.told)
        check_file(core)
        first, last = beta.told['driver']
        registers = core.registers()
        assert 0 in registers and all(first <= cpu['rip'] < last for cpu in registers.values())
        assert core.note('SWITCHYARD').decode().startswith('SLOT=beta\nSTATE=crashed\n')
    alpha.run('syctl kill beta')
    output, status = alpha.try_run('cat /proc/switchyard/beta')
    assert status == 1 and 'No data available' in output
    assert alpha.alarms() == []
