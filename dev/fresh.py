"""`make fresh`: forget all data of `make run`, once nothing runs on it any more."""

import shutil

from dev import postgres, servers

REMEMBERED = "stripe."  # the fake Stripe remembers payments of data that is gone

if __name__ == "__main__":
    servers.only_one()
    postgres.stop(servers.LOCAL / "postgres")
    for path in servers.LOCAL.iterdir():
        if path.is_dir() and path.name not in {"tests", "mypy"}:
            shutil.rmtree(path)
        elif path.name.startswith(REMEMBERED):
            path.unlink()
    print("All data of make run is gone.")
