"""Ask servers, in a process of its own, which can be stopped whatever the servers do.

Run as a script: questions come through the standard input as JSON, a list of addresses and what to
send there (null for nothing); answers go out, one a line: the headers Date and Age, and the body
in base64. Of the standard library alone.
"""

from __future__ import annotations

import base64
import http.client
import json
import sys
import urllib.error
import urllib.request

#: What it exits with if a server does not answer.
UNANSWERED = 3


def main() -> int:
    """Ask, and write down each answer."""
    for address, sent in json.load(sys.stdin):
        data = None if sent is None else json.dumps(sent).encode()
        kind = {} if data is None else {"Content-Type": "application/json"}
        # What is no http is refused by whoever asks.
        request = urllib.request.Request(address, data, kind)  # noqa: S310
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                told = {name: answer.headers.get(name) for name in ("Date", "Age")}
                body = base64.b64encode(answer.read()).decode("ascii")
        except (urllib.error.URLError, OSError, http.client.HTTPException) as refused:
            sys.stderr.write(f"{address}: {refused}\n")
            return UNANSWERED
        sys.stdout.write(
            json.dumps({"date": told["Date"], "age": told["Age"], "body": body}) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
