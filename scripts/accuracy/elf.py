"""Where in an x86-64 ELF module for 3.13t its declaration lies.

This knows nothing of probe/extmod. It looks for what PyModuleDef_HEAD_INIT leaves in
the data of a file, and follows the relocations of the definition's fields to a
Py_mod_gil slot; or for the only call of PyUnstable_Module_SetGIL, and the constant
that is loaded just before it.
"""

import re
import struct

# Of a PyModuleDef of free-threaded builds.
NAME, SLOTS, SIZE = 56, 88, 120

PY_MOD_GIL = 4

# Of a call of SetGIL: "mov esi, 1", and how far before it that may stand, in bytes.
NOT_USED, NEAR = b"\xbe\x01\0\0\0", 24


class File:
    """The parts of an ELF file that the dynamic linker uses."""

    def __init__(self, data):
        if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", data, 18)[0] != 62:
            raise ValueError("no ELF file for x86-64")
        self.data = data
        table, = struct.unpack_from("<Q", data, 32)
        width, count = struct.unpack_from("<HH", data, 54)
        self.loads, self.code, self.dynamic = [], [], {}
        for at in range(table, table + width * count, width):
            kind, flags, offset, address, _, size = struct.unpack_from("<IIQQQQ", data, at)
            if kind == 1:
                self.loads.append((address, offset, size))
                self.code += [(address, offset, size)] if flags & 1 else []
            elif kind == 2:
                for entry in range(offset, offset + size, 16):
                    tag, value = struct.unpack_from("<QQ", data, entry)
                    self.dynamic.setdefault(tag, value)
        self.relocated = dict(self.relocations())

    def offset(self, address):
        """Where an address lies in the file; None if in none of its bytes."""
        for start, offset, size in self.loads:
            if start <= address < start + size:
                return offset + address - start
        return None

    def relocations(self):
        """Addresses, and what the linker writes there, counted from the file's base."""
        rela, size = self.dynamic.get(7), self.dynamic.get(8, 0)
        for i in range(0, size, 24) if rela else ():
            address, info, addend = struct.unpack_from("<QQq", self.data, self.offset(rela) + i)
            kind, symbol = info & 0xFFFFFFFF, info >> 32
            if kind == 8:  # relative
                yield address, addend
            elif kind in (1, 6):  # a symbol's address
                value, = struct.unpack_from("<Q", self.data, self.offset(self.dynamic[6]) + symbol * 24 + 8)
                yield address, value + addend if value else None
            else:
                yield address, None
        relr, size = self.dynamic.get(36), self.dynamic.get(35, 0)
        at = 0
        for i in range(0, size, 8) if relr else ():
            entry, = struct.unpack_from("<Q", self.data, self.offset(relr) + i)
            if entry & 1 == 0:
                yield entry, struct.unpack_from("<Q", self.data, self.offset(entry))[0]
                at = entry + 8
                continue
            for bit in range(63):
                if entry >> bit + 1 & 1:
                    place = at + 8 * bit
                    yield place, struct.unpack_from("<Q", self.data, self.offset(place))[0]
            at += 63 * 8

    def pointers(self, name):
        """Where the linker writes the address of an imported function."""
        for table, length in ((7, 8), (23, 2)):  # DT_RELA, DT_JMPREL
            for i in range(0, self.dynamic.get(length, 0), 24) if table in self.dynamic else ():
                address, info, _ = struct.unpack_from("<QQq", self.data, self.offset(self.dynamic[table]) + i)
                if info & 0xFFFFFFFF in (6, 7):
                    at, = struct.unpack_from("<I", self.data, self.offset(self.dynamic[6]) + (info >> 32) * 24)
                    if self.data.startswith(name + b"\0", self.offset(self.dynamic[5]) + at):
                        yield address

    def jumps(self, opcode, targets):
        """The addresses of what may be instructions with a distance to one of some addresses."""
        for start, offset, size in self.code:
            for found in re.compile(re.escape(opcode)).finditer(self.data, offset, offset + size - len(opcode) - 4):
                distance, = struct.unpack_from("<i", self.data, found.end())
                if start + found.end() + 4 - offset + distance in targets:
                    yield start + found.start() - offset

    def word(self, address):
        """The eight bytes at an address once the file is loaded; None if unknown."""
        if address in self.relocated:
            return self.relocated[address]
        offset = self.offset(address)
        return None if offset is None else struct.unpack_from("<Q", self.data, offset)[0]

    def definitions(self):
        """The addresses of what looks like a PyModuleDef for a free-threaded build."""
        for start, offset, size in self.loads:
            at = offset
            while (at := self.data.find(b"\xff\xff\xff\xff", at, offset + size)) >= 0:
                address = start + at - offset - 12
                at += 4
                if address % 8 == 0 and address >= start and address + SIZE <= start + size and self.is_definition(address):
                    yield address

    def is_definition(self, address):
        zero = all(self.word(address + i) == 0 for i in (0, 16, 24, 32, 40, 48))
        return zero and address + NAME in self.relocated and self.named(self.relocated[address + NAME])

    def named(self, address):
        """Whether an address has what may be a module's name."""
        offset = None if address is None else self.offset(address)
        if offset is None:
            return False
        text = self.data[offset:self.data.find(b"\0", offset, offset + 200)]
        return bool(text) and all(part.isidentifier() for part in text.decode("latin-1").split("."))


def gil_slots(data):
    """The offsets in a file of the values of its Py_mod_gil slots, with the values."""
    file = File(data)
    found = []
    for definition in file.definitions():
        slots = file.word(definition + SLOTS)
        while slots and file.offset(slots) is not None:
            number = file.word(slots)
            if number == 0 or number is None or number > 1000:
                break
            if number == PY_MOD_GIL and slots + 8 not in file.relocated and file.word(slots + 8) in (0, 1):
                found.append((file.offset(slots + 8), file.word(slots + 8)))
            slots += 16
    return found


def gil_calls(data):
    """The offset in a file of the constant of its only call of SetGIL, with the value;
    nothing if it has several or it is not plain."""
    file = File(data)
    pointers = set(file.pointers(b"PyUnstable_Module_SetGIL"))
    if not pointers:
        return []
    stubs = {at - back for at in file.jumps(b"\xff\x25", pointers) for back in (0, 1, 4, 5)}  # bnd, endbr64
    calls = [*file.jumps(b"\xe8", stubs), *file.jumps(b"\xe9", stubs), *file.jumps(b"\xff\x15", pointers)]
    if len(calls) != 1:
        return []
    end = file.offset(calls[0])
    at = data.find(NOT_USED, end - NEAR, end)
    return [(at + 1, 1)] if at >= 0 and data.count(NOT_USED, end - NEAR, end) == 1 else []
