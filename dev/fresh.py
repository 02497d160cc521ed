"""`make fresh`: forget all data of `make run`, once nothing runs on it any more."""

import shutil

from dev import servers

if __name__ == "__main__":
    servers.only_one()
    data = servers.LOCAL / "postgres"
    if (data / "postmaster.pid").exists():
        servers.stop_postgres(data)
    for path in servers.LOCAL.iterdir():
        if path.is_dir() and path.name != "tests":
            shutil.rmtree(path)
        elif path.name.startswith(
            ("beat-schedule", "stripe.")
        ):  # the fake remembers payments of data that is gone
            path.unlink()
    print("All data of make run is gone.")
