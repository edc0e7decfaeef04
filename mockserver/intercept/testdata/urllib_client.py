"""A client that has Tap's address written into it: Python's urllib."""
import json
import os
import pathlib
import urllib.request

request = urllib.request.Request("https://api.tap.company/v2/charges", method="POST", data=(pathlib.Path(__file__).parent / "charge.json").read_bytes())
request.add_header("Authorization", "Bearer " + os.environ["TAP_SECRET_KEY"])
request.add_header("Content-Type", "application/json")
with urllib.request.urlopen(request) as response:
    print(json.load(response)["status"])
