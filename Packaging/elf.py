"""What a Linux binary asks of the machine it runs on, read from its ELF headers.

Source: System V ABI (ELF-64 object file format) and the Linux Standard Base's symbol versioning chapter. Written here
because `ldd` runs the loader and `objdump` is not on every machine that builds.
"""

import re
import struct
from pathlib import Path

# e_machine values with the name that wheels and tarballs use for them.
ARCHITECTURES = {62: "x86_64", 183: "aarch64"}

PT_LOAD, PT_DYNAMIC = 1, 2
DT_NULL, DT_NEEDED, DT_STRTAB, DT_VERNEED, DT_VERNEEDNUM = 0, 1, 5, 0x6FFFFFFE, 0x6FFFFFFF


class NotSupported(Exception):
    """The file is not a little-endian 64-bit ELF binary of a known architecture with dynamic linking."""


class Binary:
    """A dynamically linked executable: its `architecture`, the libraries it `needed`, its newest `glibc` symbol version."""

    def __init__(self, path):
        self._data = Path(path).read_bytes()
        if self._data[:6] != b"\x7fELF\x02\x01":
            raise NotSupported(f"{path} is not a little-endian 64-bit ELF file")
        machine = struct.unpack_from("<H", self._data, 18)[0]
        if machine not in ARCHITECTURES:
            raise NotSupported(f"{path} is for machine {machine}; known are {ARCHITECTURES}")
        self.architecture = ARCHITECTURES[machine]
        self._segments = self._read_segments()
        self._dynamic = self._read_dynamic(path)
        self._strings = self._offset(self._one(DT_STRTAB))
        self.needed = sorted(self._string(value) for tag, value in self._dynamic if tag == DT_NEEDED)
        self.glibc = self._newest_glibc(path)

    def _read_segments(self):
        """(type, file offset, address, bytes in the file) of every program header."""
        table = struct.unpack_from("<Q", self._data, 32)[0]
        size, count = struct.unpack_from("<HH", self._data, 54)
        segments = []
        for index in range(count):
            kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", self._data, table + index * size)
            segments.append((kind, offset, address, length))
        return segments

    def _read_dynamic(self, path):
        for kind, offset, _, length in self._segments:
            if kind == PT_DYNAMIC:
                pairs = struct.iter_unpack("<qQ", self._data[offset : offset + length])
                entries = []
                for tag, value in pairs:
                    if tag == DT_NULL:
                        break
                    entries.append((tag, value))
                return entries
        raise NotSupported(f"{path} is not dynamically linked")

    def _one(self, wanted, default=None):
        return next((value for tag, value in self._dynamic if tag == wanted), default)

    def _offset(self, address):
        for kind, offset, start, length in self._segments:
            if kind == PT_LOAD and start <= address < start + length:
                return address - start + offset
        raise NotSupported(f"no segment holds the address {address:#x}")

    def _string(self, index):
        start = self._strings + index
        return self._data[start : self._data.index(b"\0", start)].decode()

    def _version_names(self):
        """Every symbol version that is asked of any library, such as GLIBC_2.34."""
        entry = self._one(DT_VERNEED)
        if entry is None:
            return
        entry = self._offset(entry)
        for _ in range(self._one(DT_VERNEEDNUM, 0)):
            _, count, _, first, following = struct.unpack_from("<HHIII", self._data, entry)
            auxiliary = entry + first
            for _ in range(count):
                _, _, _, name, step = struct.unpack_from("<IHHII", self._data, auxiliary)
                yield self._string(name)
                auxiliary += step
            entry += following

    def _newest_glibc(self, path):
        versions = []
        for name in self._version_names():
            match = re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", name)
            if match:
                versions.append((int(match[1]), int(match[2])))
            elif name == "GLIBC_ABI_DT_RELR":  # packed relative relocations: loaders older than 2.36 refuse them
                versions.append((2, 36))
        if not versions:
            raise NotSupported(f"{path} asks for no glibc symbol version")
        return max(versions)
