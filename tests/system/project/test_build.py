# SPDX-License-Identifier: GPL-2.0-only
"""Tests of make: its errors if the machine lacks something, the programs it runs, what it installs."""

import os
import re
import shutil
import stat
import subprocess

import pytest

from copies import build_driver, copy_built, copy_sources, make
from linux import CLOUD, GENERIC, KERNELS, OLDER_CLOUD, OLDER_GENERIC, RT
from paths import BUILD, ROOT

MANAGERS = ['apt', 'apt-get', 'apt-cache', 'aptitude', 'dpkg', 'dpkg-deb', 'dpkg-query', 'sudo']


def write_tool(folder, name, text):
    tool = folder / name
    tool.write_text(f'#!/bin/sh\n{text}\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)


def error_line(result):
    """make must have failed with one line."""
    assert result.returncode != 0 and result.stdout == ''
    assert result.stderr.count('\n') == 1, result.stderr
    return result.stderr.strip()


@pytest.fixture
def without(tmp_path):
    """Makes a PATH with all commands except one."""
    def make_path(command):
        for folder in ('/usr/bin', '/usr/sbin'):
            for file in os.scandir(folder):
                link = tmp_path / file.name
                if file.name != command and not link.is_symlink():
                    link.symlink_to(file.path)
        return {'PATH': str(tmp_path)}
    return make_path


# -n: nothing is built or started if the check is missing.
@pytest.mark.parametrize('goals, command, package', [
    ([], 'nasm', 'nasm'),
    (['build/switchyard.elf'], 'nasm', 'nasm'),
    (['build/switchyard.efi'], 'x86_64-linux-gnu-ld', 'binutils'),
    (['install'], 'x86_64-linux-gnu-gcc', 'gcc'),
    (['guest'], 'strip', 'binutils'),
    (['iso'], 'xorriso', 'xorriso'),
    (['start'], 'qemu-system-x86_64', 'qemu-system-x86'),
    (['debug'], 'gdb', 'gdb'),
    (['lint'], 'cppcheck', 'cppcheck'),
    (['unit', 'lint'], 'clang-format', 'clang-format'),
    (['fuzz-elf'], 'clang', 'clang'),
    (['system'], 'sbsign', 'sbsigntool'),
    (['build/debian/disk.img'], 'mmdebstrap', 'mmdebstrap'),
])
def test_a_line_names_what_is_missing(without, goals, command, package):
    line = error_line(make(ROOT, '-n', *goals, env=without(command)))
    assert line.endswith(f'missing: {package}; install with: apt-get install {package}.  Stop.')


def test_a_line_names_all_that_is_missing(without):
    line = error_line(make(ROOT, '-n', 'EFI_HEADER=/nowhere', 'FONT=/nowhere', env=without('nasm')))
    assert 'missing: gnu-efi, nasm, psf-unifont; ' in line
    assert 'apt-get install gnu-efi nasm psf-unifont.' in line


def test_a_line_names_a_kernels_source():
    line = error_line(make(ROOT, '-n', 'guest-kernel', 'GUEST_KERNEL_SOURCE=/nowhere'))
    assert re.search(r'missing: (.*, )?linux-source(, .*)?; install with: apt-get install .*linux-source', line)


def test_a_line_says_how_to_fetch_kernels():
    fresh = copy_sources('no-kernels')
    line = error_line(make(fresh, 'iso'))
    assert 'missing: build/kernels/default, ' in line and 'make packages' in line
    line = error_line(make(fresh, 'build/guest/6.12-rt-amd64/switchyard.ko'))
    assert 'missing: build/kernels/6.12-rt-amd64/version; ' in line
    assert 'make packages KERNELS=6.12-rt-amd64' in line
    line = error_line(make(fresh, 'system'))
    assert ', build/debian/root.img; install with: make packages' in line


@pytest.fixture(scope='module')
def copy():
    """A copy of the sources with everything that `make packages` fetches, as a repository."""
    folder = copy_sources('complete')
    for flavour in {CLOUD, GENERIC, OLDER_CLOUD, OLDER_GENERIC}:
        kernel = folder / 'build/kernels' / flavour
        kernel.mkdir(parents=True)
        for name in ('vmlinuz', 'lib', 'headers'):
            (kernel / name).symlink_to(KERNELS / flavour / name)
        for name in ('compiler', 'version'):
            shutil.copy(KERNELS / flavour / name, kernel)
    shutil.copy(KERNELS / 'default', folder / 'build/kernels')
    (folder / 'build/memtest').symlink_to(BUILD / 'memtest')
    (folder / 'build/debian').mkdir()
    (folder / 'build/debian/root.img').symlink_to(BUILD / 'debian/root.img')
    subprocess.run(['git', 'init', '-q'], cwd=folder, check=True)
    subprocess.run(['git', 'add', '.'], cwd=folder, check=True)
    return folder


def test_a_line_names_a_kernels_compiler(copy, without):
    compiler = (KERNELS / CLOUD / 'compiler').read_text().strip()
    result = make(copy, f'build/guest/{CLOUD}/switchyard.ko', env=without(compiler))
    assert result.returncode != 0
    assert f'error: missing: {compiler}; install with: apt-get install {compiler}\n' in result.stderr


@pytest.fixture
def managers(tmp_path):
    """A folder with fake package managers, and the file in which they note their calls."""
    trace = tmp_path / 'trace'
    trace.touch()
    folder = tmp_path / 'bin'
    folder.mkdir()
    for name in MANAGERS:
        write_tool(folder, name, f'echo {name} "$@" >> {trace}; exit 1')
    # Debian's own files for modules ask that.
    write_tool(folder, 'dpkg', 'if [ "$1" = --print-architecture ]; then echo amd64; exit; fi\n'
               f'echo dpkg "$@" >> {trace}; exit 1')
    return folder, trace


@pytest.mark.thorough
@pytest.mark.limit(900)
def test_no_rule_calls_a_package_manager(copy, managers, tmp_path):
    folder, trace = managers
    result = make(copy, 'all', 'iso', 'guest', 'torture', 'install', f'DESTDIR={tmp_path / "root"}',
                  path=folder)
    assert result.returncode == 0, result.stderr
    assert (copy / 'build/switchyard.iso').exists()
    # These are the commands of the other package managers.
    for goal in ('start', 'debug', 'lint', 'unit', 'fuzz', 'system', 'soak', 'mutation', 'clean'):
        result = make(copy, '-n', goal, path=folder)
        assert result.returncode == 0, result.stderr
        commands = result.stdout.replace('install with: apt-get install', '')  # an error line that a rule may print
        assert not re.search(r'install-packages|fetch-|\b(apt|dpkg)\b', commands), goal
    assert trace.read_text() == ''


@pytest.mark.parametrize('goal', ['packages', 'run', 'demo', 'test', 'bench'])
def test_these_goals_install_first(copy, managers, goal):
    folder, trace = managers
    result = make(copy, goal, 'FONT=/nowhere', path=folder)
    assert result.returncode != 0
    assert 'installing Debian packages: psf-unifont\n' in result.stdout
    assert re.search(r'^(sudo )?apt-get update', trace.read_text(), re.MULTILINE)


def test_clean_removes_what_was_built(copy):
    assert make(copy, '-n', 'clean').stdout == 'rm -rf build\n'


@pytest.mark.thorough
def test_install(copy, tmp_path):
    result = make(copy, 'install', f'DESTDIR={tmp_path}', 'PREFIX=/opt/sy')
    assert result.returncode == 0, result.stderr
    found = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob('*') if file.is_file()}
    version = re.search('SWITCHYARD_VERSION "(.*)"', (copy / 'guest/linux/version.h').read_text())[1]
    folder = copy / 'guest/linux'
    # The others are for a kernel with the patch series.
    sources = {str(file.relative_to(folder)) for file in folder.rglob('*')
               if file.is_file() and not file.name.startswith('.')
               and file.relative_to(folder).parts[0] not in ('patches', 'tree')}
    documents = {str(file.relative_to(copy)) for file in [copy / 'README.md', *copy.glob('docs/*.md')]}
    assert found == {
        'boot/switchyard/switchyard.elf', 'opt/sy/lib/switchyard/switchyard.efi', 'opt/sy/sbin/syctl',
        'opt/sy/share/man/man8/syctl.8',
        'opt/sy/lib/systemd/system/switchyard-on-crash.service', 'opt/sy/lib/udev/rules.d/60-switchyard.rules',
        'opt/sy/share/initramfs-tools/hooks/switchyard', 'opt/sy/share/initramfs-tools/scripts/local-premount/switchyard',
        *(f'opt/sy/share/switchyard/on-crash.d/{name}' for name in ('50-dump', '90-boot')),
        *(f'opt/sy/src/switchyard-{version}/{name}' for name in sources),
        *(f'opt/sy/include/switchyard/switchyard{name}.h' for name in ('', '_check', '_ioctl', '_names')),
        *(f'opt/sy/share/doc/switchyard/{name}' for name in documents)}
    assert (tmp_path / 'boot/switchyard/switchyard.elf').read_bytes() == \
        (copy / 'build/switchyard.elf').read_bytes()
    syctl = tmp_path / 'opt/sy/sbin/syctl'
    assert 'usage: syctl' in subprocess.run([syctl, '--help'], capture_output=True, text=True, check=True,
                                            timeout=10).stdout
    assert 'ExecStart=/opt/sy/sbin/syctl on-crash\n' in \
        (tmp_path / 'opt/sy/lib/systemd/system/switchyard-on-crash.service').read_text()
    program = tmp_path / 'program.c'
    program.write_text('#include <switchyard/switchyard_ioctl.h>\n')
    subprocess.run(['gcc', '-fsyntax-only', f'-I{tmp_path / "opt/sy/include"}', program], check=True,
                   timeout=60)
    kept = tmp_path / 'opt/sy/share/switchyard/of-somebody'
    kept.touch()
    result = make(copy, 'uninstall', f'DESTDIR={tmp_path}', 'PREFIX=/opt/sy')
    assert result.returncode == 0, result.stderr
    assert {file for file in tmp_path.rglob('*') if file.is_file()} == {program, kept}
    left = [folder for folder in tmp_path.rglob('*switchyard*') if folder.is_dir()]
    assert left == [kept.parent]


@pytest.mark.thorough
@pytest.mark.parametrize('flavour', sorted({GENERIC, OLDER_CLOUD, RT}))
def test_the_drivers_folder_builds_alone(tmp_path, flavour):
    folder = tmp_path / 'linux'
    shutil.copytree(ROOT / 'guest/linux', folder)
    result = build_driver(flavour, folder)
    assert result.returncode == 0, result.stderr
    said = subprocess.run(['/sbin/modinfo', '-F', 'vermagic', folder / 'switchyard.ko'],
                          capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == (KERNELS / flavour / 'version').read_text().strip()


KCONFIG = 'config MODULES\n\tdef_bool y\n\tmodules\n{}source "Kconfig"\n'


@pytest.mark.parametrize('lacks, expected', [('', 'CONFIG_SWITCHYARD=m'), ('SUSPEND', ''), ('ACPI', ''), ('NET', ''),
                                             ('PCI', ''), ('BLOCK', '')])
def test_the_driver_can_be_chosen_in_a_kernels_tree(tmp_path, lacks, expected):
    shutil.copy(ROOT / 'guest/linux/Kconfig', tmp_path)
    symbols = {'X86_64', 'ACPI', 'SUSPEND', 'INPUT', 'NET', 'PCI', 'BLOCK'} - {lacks}
    (tmp_path / 'top').write_text(KCONFIG.format(''.join(f'config {name}\n\tdef_bool y\n' for name in sorted(symbols))))
    subprocess.run([KERNELS / GENERIC / 'headers/scripts/kconfig/conf', '--allmodconfig', 'top'], cwd=tmp_path,
                   env={'srctree': str(tmp_path), 'PATH': os.environ['PATH']}, check=True, timeout=60)
    chosen = [line for line in (tmp_path / '.config').read_text().split('\n') if 'SWITCHYARD' in line]
    assert chosen == ([expected] if expected else [])


@pytest.mark.thorough
@pytest.mark.parametrize('flavour', sorted({GENERIC, OLDER_GENERIC}))
def test_what_a_build_by_hand_leaves_is_ignored(copy, flavour):
    """By git, and by the checks that read all sources."""
    result = build_driver(flavour, copy / 'guest/linux')
    assert result.returncode == 0, result.stderr
    assert (copy / 'guest/linux/switchyard.ko').exists()
    others = subprocess.run(['git', 'ls-files', '--others', '--exclude-standard'], cwd=copy,
                            capture_output=True, text=True, check=True).stdout
    assert others == ''
    assert 'switchyard.mod.c' not in make(copy, '-n', 'lint').stdout
    assert 'switchyard.mod.c' not in make(copy, '-n', '-B', f'build/guest/{CLOUD}/switchyard.ko').stdout


def test_readmes_steps_for_a_real_machine(tmp_path):
    """As far as they go here: another release's headers, and a folder for the root of the file system."""
    copy = copy_built('readme')
    release = (KERNELS / GENERIC / 'version').read_text().strip()
    section = (copy / 'README.md').read_text().split('## On a real machine\n')[1].split('\n## ')[0]
    steps = [line.strip() for line in section.split('```')[1].strip().split('\n')]
    tools = tmp_path / 'bin'
    tools.mkdir()
    write_tool(tools, 'sudo', 'exec "$@"')
    write_tool(tools, 'uname', f'if [ "$1" = -r ]; then echo {release}; else /bin/uname "$@"; fi')
    write_tool(tools, 'apt-get', f'echo "$@" >> {tmp_path / "packages"}')
    root = tmp_path / 'root'
    write_tool(tools, 'depmod', f'exec /sbin/depmod -b {root} "$@"')
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith('MAKE')},
                   'PATH': f'{tools}:{os.environ["PATH"]}', 'DESTDIR': str(root),
                   'INSTALL_MOD_PATH': str(root)}
    for step in steps:
        there = step.replace('/lib/modules/$(uname -r)/build', str(KERNELS / GENERIC / 'headers'))
        result = subprocess.run(['sh', '-c', there], cwd=copy, env=environment, timeout=300,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f'{step}\n{result.stdout}{result.stderr}'

    for name in ('boot/switchyard/switchyard.elf', 'usr/lib/switchyard/switchyard.efi', 'usr/sbin/syctl'):
        assert (root / name).stat().st_size > 0
    assert len(list((root / 'lib/modules' / release).rglob('switchyard.ko*'))) == 1
    # Without that, modprobe and initramfs-tools find no driver.
    assert 'switchyard.ko' in (root / 'lib/modules' / release / 'modules.dep').read_text()
    installed = (tmp_path / 'packages').read_text().split()
    assert installed[0] == 'install' and f'linux-headers-{release}' in installed
    listed = re.findall(r'^(?:monitor|font|efi|guest) +(\S+)', (copy / 'images/packages.txt').read_text(),
                        re.MULTILINE)
    assert set(listed) <= set(installed)
