#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The files that the kernel patch series adds to a kernel's tree. They are made of the driver's own, so that nothing is
kept twice.

    series.py            writes all patches in VERSION/ anew: their new files, numbers and diffstats
    series.py --import VERSION TREE BASE
                         takes the patches from the commits behind BASE in the git repository TREE

What a patch changes in the kernel's own files is kept only in the patch."""

import difflib
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DRIVER = HERE.parent
VERSIONS = ('6.1', '6.12')
COVER = '0000-cover-letter.txt'

# For each patch, by the end of its file's name, in the order of the series: the files that it adds, and what they are
# made of. A file that an earlier patch has added is changed.
CORE = ('core.h', 'core_clock.c', 'core_device.c', 'core_gate.c', 'core_gate_call.S', 'core_keys.c',
        'core_main.c', 'core_programs.c', 'core_request.c', 'core_service.c')
HOOKS = ('hooks.h', 'hooks_devices.c', 'hooks_font.c', 'hooks_guard.c', 'hooks_network.c', 'hooks_quick.c',
         'hooks_sleep.c', 'hooks_spared.c', 'hooks_switch.c', 'hooks_timeout.c', 'hooks_watchdog.c')
HANG = ('files.c', 'hang.c', 'stuck.c', 'suspend_once.c', 'sync.c')
PLUG = ('lid.c', 'plug.c', 'plug.h', 'stand_in.c')
STORAGE = ('block.c', 'block.h', 'guard.c', 'media.c', 'place.c', 'storage.c')
MEMORY = ('core_copies.c', 'core_elf.c', 'core_entries.c', 'core_memory.c', 'core_snapshot.c')
NMI = ('nmi.c', 'nmi.h', 'nmi_core.c', 'nmi_told.c')
HEADERS = ('switchyard.h', 'switchyard_check.h', 'switchyard_core.h', 'switchyard_ioctl.h', 'switchyard_names.h')
SHARED = ('format/core_notes.h', 'format/core_registers.h', 'format/unit.h', 'memory/slot_files.h')
TREE = ('Kconfig', 'Makefile', 'ending.c', 'functions.c', 'intree.h', 'main.c', 'memory.c', 'setup.c', 'suspend.c')


def in_driver(names, folder=''):
    return {f'drivers/switchyard/{name}': f'{folder}{name}' for name in names}


ADDED = {
    'switchyard-Declare-where-the-kernel-calls-its-driver': {'include/linux/switchyard.h': 'tree/linux_switchyard.h'},
    'switchyard-Add-the-driver': {**in_driver(CORE + HOOKS + HEADERS + SHARED), **in_driver(HANG, 'hang/'),
                                  **in_driver(MEMORY, 'memory/'), **in_driver(STORAGE, 'storage/'), **in_driver(NMI, 'nmi/'),
                                  **in_driver(PLUG, 'plug/'),
                                  **in_driver(TREE, 'tree/')},
    'switchyard-Test-what-needs-no-monitor': {**in_driver(['switchyard_test.c'], 'tree/'),
                                              **{f'drivers/switchyard/{name}': f'tree/{name} + tree/{name}.test'
                                                 for name in ('Kconfig', 'Makefile')}},
    'Documentation-admin-guide-Describe-Switchyard': {
        'Documentation/admin-guide/switchyard.rst': 'tree/switchyard.rst'},
}

KERNEL_TYPES = {f'uint{bits}_t': f'u{bits}' for bits in (8, 16, 32, 64)} | {f'int{bits}_t': f's{bits}'
                                                                           for bits in (8, 16, 32, 64)}
ELF_TYPES = {'Ehdr': 'hdr', 'Phdr': 'phdr', 'Nhdr': 'note'}
LIST = re.compile(r'#define (\w+)\(X\)\s*\\\n((?:.*\\\n)*.*\n)')
ENTRY = re.compile(r'X\((\w+),\s*(-?\d+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)(?:\s*/\* (.*?) \*/)?')
ENUM = re.compile(r'enum (\w+) \{\s*(\w+)\(SWITCHYARD_ENUMERATOR\)\s*(\w*),?\s*\};')
SWITCH = re.compile(r'\tswitch \((\w+)\) \{\n\t\t(\w+)\(SWITCHYARD_CASE\)\n\t\}\n')


class SeriesError(Exception):
    """What is wrong with the files, for people."""


def entries(text):
    """name -> rows (enumerator, number, word, comment) of each list that C makes enums and switches of."""
    lists = {}
    for name, body in LIST.findall(text):
        body = re.sub(r'\\\n', '\n', body)
        lists[name] = [(each[0], each[1], ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', each[2])), each[3])
                       for each in ENTRY.findall(body)]
        if not lists[name]:
            raise SeriesError(f'{name}: it has no entries of the form X(name, number, "word")')
    return lists


ALL_LISTS = {name: rows for header in HEADERS for name, rows in entries((DRIVER / header).read_text()).items()}


def plain_enum(match):
    """Kernel style has no lists that a macro expands."""
    lines = [f'\t{name} = {number},' + (f' /* {comment} */' if comment else '')
             for name, number, _, comment in ALL_LISTS[match[2]]]
    return '\n'.join([f'enum {match[1]} {{', *lines, *([f'\t{match[3]}'] if match[3] else []), '};'])


def plain_table(match):
    argument, rows = match[1], ALL_LISTS[match[2]]
    sign = '-' if any(number.startswith('-') for _, number, _, _ in rows) else ''
    lines = []
    for name, _, word, _ in rows:
        line = f'\t\t[{sign}{name}] = "{word}",'
        lines += [line] if len(line.expandtabs()) <= 100 else [f'\t\t[{sign}{name}] =', f'\t\t\t"{word}",']
    return '\n'.join(['\tstatic const char * const words[] = {', *lines, '\t};', f'\tint row = {sign}{argument};', '',
                      '\tif (row >= 0 && row < (int)ARRAY_SIZE(words) && words[row])',
                      '\t\treturn words[row];', ''])


def plain_lists(text):
    text = LIST.sub('', text)
    text = ENUM.sub(plain_enum, text)
    text = re.sub(r'(\*/\n)\n(enum )', r'\1\2', text)
    if SWITCH.search(text):
        text = SWITCH.sub(plain_table, text).replace('#include "switchyard', '#include <linux/kernel.h>\n#include "switchyard', 1)
    text = text.replace(': X(name, number, word). A phase', '. A phase')
    text = re.sub(r'/\*(?:(?!\*/)[\s\S])*?switchyard_names\.h: X\((?:(?!\*/)[\s\S])*?\*/\n', '', text)
    text = re.sub(r'#define SWITCHYARD_ENUMERATOR.*\n', '', text)
    text = re.sub(r'#define SWITCHYARD_CASE.*\\\n(?:.*\\\n)*.*\n', '', text)
    return re.sub(r'\n{3,}', '\n\n', text)


def in_kernel(text, version):
    """The text of a driver's file as it stands in a kernel's tree."""
    text = plain_lists(text)
    text = re.sub(r'\b((?:xa_)?for_each_\w+|hlist_for_each_entry|list_for_each_entry\w*) \(', r'\1(', text)
    text = re.sub(r'\b(u?int(?:8|16|32|64)_t)\b', lambda match: KERNEL_TYPES[match[1]], text)
    text = re.sub(r'\bElf(32|64)_(Ehdr|Phdr|Nhdr)\b', lambda match: f'struct elf{match[1]}_{ELF_TYPES[match[2]]}', text)
    text = re.sub(r'\b_Static_assert\(', 'static_assert(', text)
    # The tree has its own headers only, of one version.
    text = re.sub(r'#ifdef __KERNEL__\n((?:#include.*\n)+)#else\n(?:#include.*\n)+#endif\n', r'\1', text)
    text = text.replace('#include "compat.h"\n', '').replace('#include "version.h"\n', '')
    # Neither of the two has hrtimer_setup().
    text = re.sub(r'(\t+)compat_hrtimer_setup\((\w+), (\w+), (\w+), (\w+)\);',
                  r'\1hrtimer_init(\2, \4, \5);\n\1\2->function = \3;', text)
    # Nor has 6.1 vm_flags_mod().
    text = re.sub(r'(\t+)compat_vm_flags_mod\((\w+), ([^,]+), ([^,]+)\);',
                  r'\1\2->vm_flags |= \3;\n\1\2->vm_flags &= ~(\4);' if version == '6.1' else
                  r'\1vm_flags_mod(\2, \3, \4);', text)
    # Only 6.12 has block devices as files.
    new = version != '6.1'
    text = text.replace('compat_alloc_disk()', 'blk_alloc_disk(NULL, NUMA_NO_NODE)' if new else
                        'blk_alloc_disk(NUMA_NO_NODE)')
    text = re.sub(r'compat_bdev_mapping\((\w+)\)', r'\1->bd_mapping' if new else r'\1->bd_inode->i_mapping', text)
    # Nor has 6.1 flags in them.
    text = re.sub(r'compat_bdev_is_read_only\((\w+)\)',
                  r'bdev_test_flag(\1, BD_READ_ONLY)' if new else r'\1->bd_read_only', text)
    text = re.sub(r'compat_bdev_make_read_only\((\w+)\)',
                  r'bdev_set_flag(\1, BD_READ_ONLY)' if new else r'\1->bd_read_only = true', text)
    text = re.sub(r'compat_bdev_make_writable\(([^()]+)\)',
                  r'bdev_clear_flag(\1, BD_READ_ONLY)' if new else r'\1->bd_read_only = false', text)
    text = re.sub(r'#ifdef COMPAT_(?:BDEV_FILE|VIRTQUEUE_INFO)\n\n([\s\S]*?)\n#else\n\n([\s\S]*?)\n#endif\n', r'\1' if new else r'\2', text)
    return text.replace('sysrq_key key', 'int key' if version == '6.1' else 'u8 key')


def new_file(source, version):
    """source: a file, or "FILE + FILE": the second one without its first line, which has its license."""
    first, *more = (DRIVER / name for name in source.split(' + '))
    text = first.read_text() + ''.join(path.read_text().partition('\n')[2] for path in more)
    return in_kernel(text, version) if first.suffix in ('.c', '.h', '.S') else text


def blob(text):
    data = text.encode()
    return hashlib.sha1(b'blob %d\0' % len(data) + data).hexdigest()[:12]


def changed_section(path, before, text):
    """As git writes it."""
    lines = difflib.unified_diff(before.splitlines(keepends=True), text.splitlines(keepends=True),
                                 f'a/{path}', f'b/{path}')
    return f'diff --git a/{path} b/{path}\nindex {blob(before)}..{blob(text)} 100644\n' + ''.join(lines)


def new_file_section(path, text):
    """As git writes it."""
    lines = text.splitlines(keepends=True)
    return (f'diff --git a/{path} b/{path}\nnew file mode 100644\nindex {"0" * 12}..{blob(text)}\n'
            f'--- /dev/null\n+++ b/{path}\n@@ -0,0 +1{"" if len(lines) == 1 else f",{len(lines)}"} @@\n'
            + ''.join(f'+{line}' for line in lines))


def split(patch):
    """(message with its headers, [(path, section)...]) of a patch that git has formatted."""
    message, _, rest = patch.partition('\n---\n')
    sections = re.split(r'^(?=diff --git )', rest, flags=re.MULTILINE)[1:]
    if not sections:
        raise SeriesError('a patch has no change')
    sections[-1] = re.sub(r'\n-- \n[\s\S]*', '\n', sections[-1])
    return message, [(re.match(r'diff --git a/(\S+) ', section)[1], section) for section in sections]


def diffstat(sections):
    return subprocess.run(['git', 'apply', '--stat', '--summary', '-'], input=''.join(sections), capture_output=True,
                          text=True, check=True, cwd='/').stdout


def slug(path):
    return re.sub(r'^\d+-', '', path.stem)


def section_of(name, path, version):
    """What the patch with this name does to a file of which it is said here what it is made of."""
    text = new_file(ADDED[name][path], version)
    for earlier, files in ADDED.items():
        if earlier == name:
            return new_file_section(path, text)
        if path in files:
            return changed_section(path, new_file(files[path], version), text)
    raise SeriesError(f'{name}: no such patch')


def refreshed(path, number, count, version):
    message, sections = split(path.read_text())
    added = ADDED.get(slug(path), {})
    kept = [(name, section) for name, section in sections if name not in added]
    new = [(name, section_of(slug(path), name, version)) for name in added]
    ordered = [section for _, section in sorted(kept + new)]
    message = re.sub(r'^Subject: \[PATCH[^]]*\]', f'Subject: [PATCH {number}/{count}]', message, count=1,
                     flags=re.MULTILINE)
    return f'{message}\n---\n{diffstat(ordered)}\n{"".join(ordered)}'


def series(version):
    """file's name -> text of each patch, as it has to be."""
    patches = sorted((HERE / version).glob('*.patch'))
    return {f'{number:04}-{slug(path)}.patch': refreshed(path, number, len(patches), version)
            for number, path in enumerate(patches, 1)}


def subject(message):
    return re.sub(r'\n ', ' ', re.search(r'^Subject: \[PATCH[^]]*\] ([\s\S]*?)\n\n', message, re.MULTILINE)[1])


def cover_letter(texts):
    """For people: `git am` takes patches only."""
    parts = [split(text) for text in texts.values()]
    author = re.search(r'^From: .*$', parts[0][0], re.MULTILINE)[0]
    subjects = ''.join(f'  {subject(message)}\n' for message, _ in parts)
    return (f'{author}\nSubject: [PATCH 0/{len(parts)}] Kernels that take turns on one machine\n\n'
            f'{(HERE / "cover-letter.txt").read_text()}\n{subjects}')


def write(version):
    texts = series(version)
    texts[COVER] = cover_letter(texts)
    for path in (HERE / version).glob('*.patch'):
        path.unlink()
    for name, text in texts.items():
        (HERE / version / name).write_text(text)


def take(version, tree, base):
    folder = HERE / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run(['git', '-C', tree, 'format-patch', '-q', '--zero-commit', '--no-signature', '--abbrev=12', '-n',
                    '-o', folder, f'{base}..HEAD'], check=True)
    write(version)


def main(arguments):
    if arguments[:1] == ['--import'] and len(arguments) == 4:
        take(*arguments[1:])
    elif not arguments:
        for version in VERSIONS:
            write(version)
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    try:
        main(sys.argv[1:])
    except (SeriesError, subprocess.CalledProcessError) as error:
        sys.exit(f'error: {error}')
