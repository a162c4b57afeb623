"""The wheel and the tarball, made around the running Python's own binary or a hand-made ELF file."""

import base64
import csv
import email
import hashlib
import io
import stat
import struct
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "Packaging"))
import build_tarball  # noqa: E402
import build_wheel  # noqa: E402
import elf  # noqa: E402


def elf_binary(machine=62, needed=("libm.so.6", "libc.so.6"), versions=("GLIBC_2.4", "GLIBC_2.34", "GLIBC_2.17")):
    """The smallest ELF file with a dynamic section that asks for these libraries and symbol versions of the last one."""
    strings = b"\0"
    offsets = {}
    for text in (*needed, *versions):
        offsets[text] = len(strings)
        strings += text.encode() + b"\0"
    base, headers = 0x400000, 64 + 2 * 56
    dynamic_size = 16 * (len(needed) + 4)
    strings_at = headers + dynamic_size
    need_at = strings_at + len(strings)
    need = struct.pack("<HHIII", 1, len(versions), offsets[needed[-1]], 16, 0)
    for index, version in enumerate(versions):
        need += struct.pack("<IHHII", 0, 0, 0, offsets[version], 16 if index + 1 < len(versions) else 0)
    dynamic = b"".join(struct.pack("<qQ", 1, offsets[name]) for name in needed)
    dynamic += struct.pack("<qQ", 5, base + strings_at) + struct.pack("<qQ", 0x6FFFFFFE, base + need_at)
    dynamic += struct.pack("<qQ", 0x6FFFFFFF, 1) + struct.pack("<qQ", 0, 0)
    size = need_at + len(need)
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 4096)
    section = struct.pack("<IIQQQQQQ", 2, 4, headers, base + headers, 0, dynamic_size, dynamic_size, 8)
    return header + load + section + dynamic + strings + need


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.root = self.folder / "root"
        self.root.mkdir()
        (self.root / "VERSION").write_text("1.2.3\n")
        (self.root / "README.md").write_text("# Tallystick\n\nIs it better? Ja — café.\n")
        (self.root / "LICENSE").write_text("Apache License\n")

    def binary(self, **options):
        path = self.folder / "tally-binary"
        path.write_bytes(elf_binary(**options))
        return path


class ELFTests(Package):
    def test_reads_what_a_binary_needs(self):
        binary = elf.Binary(self.binary())
        self.assertEqual(binary.architecture, "x86_64")
        self.assertEqual(binary.needed, ["libc.so.6", "libm.so.6"])
        self.assertEqual(binary.glibc, (2, 34))

    def test_versions_are_numbers_not_text(self):
        self.assertEqual(elf.Binary(self.binary(versions=("GLIBC_2.9", "GLIBC_2.28", "GLIBC_2.3.4"))).glibc, (2, 28))

    def test_packed_relocations_ask_for_236(self):
        self.assertEqual(elf.Binary(self.binary(versions=("GLIBC_2.17", "GLIBC_ABI_DT_RELR"))).glibc, (2, 36))

    def test_refuses_what_it_does_not_know(self):
        path = self.folder / "script"
        path.write_text("#!/bin/sh\n")
        with self.assertRaises(elf.NotSupported):
            elf.Binary(path)
        with self.assertRaises(elf.NotSupported):
            elf.Binary(self.binary(machine=40))

    @unittest.skipUnless(Path("/bin/sh").read_bytes()[:6] == b"\x7fELF\x02\x01", "/bin/sh is not a 64-bit ELF file")
    def test_reads_a_real_binary(self):
        binary = elf.Binary("/bin/sh")
        self.assertTrue(any(name.startswith("libc.") for name in binary.needed), binary.needed)


class WheelTests(Package):
    def build(self, folder="dist", **options):
        return build_wheel.build(self.binary(**options), self.folder / folder, self.root)

    def test_the_name_says_what_the_binary_asks_for(self):
        self.assertEqual(self.build().name, "tallystick-1.2.3-py3-none-manylinux_2_34_x86_64.whl")
        self.assertEqual(self.build(machine=183).name, "tallystick-1.2.3-py3-none-manylinux_2_34_aarch64.whl")

    def test_a_binary_that_needs_more_than_a_plain_system_is_refused(self):
        with self.assertRaisesRegex(ValueError, "libzstd.so.1"):
            self.build(needed=("libzstd.so.1", "libc.so.6"))

    def test_the_record_matches_every_entry(self):
        with zipfile.ZipFile(self.build()) as archive:
            names = archive.namelist()
            record = archive.read("tallystick-1.2.3.dist-info/RECORD").decode()
            rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(record))}
            self.assertEqual(set(rows), set(names))
            self.assertEqual(len(rows), 5)
            for name in names:
                if name.endswith("/RECORD"):
                    self.assertEqual(rows[name], ("", ""))
                    continue
                data = archive.read(name)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
                self.assertEqual(rows[name], (f"sha256={digest}", str(len(data))))

    def test_the_binary_is_executable_and_whole(self):
        with zipfile.ZipFile(self.build()) as archive:
            entry = archive.getinfo("tallystick-1.2.3.data/scripts/tally")
            self.assertEqual(stat.S_IMODE(entry.external_attr >> 16), 0o755)
            self.assertEqual(archive.read(entry), elf_binary())

    def test_the_metadata_is_what_installers_read(self):
        with zipfile.ZipFile(self.build()) as archive:
            message = email.message_from_bytes(archive.read("tallystick-1.2.3.dist-info/METADATA"))
            wheel = email.message_from_bytes(archive.read("tallystick-1.2.3.dist-info/WHEEL"))
        self.assertEqual((message["Name"], message["Version"]), ("tallystick", "1.2.3"))
        self.assertEqual(message["License-Expression"], "Apache-2.0")
        self.assertIn("Ja — café.", message.get_payload(decode=True).decode())
        self.assertEqual(wheel["Tag"], "py3-none-manylinux_2_34_x86_64")
        self.assertEqual(wheel["Root-Is-Purelib"], "false")

    def test_equal_inputs_give_equal_bytes(self):
        self.assertEqual(self.build("one").read_bytes(), self.build("two").read_bytes())


class TarballTests(Package):
    def build(self, folder="dist"):
        return build_tarball.build(self.binary(), self.folder / folder, self.root)

    def test_contents(self):
        tarball = self.build()
        self.assertEqual(tarball.name, "tally-1.2.3-linux-x86_64.tar.gz")
        with tarfile.open(tarball) as archive:
            modes = {member.name: member.mode for member in archive}
            binary = archive.extractfile("tally-1.2.3-linux-x86_64/tally").read()
        self.assertEqual(
            modes,
            {
                "tally-1.2.3-linux-x86_64/tally": 0o755,
                "tally-1.2.3-linux-x86_64/LICENSE": 0o644,
                "tally-1.2.3-linux-x86_64/README.md": 0o644,
            },
        )
        self.assertEqual(binary, elf_binary())

    def test_equal_inputs_give_equal_bytes(self):
        self.assertEqual(self.build("one").read_bytes(), self.build("two").read_bytes())


if __name__ == "__main__":
    unittest.main()
