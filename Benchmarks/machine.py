"""What the machine is, as far as it matters to a measurement."""

import os
import platform
import re


def describe():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = file.read()
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(re.search(r"MemTotal:\s+(\d+)", file.read()).group(1)) / 1e6
    model = re.search(r"model name\s*:\s*(.*)", cpu)
    name = model.group(1).strip() if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {memory:.0f} GB of memory, Linux {platform.machine()}"


def load():
    return os.getloadavg()[0]
