"""A client that has Tap's address written into it: Python's httpx."""
import os
import pathlib

import httpx

response = httpx.post("https://api.tap.company/v2/charges", content=(pathlib.Path(__file__).parent / "charge.json").read_bytes(),
                      headers={"Authorization": "Bearer " + os.environ["TAP_SECRET_KEY"], "Content-Type": "application/json"})
print(response.json()["status"])
