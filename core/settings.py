"""Settings: everything a person may change without touching code, from environment variables RHOSCOPE_<NAME>.

Read once, frozen, validated. `settings()` is the one way to them. Units stand in the names.
"""

import os
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import SettingsError

_WEB_ADDRESS = r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"


class Settings(BaseSettings):
    """All settings with their defaults; each is RHOSCOPE_ followed by its name in capitals.

    data_dir: cache of calculations and predictions. device: where the torch numerics run; "auto" takes CUDA where
    there is one. threads: of torch and PySCF, 0 leaves their own choice. niceness: of the processes that calculate
    beside the app, on top of its own, and of those that make data; 0: they wait for nobody. scheduler: address of a
    Dask scheduler (tcp://host:port) for calculations and large predictions; empty: they run on this machine. dft_*:
    limits of one DFT job, and of the jobs of one visitor, of one address and of all together (0: no limit).
    prediction_*: of how many atoms on a prediction has a process of its own, and limits of it; kept_predictions_mb:
    of those, kept under data_dir. max_upload_mb, max_atoms: limits of a structure. uploads_in_all_mb: what the files
    of all sessions may take of memory. read_*: of the processes that read what visitors bring: how many at once,
    processor time and address space of each. kept_files_mb: of files that visitors opened, kept under data_dir for
    links to them; 0 keeps none. pdb_url, alphafold_url, pubchem_url: where structures are fetched by id; fetch_*: of
    one request. default_model: name under assets/models, or a path; "auto" takes the one that fits the structure.
    warm_up: whether the app makes the pictures of its examples, and what pages open with, before anybody asks.
    log_level, log_json: of the log on stderr.
    """

    model_config = SettingsConfigDict(env_prefix="RHOSCOPE_", frozen=True, extra="ignore")

    data_dir: Path = Path("~/.cache/rhoscope")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = Field(default=0, ge=0, le=1024)
    niceness: int = Field(default=10, ge=0, le=19)
    scheduler: str = Field(default="", pattern=r"^$|^(tcp|tls|ws|wss|ucx)://\S+$")
    dft_workers: int = Field(default=1, ge=1)
    dft_time_limit_seconds: float = Field(default=3600.0, gt=0)
    dft_memory_gb: float = Field(default=6.0, gt=0)
    dft_jobs_per_visitor: int = Field(default=3, ge=0)
    dft_jobs_per_address: int = Field(default=12, ge=0)
    dft_jobs_in_all: int = Field(default=60, ge=0)
    dft_starts_per_hour: int = Field(default=30, ge=0)
    # Smaller ones take less time than a process takes to start, several times over.
    prediction_apart_from_atoms: int = Field(default=3000, ge=1)
    prediction_time_limit_seconds: float = Field(default=3600.0, gt=0)
    prediction_memory_gb: float = Field(default=8.0, gt=0)
    kept_predictions_mb: float = Field(default=500.0, ge=0)
    max_upload_mb: float = Field(default=50.0, gt=0)
    uploads_in_all_mb: float = Field(default=1000.0, gt=0)
    max_atoms: int = Field(default=20_000, ge=1)
    read_workers: int = Field(default=2, ge=1)
    read_time_limit_seconds: float = Field(default=120.0, ge=1)
    read_memory_gb: float = Field(default=3.0, gt=0)
    kept_files_mb: float = Field(default=200.0, ge=0)
    pdb_url: str = Field(default="https://files.rcsb.org/download", pattern=_WEB_ADDRESS)
    alphafold_url: str = Field(default="https://alphafold.ebi.ac.uk/files", pattern=_WEB_ADDRESS)
    pubchem_url: str = Field(default="https://pubchem.ncbi.nlm.nih.gov/rest/pug", pattern=_WEB_ADDRESS)
    fetch_timeout_seconds: float = Field(default=20.0, gt=0, le=600)
    fetch_retries: int = Field(default=3, ge=0, le=10)
    fetch_backoff_seconds: float = Field(default=0.5, ge=0, le=60)
    default_model: str = Field(default="auto", min_length=1)
    warm_up: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    log_json: bool = False

    @field_validator("data_dir")
    @classmethod
    def _expand_home(cls, path: Path) -> Path:
        return path.expanduser()

    @field_validator("log_level", mode="before")
    @classmethod
    def _capitals(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @property
    def torch_device(self) -> str:
        """ "cpu" or "cuda", with "auto" resolved by asking torch."""
        if self.device != "auto":
            return self.device
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    def apply_threads(self) -> None:
        """Give torch and the libraries that read OMP_NUM_THREADS the number of threads asked for."""
        if self.threads:
            import torch

            os.environ["OMP_NUM_THREADS"] = str(self.threads)
            torch.set_num_threads(self.threads)

    def apply_niceness(self) -> None:
        """Let other processes go first, as far as asked for; one that does so already stays as it is."""
        if (missing := self.niceness - os.nice(0)) > 0:
            os.nice(missing)


@cache
def settings() -> Settings:
    """The settings of this process. Raises SettingsError, naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "RHOSCOPE_" + ".".join(map(str, first["loc"])).upper()
        raise SettingsError(
            f"The setting {name} is not usable: {first['msg']}.", f"Change or unset the environment variable {name}."
        ) from error
