"""Every number we claim, side by side with its peers, in one run: `python -m benchmarks`.

    python -m benchmarks [--sizes 1 10] [--only hamming pdq] [--minutes 10]

Each question is a file beside this one and runs in a process of its own; its result and the machine's description are
kept together as JSON in `results/`. A question that does not end in time, or fails, is named as such.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))

from measure import INTO, keep, print_table  # noqa: E402

QUESTIONS = ("start", "cluster", "hamming", "findable", "pdq", "jpeg_cost", "films", "camera_films", "wall", "intake")


def ask(question: str, arguments: list[str], seconds: float) -> dict[str, Any]:
    """Run one question and return its result, or why there is none."""
    print(f"\n## {question}", flush=True)
    command = [sys.executable, str(FOLDER / f"{question}.py"), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "result.json"
        try:
            subprocess.run(command, env={**os.environ, INTO: str(into)}, timeout=max(1.0, seconds), check=True)
        except subprocess.TimeoutExpired:
            return {"question": question, "failed": f"not done after {seconds:.0f} s"}
        except subprocess.CalledProcessError as fault:
            return {"question": question, "failed": f"ended with {fault.returncode}"}
        result: dict[str, Any] = json.loads(into.read_text()) if into.exists() else {"failed": "kept nothing"}
        return {"question": question, **result}


def lines_of(result: dict[str, Any]) -> list[list[object]]:
    """Return a line of the table for each of a question's rows and peers."""
    if "failed" in result:
        return [[result["question"], "", "", f"no result: {result['failed']}", ""]]
    lines: list[list[object]] = []
    for row in result.get("rows", []):
        ours = [row["what"], f"{row['figure']:,g}", row["unit"]]
        beside = [[peer, f"{times:.3g}"] for peer, times in row["times"].items()] or [["", ""]]
        lines += [[*(ours if number == 0 else ["", "", ""]), *one] for number, one in enumerate(beside)]
    return lines


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=float, nargs="+", default=[1.0], help="millions of hashes to search among")
    options.add_argument("--only", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    options.add_argument("--minutes", type=float, default=10.0, help="for everything together")
    chosen = options.parse_args()
    ends = time.monotonic() + chosen.minutes * 60
    arguments = {
        "hamming": ["--sizes", *(str(size) for size in chosen.sizes)],
        "findable": ["--millions", str(max(chosen.sizes))],
    }
    asked = [question for question in QUESTIONS if question in chosen.only and (FOLDER / f"{question}.py").exists()]
    results = [ask(question, arguments.get(question, []), ends - time.monotonic()) for question in asked]
    print("\n## Everything\n")
    lines = [line for result in results for line in lines_of(result)]
    print_table(["what", "Fanal", "unit", "beside", "times better"], lines)
    print("\nkept:", keep("bench", {"results": results}).name)
    sys.exit(any("failed" in result for result in results))


if __name__ == "__main__":
    main()
