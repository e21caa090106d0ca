"""Typed errors. Each carries what went wrong and a remedy; pages show both, logs have the trace."""


class RhoscopeError(Exception):
    """Base of every error a person may meet.

    `message` says what is wrong, `remedy` what to do about it; `str()` joins both.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class StructureError(RhoscopeError):
    """A file or string that does not give a usable structure.

    The remedy is in nobody's terms; what those of fields and options need is beside it. without: names of the residues
    without which it would not have come to this. smiles: of those whose SMILES would do as well.

    Whoever reads the file sets the rest. refused: the `core.chem.subject.Refused` of a file that may be prepared
    otherwise. chains: of the file, where it could be read so far, to choose from.
    """

    refused: object | None = None
    chains: tuple[str, ...] = ()

    def __init__(self, message: str, remedy: str, without: tuple[str, ...] = (), smiles: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.without = without
        self.smiles = smiles


class UnsupportedElementError(StructureError):
    """An element that the basis, or the model, does not know."""


class ChargeError(StructureError):
    """Charge and elements that leave no closed-shell electron count."""


class PreparationError(StructureError):
    """A structure that cannot be prepared with the options given, or options that make no sense."""


class FetchError(RhoscopeError):
    """A structure that could not be fetched by its id."""


class LessonError(RhoscopeError):
    """Something that the workshop does not have."""


class ReaderError(RhoscopeError):
    """A file, or a SMILES, whose reading in a process of its own gave nothing."""


class ReaderTimeError(ReaderError):
    """It took too long and was stopped."""


class ReaderMemoryError(ReaderError):
    """It needed too much memory and was stopped."""


class ReaderCrashError(ReaderError):
    """The process that read it broke down."""


class ReaderBusyError(ReaderError):
    """All processes that may read were at work for others."""


class TooManyJobsError(RhoscopeError):
    """A visitor, or all of them together, asked for more calculations than are allowed."""


class BasisError(RhoscopeError):
    """An auxiliary basis that is missing, malformed, or does not match the coefficients."""


class ModelError(RhoscopeError):
    """A model file that is missing, damaged, or of another version."""


class PredictionError(RhoscopeError):
    """A prediction that was begun and came to no end."""


class CalculationError(RhoscopeError):
    """A DFT calculation that could not be done."""


class ConvergenceError(CalculationError):
    """A self-consistent field that did not converge."""


class CancelledError(RhoscopeError):
    """A job that the person stopped."""


class ResultError(RhoscopeError):
    """A result of another program that cannot be read, or not be compared."""


class DataError(RhoscopeError):
    """A record or shard that cannot be read or written."""


class SettingsError(RhoscopeError):
    """An environment variable RHOSCOPE_... that does not make sense."""


class UsageError(RhoscopeError):
    """A command line that cannot be understood."""
