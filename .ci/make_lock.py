"""Write requirements.lock: what pip installs today for all extras, version and hash of each."""

import json
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"


def main() -> None:
    """Ask pip what it would install, and write it down."""
    ask = ["install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-", ".[all]"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *ask]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    # what a proxy of the index has to say comes before the report
    report = json.loads(said[said.index("{") :])
    lines = [
        f"# For Python {'.'.join(platform.python_version_tuple()[:2])} on "
        f"{platform.system()} {platform.machine()}; written by .ci/make_lock.py",
    ]
    for one in sorted(report["install"], key=lambda one: one["metadata"]["name"].lower()):
        name, version = one["metadata"]["name"], one["metadata"]["version"]
        if name != "smpsim":
            found = one["download_info"]["archive_info"]["hashes"]["sha256"]
            lines += [f"{name}=={version} \\", f"    --hash=sha256:{found}"]
    LOCK.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
