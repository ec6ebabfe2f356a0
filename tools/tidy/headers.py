"""Each header compiles alone: who includes it needs to know nothing else.

A header that some .cpp includes before anything else is compiled alone by the build already; only the others are compiled
here, which keeps this rule quick.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from source import Finding

FIRST_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)', re.M)


def check_headers(root, files):
    first = {include[1] for file in files if file.suffix == ".cpp" and (include := FIRST_INCLUDE.search(file.text))}
    headers = [file.path for file in files
               if file.suffix == ".hpp" and not any(file.path.endswith("/" + name) for name in first)]
    compiler = shutil.which("g++")
    if not compiler:
        return [Finding("tools/tidy", 1, "g++ is missing")]
    if shutil.which("ccache"):
        compiler = "ccache"
    flags = ["-std=c++20", "-Wall", "-Wextra", f"-I{root}/src", f"-I{root}/tests", f"-I{root}/apps", f"-I{root}",
             "-DATALAYA_VERSION=\"0\""]
    flags += [f"-I{folder}" for folder in sorted(pathlib.Path(root).glob("build/dev/generated/*"))]
    flags += subprocess.run(["pkg-config", "--cflags", "libpq", "libsodium"],
                            capture_output=True, text=True).stdout.split()

    with tempfile.TemporaryDirectory() as scratch:
        def compile_alone(job):
            number, header = job
            unit = pathlib.Path(scratch, f"{number}.cpp")
            unit.write_text(f'#include "{root}/{header}"\n')
            command = [compiler, "g++"] if compiler == "ccache" else [compiler]
            answer = subprocess.run([*command, *flags, "-c", "-O0", str(unit), "-o", f"{scratch}/{number}.o"],
                                    capture_output=True, text=True)
            if answer.returncode == 0:
                return None
            first = next((line for line in answer.stderr.splitlines() if "error:" in line), "does not compile")
            return Finding(header, 1, f"does not compile alone: {first.partition('error:')[2].strip()}")

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            return [finding for finding in pool.map(compile_alone, enumerate(headers)) if finding]
