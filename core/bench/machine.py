"""What a result was measured on, in the words every file of results has."""

import os
import platform
from typing import Any

import torch


def machine() -> dict[str, Any]:
    """Processor, cores, threads, torch and the load average of the last minute: ask before the work begins."""
    return {
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load_average_before": round(os.getloadavg()[0], 1),
        "processor": platform.processor() or platform.machine(),
        "torch": torch.__version__,
    }
