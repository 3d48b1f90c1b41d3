# SPDX-License-Identifier: GPL-2.0-only
"""An ELF core file of a slot's memory, as a test reads it: by physical addresses, and by the kernel's own."""

import re
import struct
import tarfile

from guest_images import compile_static

PAGE = 4096
PT_LOAD, PT_NOTE = 1, 4
NT_PRSTATUS = 1
RECORD_NOTE = 0x53590002  # SWITCHYARD_NOTE_RECORD
CLASS_32 = 1
EHDR = struct.Struct('<16sHHIQQQIHHHHHH')
PHDR = struct.Struct('<IIQQQQQQ')
EHDR_32 = struct.Struct('<16sHHIIIIIHHHHHH')
PHDR_32 = struct.Struct('<IIIIIIII')
PRSTATUS_32 = 144  # bytes of a note with registers of an i386
LIST_POINTERS = 0x3000  # bytes of a task_struct that may hold the list of all tasks
MOST_TASKS = 4096
DISK_MIB = 256  # holds a core


def tools_disk(folder):
    """QEMU's words for two disks: an archive with map_core, and an empty one, out.img, for what is brought out."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / 'tools.img', 'w') as archive:
        archive.add(compile_static('map_core'), 'map_core')
    with open(folder / 'out.img', 'wb') as disk:
        disk.truncate(DISK_MIB << 20)
    return [word for name in ('tools', 'out')
            for word in ('-drive', f'if=virtio,format=raw,file={folder / name}.img')]


def watch_mapping(guest, path, address):
    """map_core in the guest has mapped that file, and looks at a number there that changes when the slot runs."""
    guest.run(f'/tmp/map_core {path} {address:x} > /tmp/said & until grep -q watching /tmp/said; do sleep 0.1; done', 60)


def check_mapping_is_gone(guest):
    """The slot ran meanwhile: map_core has not seen that."""
    guest.run('wait')
    said = guest.run('cat /tmp/said').splitlines()
    assert re.fullmatch(r'the same \d+ bytes', said[0])
    assert said[1:] == ['watching', 'gone, and read() says Stale file handle']


def symbols_of(guest):
    """{name: address}, as its kernel says."""
    lines = guest.run("grep -wE 'init_task|jiffies_64|_stext' /proc/kallsyms").splitlines()
    return {name: int(address, 16) for address, _, name in (line.split()[:3] for line in lines)}


def driver_of(guest):
    """(first, last) address of its driver's module."""
    size, address = re.search(r'^switchyard (\d+) .* (0x[0-9a-f]+)', guest.run('cat /proc/modules'), re.M).groups()
    return int(address, 16), int(address, 16) + int(size)


def processes_of(guest):
    """Their names."""
    return sorted(re.sub(r'^\d+ \((.*)\) .*', r'\1', line)
                  for line in guest.run('cat /proc/[0-9]*/stat 2>/dev/null').splitlines())


class CoreFile:
    """One that lies at the start of a file, such as the image of a disk."""

    def __init__(self, path):
        self._file = open(path, 'rb')
        self.is_32 = self._read(4, 1)[0] == CLASS_32
        ehdr, phdr = (EHDR_32, PHDR_32) if self.is_32 else (EHDR, PHDR)
        header = ehdr.unpack(self._read(0, ehdr.size))
        self.kind, self.machine, count = header[1], header[2], header[10]
        self.headers = [phdr.unpack(self._read(header[5] + i * phdr.size, phdr.size)) for i in range(count)]
        if self.is_32:  # the flags come later there
            self.headers = [(of[0], of[6], *of[1:6], of[7]) for of in self.headers]
        self.loads = [(offset, address, physical, size)
                      for kind, _, offset, address, physical, size, _, _ in self.headers if kind == PT_LOAD]
        self.size = max(offset + size for offset, _, _, size in self.loads)
        self.notes = list(self._notes())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def _read(self, offset, size):
        self._file.seek(offset)
        return self._file.read(size)

    def _notes(self):
        """(name, type, contents) of each note."""
        (_, _, offset, _, _, size, _, _), = [header for header in self.headers if header[0] == PT_NOTE]
        bytes_ = self._read(offset, size)
        while bytes_:
            name_size, size, kind = struct.unpack_from('<III', bytes_)
            name = bytes_[12:12 + name_size - 1].decode()
            start = 12 + (name_size + 3 & ~3)
            yield name, kind, bytes_[start:start + size]
            bytes_ = bytes_[start + (size + 3 & ~3):]

    def note(self, name):
        """A snapshot has its record in another note of the same name, of another kind."""
        (contents,) = [contents for each, kind, contents in self.notes if each == name and kind != RECORD_NOTE]
        return contents

    def contents(self):
        return self._read(0, self.size)

    def physical(self, address, size):
        for offset, _, physical, length in self.loads:
            if physical <= address and address + size <= physical + length:
                return self._read(offset + address - physical, size)
        raise ValueError(f'no physical address {address:#x} in the file')

    def virtual(self, address, size):
        for offset, start, _, length in self.loads:
            if start <= address and address + size <= start + length:
                return self._read(offset + address - start, size)
        raise ValueError(f'no address {address:#x} in the file')

    def number(self, address):
        return struct.unpack('<Q', self.virtual(address, 8))[0]

    def registers(self):
        """{CPU: {name: value}} of those that gdb would need."""
        found = {}
        for name, kind, contents in self.notes:
            if name == 'CORE' and kind == NT_PRSTATUS and len(contents) == PRSTATUS_32:
                values = struct.unpack_from('<17I', contents, 72)
                found[struct.unpack_from('<I', contents, 24)[0] - 1] = {'rip': values[12], 'rsp': values[15]}
            elif name == 'CORE' and kind == NT_PRSTATUS:
                values = struct.unpack_from('<27Q', contents, 112)
                found[struct.unpack_from('<I', contents, 32)[0] - 1] = {'rip': values[16], 'rsp': values[19]}
        return found

    def _tasks_by(self, init_task, link, comm):
        """The names in the list of tasks, if its pointers lie at link. None: they do not."""
        names, at = [], init_task
        try:
            while len(names) < MOST_TASKS:
                name = self.virtual(at + comm, 16).split(b'\0')[0]
                if not name or not name.isascii():
                    return None
                names.append(name.decode())
                at = self.number(at + link) - link
                if self.number(at + link + 8) == 0:
                    return None
                if at == init_task:
                    return names
        except ValueError:
            return None
        return None

    def tasks(self, init_task):
        """The names of all processes. There is no debug information: the list is the longest circle that begins at
        init_task, whose members have a name at the same place."""
        comm = self.virtual(init_task, LIST_POINTERS).index(b'swapper/0\0')
        found = [self._tasks_by(init_task, link, comm) for link in range(0, comm, 8)]
        return max((names for names in found if names), key=len)
