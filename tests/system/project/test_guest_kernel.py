# SPDX-License-Identifier: GPL-2.0-only
"""images/guest-kernel/build.sh, with an archive that builds at once: a kernel is built once for what it depends on."""

import shutil
import subprocess

import pytest

from paths import ROOT

MAKEFILE = '''\
bzImage:
\tmkdir -p arch/x86/boot && cp .config arch/x86/boot/bzImage
\ttouch driver.c driver.o scripts/keep.c
modules:
kernelrelease:
\t@echo 6.1.0
'''
PATCH = '''\
--- a/Makefile
+++ b/Makefile
@@ -4,3 +4,3 @@
 modules:
 kernelrelease:
-\t@echo 6.1.0
+\t@echo 6.1.0-guest
'''
MERGE = '#!/bin/sh\ncp "$2" .config\n'


@pytest.fixture
def build(tmp_path):
    """Runs build.sh, and returns what it prints."""
    tree = tmp_path / 'linux-source/scripts/kconfig'
    tree.mkdir(parents=True)
    (tree / 'merge_config.sh').write_text(MERGE)
    (tree / 'merge_config.sh').chmod(0o755)
    (tmp_path / 'linux-source/Makefile').write_text(MAKEFILE)
    subprocess.run(['tar', '-cJf', 'source.tar.xz', 'linux-source'], cwd=tmp_path, check=True, timeout=30)
    shutil.copytree(ROOT / 'images/guest-kernel', tmp_path / 'guest-kernel')

    (tmp_path / 'patches').mkdir()
    (tmp_path / 'patches/0001-release.patch').write_text(PATCH)

    def run(source='source.tar.xz', patches='patches'):
        return subprocess.run(['guest-kernel/build.sh', source, patches, 'gcc', tmp_path / 'cache', 'output'],
                              cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    return run


def test_a_kernel_is_built_once(build, tmp_path):
    first = build()
    assert first.returncode == 0 and 'KERNEL' in first.stdout, first.stderr
    output = tmp_path / 'output'
    assert 'CONFIG_KEXEC_JUMP=y' in (output / 'vmlinuz').read_text()
    assert (output / 'version').read_text() == '6.1.0-guest\n' and (output / 'compiler').read_text() == 'gcc\n'
    # Modules need what is left of the tree.
    assert (output / 'headers/scripts/keep.c').exists() and not (output / 'headers/driver.c').exists()
    shutil.rmtree(output)
    second = build()
    assert second.returncode == 0 and second.stdout == '' and (output / 'vmlinuz').exists()


def test_another_configuration_is_another_kernel(build, tmp_path):
    build()
    with open(tmp_path / 'guest-kernel/fragment.config', 'a', encoding='utf-8') as fragment:
        fragment.write('CONFIG_OTHER=y\n')
    assert 'KERNEL' in build().stdout
    assert 'CONFIG_OTHER=y' in (tmp_path / 'output/vmlinuz').read_text()
    assert len(list((tmp_path / 'cache').iterdir())) == 2


def test_another_patch_is_another_kernel(build, tmp_path):
    build()
    (tmp_path / 'patches/0001-release.patch').write_text(PATCH.replace('-guest', '-other'))
    assert 'KERNEL' in build().stdout
    assert (tmp_path / 'output/version').read_text() == '6.1.0-other\n'


def test_a_patch_that_does_not_apply(build, tmp_path):
    (tmp_path / 'patches/0001-release.patch').write_text(PATCH.replace('modules:', 'others:'))
    assert build().returncode != 0
    assert not (tmp_path / 'output').exists()


def test_a_source_that_is_missing(build):
    result = build('/nowhere.tar.xz')
    assert result.returncode == 1 and result.stderr == 'error: missing: /nowhere.tar.xz\n'


def test_a_build_that_fails_is_not_kept(build, tmp_path):
    broken = MAKEFILE.replace('cp .config', 'false && cp .config')
    (tmp_path / 'linux-source/Makefile').write_text(broken)
    subprocess.run(['tar', '-cJf', 'broken.tar.xz', 'linux-source'], cwd=tmp_path, check=True, timeout=30)
    for _ in range(2):
        result = build('broken.tar.xz')
        assert result.returncode != 0 and 'KERNEL' in result.stdout
    assert not (tmp_path / 'output').exists()
