# SPDX-License-Identifier: GPL-2.0-only
"""guest/linux/patches/check.sh (make patches-check), with a tree that compiles at once: each fault of a series is one
line that names the patch."""

import re
import subprocess

import pytest

from paths import ROOT

MAKEFILE = '''\
allnoconfig:
\tcp $(KCONFIG_ALLCONFIG) $(O)/.config
%/: FORCE
\t$(CC) -Werror -Wall -fsyntax-only $$(sed -n 's/^\\(CONFIG_[A-Z]*\\)=y/-D\\1/p' $(O)/.config) $(wildcard $@*.c)
FORCE:
'''
CHECKPATCH = '#!/bin/sh\n! grep "badly written" "$4"\n'
MESSAGE = 'From: Somebody <somebody@localhost>\nDate: Thu, 26 Nov 2026 12:00:00 +0000\nSubject: [PATCH] {}\n\n---\n'
FIRST = MESSAGE.format('folder: Add a value') + '''\
diff --git a/folder/file.c b/folder/file.c
--- a/folder/file.c
+++ b/folder/file.c
@@ -1 +1,2 @@
 int old;
+int value;
'''
SECOND = MESSAGE.format('folder: Use the value') + '''\
diff --git a/folder/new.c b/folder/new.c
new file mode 100644
--- /dev/null
+++ b/folder/new.c
@@ -0,0 +1,2 @@
+extern int value;
+int copy(void) { return value; }
'''


@pytest.fixture
def check(tmp_path):
    """Runs check.sh, and returns what it prints."""
    source = tmp_path / 'linux-source'
    for name, text in {'Makefile': MAKEFILE, 'scripts/checkpatch.pl': CHECKPATCH, 'folder/file.c': 'int old;\n'}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    (source / 'scripts/checkpatch.pl').chmod(0o755)
    subprocess.run(['tar', '-cJf', 'source.tar.xz', 'linux-source'], cwd=tmp_path, check=True, timeout=30)
    (tmp_path / 'fragment').write_text('CONFIG_SWITCHYARD=y\nCONFIG_SUSPEND=y\nCONFIG_SMP=y\n')
    (tmp_path / 'patches').mkdir()

    def run(*patches):
        for number, patch in enumerate(patches, 1):
            (tmp_path / f'patches/{number:04}.patch').write_text(patch)
        return subprocess.run([ROOT / 'guest/linux/patches/check.sh', 'source.tar.xz', 'patches', 'gcc', 'fragment',
                               tmp_path / 'tree'], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    return run


def test_a_good_series(check):
    for _ in range(2):
        result = check(FIRST, SECOND)
        assert result.returncode == 0, result.stderr
        assert [line.split(': ')[1] for line in result.stdout.splitlines()] == [
            'unpacking', '0001.patch', '0002.patch', 'without CONFIG_SWITCHYARD', 'without CONFIG_SUSPEND',
            'without CONFIG_SUSPEND HIBERNATION', 'without CONFIG_SMP']


@pytest.mark.parametrize('patches, error', [
    ((SECOND.replace('+extern int value;', '+'), FIRST), r'source does not compile: 0001\.patch'),
    ((FIRST, SECOND.replace('return value', 'int unused; return value')), r'source does not compile: 0002\.patch'),
    ((FIRST, SECOND.replace('return', '/* badly written */ return')), r'checkpatch: \+int copy.* badly written .*'),
    ((FIRST, FIRST.replace('old', 'other')), r'git am does not take \S+/0002\.patch: .*'),
    ((FIRST, SECOND.replace('int copy', '#ifndef CONFIG_SUSPEND\n+#error\n+#endif\n+int copy').replace('+1,2', '+1,5')),
     'source does not compile: without CONFIG_SUSPEND'),
])
def test_what_is_wrong_is_named(check, patches, error):
    result = check(*patches)
    assert result.returncode == 1
    assert re.search(rf'^error: {error}$', result.stderr, re.MULTILINE), result.stderr


def test_a_source_that_is_missing(check, tmp_path):
    (tmp_path / 'source.tar.xz').unlink()
    result = check(FIRST)
    assert result.returncode == 1 and result.stderr == 'error: missing: source.tar.xz\n'
