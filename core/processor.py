"""What the processor can do, as far as it matters before numerical libraries load."""

from pathlib import Path

CPU_LIST = Path("/proc/cpuinfo")


def has_fused_avx2(cpu_list: Path = CPU_LIST) -> bool:
    """Whether this is an x86 processor with AVX2 and FMA; False where the system does not say (only Linux does)."""
    try:
        with cpu_list.open(encoding="ascii", errors="replace") as lines:
            flags = next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        return False
    return {"avx2", "fma"} <= set(flags.split())
