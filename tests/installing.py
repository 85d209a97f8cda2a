"""Installs a tiny distribution into a folder as pip would lay it there, so that the real discovery finds it."""

import os
import shutil
import tomllib
from pathlib import Path

PLUGIN = Path(__file__).parent / "plugin"


def install(site: Path, project: Path = PLUGIN) -> Path:
    """Install the distribution of a folder with a pyproject.toml; return the folder it is installed in."""
    told = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    (entries,) = ((group, lines) for group, lines in told["entry-points"].items())
    modules = {value.partition(":")[0]: (project / f"{value.partition(':')[0]}.py") for value in entries[1].values()}
    site.mkdir(parents=True, exist_ok=True)
    for module, path in modules.items():
        shutil.copyfile(path, site / f"{module}.py")
    _write_metadata(site, told["name"], told["version"], entries[0], entries[1])
    return site


def write_distribution(site: Path, name: str, source: str, entry: str) -> Path:
    """Install a distribution of one module with this source and one entry point, `NAME = module:Class`."""
    site.mkdir(parents=True, exist_ok=True)
    key, _, value = entry.partition(" = ")
    (site / f"{value.partition(':')[0]}.py").write_text(source)
    _write_metadata(site, name, "0.1", "fanal.techniques", {key: value})
    return site


def _write_metadata(site: Path, name: str, version: str, group: str, entries: dict[str, str]) -> None:
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = "".join(f"{key} = {value}\n" for key, value in entries.items())
    (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")


def with_site(site: Path) -> dict[str, str]:
    """Return an environment in which Python also finds what is installed in the folder."""
    return {**os.environ, "PYTHONPATH": str(site)}
