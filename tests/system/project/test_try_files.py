# SPDX-License-Identifier: GPL-2.0-only
"""`syctl try --prepare` on the host: what it builds of a kernel's build tree, and which kernels it refuses."""

import os
import re
import shutil
import subprocess

import pytest

from linux import CLOUD, KERNELS, OLDER_CLOUD, initrd, kernel
from paths import ROOT
from trial import driver, make_tree

HEADERS = KERNELS / CLOUD / 'headers'


@pytest.fixture(scope='module')
def syctl(tmp_path_factory):
    """It is installed, so that it finds the driver's sources beside it."""
    root = tmp_path_factory.mktemp('root')
    result = subprocess.run(['make', 'install', f'DESTDIR={root}'], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr

    def run(*words, **options):
        return subprocess.run([root / 'usr/sbin/syctl', 'try', *words], capture_output=True, text=True, timeout=300,
                              check=False, **options)
    run.root = root
    return run


@pytest.fixture
def tree(tmp_path):
    return make_tree(CLOUD, tmp_path / 'linux')


def release(flavour):
    return (KERNELS / flavour / 'version').read_text().strip()


def unpacked(path, folder):
    """The files of our archive, by name. Device nodes need root."""
    folder.mkdir()
    subprocess.run('cpio -idm --quiet --no-absolute-filenames "switchyard/[inp]*" "switchyard/sw*" < ' + str(path), shell=True,
                   cwd=folder, check=True, timeout=60)
    return {file.name: file for file in (folder / 'switchyard').iterdir()}


@pytest.mark.thorough
def test_the_driver_is_built(syctl, tmp_path):
    """For another release than the tree's own syctl was built with."""
    out = tmp_path / 'out'
    result = syctl(HEADERS, '--kernel', kernel(CLOUD), '--initrd', initrd(CLOUD), '--timeout', '30', '--append',
                   'console=ttyS0 rdinit=/bin/first a="b rdinit=c" -- rdinit=/bin/second', '--prepare', out)
    assert (result.returncode, result.stdout, result.stderr) == (0, '', '')
    said = subprocess.run(['/sbin/modinfo', '-F', 'vermagic', out / 'switchyard.ko'], capture_output=True, text=True,
                          check=True).stdout
    assert said.split()[0] == release(CLOUD)
    assert (out / 'cmdline').read_text() == \
        'rdinit=/switchyard/init console=ttyS0 a="b rdinit=c" -- rdinit=/bin/second'
    files = unpacked(out / 'initrd', tmp_path / 'archive')
    assert set(files) == {'init', 'switchyard.ko', 'parameters', 'next'}
    assert files['init'].read_bytes() == (syctl.root / 'usr/sbin/syctl').read_bytes()
    assert files['switchyard.ko'].read_bytes() == (out / 'switchyard.ko').read_bytes()
    assert files['parameters'].read_text() == 'timeout=30' and files['next'].read_text() == '/bin/first'
    whole, own = (out / 'initrd').read_bytes(), initrd(CLOUD).read_bytes()
    assert whole.endswith(own) and (len(whole) - len(own)) % 4 == 0


def test_make_tells_what_is_wrong(syctl, tmp_path):
    tools = tmp_path / 'bin'
    tools.mkdir()
    (tools / 'make').write_text('#!/bin/sh\necho "this compiler is too old" >&2\nexit 2\n')
    (tools / 'make').chmod(0o755)
    result = syctl(HEADERS, '--kernel', kernel(CLOUD), '--initrd', initrd(CLOUD), '--prepare', tmp_path / 'out',
                   env={**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}', 'TMPDIR': str(tmp_path)})
    assert result.returncode == 1
    assert result.stderr == f"this compiler is too old\nerror: {HEADERS}: the driver can't be built for it; the lines above say why\n"
    assert not (tmp_path / 'out').exists()


def configured(tree, old, new):
    config = tree / '.config'
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))


@pytest.mark.parametrize('option, value, reason', [
    ('MODULES', None, 'without CONFIG_MODULES: it loads no modules, so the driver has to be built into it: with our patch '
                      'series (guest/linux/patches), and CONFIG_SWITCHYARD=y'),
    ('MODULE_SIG_FORCE', 'y', 'with CONFIG_MODULE_SIG_FORCE: it loads signed modules only'),
    ('SUSPEND', None, 'without CONFIG_SUSPEND: the driver suspends the kernel by it'),
    ('BLK_DEV_INITRD', None, 'without CONFIG_BLK_DEV_INITRD: the driver comes to it in an initrd'),
])
def test_kernels_that_take_no_driver(syctl, tree, tmp_path, option, value, reason):
    unset = f'\n# CONFIG_{option} is not set\n'
    if value:
        configured(tree, unset, f'\nCONFIG_{option}={value}\n')
    else:
        configured(tree, f'\nCONFIG_{option}=y\n', unset)
    result = syctl(tree, '--initrd', initrd(CLOUD), '--prepare', tmp_path / 'out')
    assert result.returncode == 1 and result.stderr == f'error: {tree}: its kernel is built {reason}\n'


def test_a_kernel_that_has_the_driver(syctl, tree, tmp_path):
    """It needs no module, no archive before its initrd, and no rdinit=."""
    configured(tree, '\nCONFIG_MODULES=y\n', '\nCONFIG_SWITCHYARD=y\n')
    result = syctl(tree, '--initrd', initrd(CLOUD), '--append', 'quiet rdinit=/x', '--timeout', '5', '--prepare', tmp_path / 'out')
    assert result.returncode == 0, result.stderr
    assert {file.name for file in (tmp_path / 'out').iterdir()} == {'initrd', 'cmdline'}
    assert (tmp_path / 'out/initrd').read_bytes() == initrd(CLOUD).read_bytes()
    assert (tmp_path / 'out/cmdline').read_text() == 'switchyard.timeout=5 quiet rdinit=/x'


def test_a_tree_that_is_not_complete(syctl, tree, tmp_path):
    words = (tree, '--initrd', initrd(CLOUD), '--prepare', tmp_path / 'out')
    (tree / 'Module.symvers').unlink()
    assert syctl(*words).stderr == \
        f'error: {tree}/Module.symvers: No such file or directory; "make modules" makes it\n'
    (tree / '.config').unlink()
    assert syctl(*words).stderr == f'error: {tree}/.config: No such file or directory\n'
    (tree / 'arch/x86/boot/bzImage').write_bytes(b'MZ' + bytes(0x300))
    assert syctl(*words).stderr == f'error: {tree}/arch/x86/boot/bzImage: expected a bzImage of Linux\n'


def test_a_driver_that_is_built(syctl, tmp_path):
    words = ('--kernel', kernel(CLOUD), '--initrd', initrd(CLOUD), '--prepare', tmp_path / 'out', '--driver')
    result = syctl(*words, driver(OLDER_CLOUD))
    if CLOUD != OLDER_CLOUD:
        assert result.stderr == (f'error: {driver(OLDER_CLOUD)}: it is for {release(OLDER_CLOUD)}, and the kernel is '
                                 f'{release(CLOUD)}\n')
    result = syctl(*words, driver(CLOUD))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / 'out/switchyard.ko').read_bytes() == driver(CLOUD).read_bytes()


def test_no_sources(syctl, tmp_path):
    """syctl lies in a folder that has none beside it."""
    alone = tmp_path / 'sbin/syctl'
    alone.parent.mkdir()
    shutil.copy(syctl.root / 'usr/sbin/syctl', alone)
    result = subprocess.run([alone, 'try', HEADERS, '--kernel', kernel(CLOUD), '--initrd', initrd(CLOUD), '--prepare',
                             tmp_path / 'out'], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert re.fullmatch(rf'error: {tmp_path}/src/switchyard-[\d.]+: no sources of the driver; "make install" puts them there, '
                        'and --driver names one that is built\n', result.stderr)
