"""Reading and writing course files as they are: line endings kept, nothing overwritten by accident."""

import tempfile
from pathlib import Path

from near_learn.content.entries import CannotWrite


def text(path: Path) -> str:
    """The text of a file with its line endings as they are. Raises CannotWrite."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise CannotWrite(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise CannotWrite(f"{path} is not UTF-8; save the file again as UTF-8") from error


def create(path: Path, content: str) -> None:
    """Writes a new file, and its folders. Raises CannotWrite, also when there is such a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(content)
    except FileExistsError as error:
        raise CannotWrite(f"{path} is there already, and nothing was changed; choose another name") from error
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written ({error.strerror})") from error


def replace(path: Path, content: str) -> None:
    """Writes a file that is there, whole or not at all. Raises CannotWrite."""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".", delete=False) as file:
            file.write(content.encode())
        Path(file.name).chmod(path.stat().st_mode)
        Path(file.name).replace(path)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written ({error.strerror})") from error
