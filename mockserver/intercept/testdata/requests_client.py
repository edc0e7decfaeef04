"""A client that has Tap's address written into it: Python's requests."""
import os
import pathlib

import requests

response = requests.post("https://api.tap.company/v2/charges", data=(pathlib.Path(__file__).parent / "charge.json").read_bytes(),
                         headers={"Authorization": "Bearer " + os.environ["TAP_SECRET_KEY"], "Content-Type": "application/json"}, timeout=10)
print(response.json()["status"])
