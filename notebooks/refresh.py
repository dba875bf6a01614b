"""Run the notebooks anew and keep their outputs: ``python notebooks/refresh.py``.

The beginning of a name, as in ``python notebooks/refresh.py 03``, runs that one only. Outputs are
stored without anything that differs from run to run, such as times and addresses in memory, so
that a change in git is a change of what the notebooks say.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


class KernelOfThisPython(AsyncKernelManager):
    """Starts kernels of the running interpreter, whatever kernels are registered."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """What is started."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def executed(path: Path, folder: Path, timeout: int = 600) -> nbformat.NotebookNode:
    """Return a notebook, run from its first cell to its last.

    Parameters
    ----------
    path : Path
    folder : Path
        In which its code works.
    timeout : int
        Seconds that a cell may take.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        kernel_manager_class=KernelOfThisPython,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
    )
    return client.execute()


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook without what differs from run to run."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/plain" in data:
                data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", data["text/plain"])
    return notebook


def chosen(names: list[str]) -> list[Path]:
    """Return the notebooks whose names begin as one of `names`; all without any."""
    notebooks = sorted(FOLDER.glob("*.ipynb"))
    for name in names:
        if not any(path.name.startswith(name) for path in notebooks):
            known = ", ".join(path.stem for path in notebooks)
            raise SystemExit(f"no notebook {name!r}; allowed: {known}")
    return [path for path in notebooks if not names or path.name.startswith(tuple(names))]


def main(names: list[str]) -> None:
    """Refresh notebooks of this folder."""
    for path in chosen(names):
        with tempfile.TemporaryDirectory() as folder:
            notebook = tidy(executed(path, Path(folder)))
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
