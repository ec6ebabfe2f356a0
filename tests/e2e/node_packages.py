"""Packages of npm that tests use: installed from their lock file, with the same Node.js as the page (tools/page.sh)."""

import os
import subprocess

import programs

PATH = f"{programs.ROOT / 'build/node/bin'}:{os.environ['PATH']}"


def install(folder):
    """The packages of the folder's lock file, unless they are there."""
    stamp, lock = folder / "node_modules/.installed-lock", folder / "package-lock.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, env=os.environ | {"PATH": PATH})
        stamp.write_bytes(lock.read_bytes())
