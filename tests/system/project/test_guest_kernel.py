# SPDX-License-Identifier: GPL-2.0-only
"""images/guest-kernel/build.sh, with an archive that builds at once: a kernel is built once for what it depends on."""

import re
import shutil
import subprocess

import pytest

from paths import ROOT

MAKEFILE = '''\
bzImage: arch/x86/boot/bzImage
arch/x86/boot/bzImage: .config driver.c kept.c
\tmkdir -p arch/x86/boot && cat .config driver.c > $@
\t@for file in $?; do echo "  CC      $$file" >> compiled; done
\t@for i in $$(seq 200); do echo "  CC      $$i.o"; done
kernelrelease:
\t@echo 6.1.0
'''
PATCH = '''\
--- a/Makefile
+++ b/Makefile
@@ -5,2 +5,2 @@
 kernelrelease:
-\t@echo 6.1.0
+\t@echo 6.1.0-guest
--- a/driver.c
+++ b/driver.c
@@ -1 +1 @@
-int driver;
+int patched;
--- /dev/null
+++ b/added/new.c
@@ -0,0 +1 @@
+int added;
'''
MERGE = '''\
#!/bin/sh
cmp -s "$2" .config || cp "$2" .config
sed -n 's/^CONFIG_NOT_HERE=y/Value requested for CONFIG_NOT_HERE not in final .config/p' "$2"
'''


@pytest.fixture
def build(tmp_path):
    """Runs build.sh, and returns what it prints."""
    tree = tmp_path / 'linux-source/scripts/kconfig'
    tree.mkdir(parents=True)
    (tree / 'merge_config.sh').write_text(MERGE)
    (tree / 'merge_config.sh').chmod(0o755)
    (tmp_path / 'linux-source/Makefile').write_text(MAKEFILE)
    (tmp_path / 'linux-source/driver.c').write_text('int driver;\n')
    (tmp_path / 'linux-source/kept.c').write_text('int kept;\n')
    subprocess.run(['tar', '-cJf', 'source.tar.xz', 'linux-source'], cwd=tmp_path, check=True, timeout=30)
    shutil.copytree(ROOT / 'images/guest-kernel', tmp_path / 'guest-kernel')

    (tmp_path / 'patches').mkdir()
    (tmp_path / 'patches/0001-release.patch').write_text(PATCH)

    def run(source='source.tar.xz', output='output'):
        return subprocess.run(['guest-kernel/build.sh', source, 'patches', 'gcc', tmp_path / 'cache', output],
                              cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    return run


def compiled(tmp_path):
    """The files that were compiled since the last call."""
    said = tmp_path / 'cache/source/compiled'
    names = re.findall(r'CC +(\S+)', said.read_text())
    said.unlink()
    return names


def test_a_kernel_is_built_once(build, tmp_path):
    first = build()
    assert first.returncode == 0, first.stderr
    assert [line.split(': ')[1].split()[0] for line in first.stdout.splitlines()] == [
        'unpacking', 'applying', 'compiling', '200', 'built']
    output = tmp_path / 'output'
    assert 'CONFIG_KEXEC_JUMP=y' in (output / 'vmlinuz').read_text() == (output / 'config').read_text() + 'int patched;\n'
    assert (output / 'version').read_text() == '6.1.0-guest\n'
    assert (tmp_path / 'cache/source/added/new.c').exists()
    shutil.rmtree(output)
    second = build()
    assert second.returncode == 0 and second.stdout == '' and (output / 'vmlinuz').exists()


def test_the_cache_is_asked_without_building(build, tmp_path):
    assert build(output='-').returncode == 1 and not (tmp_path / 'cache').exists()
    build()
    assert build(output='-').returncode == 0


def test_another_configuration_is_another_kernel(build, tmp_path):
    build()
    compiled(tmp_path)
    with open(tmp_path / 'guest-kernel/fragment.config', 'a', encoding='utf-8') as fragment:
        fragment.write('CONFIG_OTHER=y\n')
    assert 'compiling' in build().stdout
    assert compiled(tmp_path) == ['.config']
    assert 'CONFIG_OTHER=y' in (tmp_path / 'output/vmlinuz').read_text()


def test_after_another_patch_only_what_it_changes_is_compiled(build, tmp_path):
    build()
    compiled(tmp_path)
    patch = tmp_path / 'patches/0001-release.patch'
    patch.write_text(PATCH.replace('patched', 'changed').replace('added/new.c', 'added/other.c'))
    build()
    assert compiled(tmp_path) == ['driver.c']
    assert 'int changed;' in (tmp_path / 'output/vmlinuz').read_text()
    assert [path.name for path in (tmp_path / 'cache/source/added').iterdir()] == ['other.c']
    # A file that no patch changes any more is as it was.
    patch.write_text('--- a/kept.c\n+++ b/kept.c\n@@ -1 +1 @@\n-int kept;\n+int other;\n')
    build()
    assert sorted(compiled(tmp_path)) == ['driver.c', 'kept.c']
    assert 'int driver;' in (tmp_path / 'output/vmlinuz').read_text()
    assert (tmp_path / 'output/version').read_text() == '6.1.0\n'


def test_a_patch_that_does_not_apply(build, tmp_path):
    (tmp_path / 'patches/0001-release.patch').write_text(PATCH.replace('int driver', 'int other'))
    result = build()
    assert result.returncode == 1
    assert re.fullmatch(r'error: \S+/0001-release.patch does not apply to source: .*\n', result.stderr)
    assert not (tmp_path / 'output').exists()


def test_a_series_without_patches(build, tmp_path):
    (tmp_path / 'patches/0001-release.patch').unlink()
    result = build()
    assert result.returncode == 1 and re.fullmatch(r'error: missing: \S+/\*.patch\n', result.stderr)


def test_a_source_that_is_missing(build):
    result = build('/nowhere.tar.xz')
    assert result.returncode == 1 and result.stderr == 'error: missing: /nowhere.tar.xz\n'


@pytest.mark.parametrize('known', [False, True])
def test_an_option_that_is_not_taken(build, tmp_path, known):
    (tmp_path / 'linux-source/Kconfig').write_text(f'config {"NOT_HERE" if known else "OTHER"}\n')
    subprocess.run(['tar', '-cJf', 'source.tar.xz', 'linux-source'], cwd=tmp_path, check=True, timeout=30)
    with open(tmp_path / 'guest-kernel/fragment.config', 'a', encoding='utf-8') as fragment:
        fragment.write('CONFIG_NOT_HERE=y\n')
    result = build()
    assert result.returncode == known
    if known:
        assert re.fullmatch(r'error: source does not take CONFIG_NOT_HERE in \S+\n', result.stderr)
    else:
        assert 'it does not know CONFIG_NOT_HERE' in result.stdout


def test_a_build_that_fails_is_not_kept(build, tmp_path):
    broken = MAKEFILE.replace('cat .config', 'false && cat .config')
    (tmp_path / 'linux-source/Makefile').write_text(broken)
    subprocess.run(['tar', '-cJf', 'broken.tar.xz', 'linux-source'], cwd=tmp_path, check=True, timeout=30)
    for _ in range(2):
        result = build('broken.tar.xz')
        assert result.returncode == 1 and 'compiling' in result.stdout
        assert result.stderr.endswith('error: broken does not compile\n')
    assert not (tmp_path / 'output').exists()
