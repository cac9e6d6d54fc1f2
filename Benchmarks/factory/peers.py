"""What others do of a Factory's work, each by its own library at the same Slurm. Prints name=seconds.

usage: peers.py tardis DRONES KEY KNOWN_HOSTS      drones requested -> all have a job, over SSH, states kept in SQLite
       peers.py dask WORKERS                       workers wanted -> all connected; runs at the site
       peers.py psij                               last act of a job -> its end is known; runs at the site
"""
import asyncio
import os
import sys
import tempfile
import time

# With little before and after what is timed: no interval of COBalD's controllers, and the shortest heartbeat.
TARDIS = """
Plugins:
  SqliteRegistry:
    db_file: {folder}/drones.db
BatchSystem:
  adapter: FakeBatchSystem
  allocation: 1.0
  utilisation: 1.0
  machine_status: Available
Sites:
  - name: Alpha
    adapter: Slurm
    quota: -1
    drone_heartbeat_interval: 1
Alpha:
  executor: !SSHExecutor
    host: alpha
    username: alice
    client_keys: [{key}]
    known_hosts: {known_hosts}
  MachineTypes: [one]
  MachineTypeConfiguration:
    one:
      Walltime: 10
      Partition: main
      StartupCommand: drone.sh
  MachineMetaData:
    one:
      Cores: 1
      Memory: 0.064
      Disk: 1
"""


def tardis(drones, key, known_hosts):
    from functools import partial
    from importlib import import_module

    from tardis.configuration.configuration import Configuration
    from tardis.resources.dronestates import RequestState
    from tardis.resources import poolfactory

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/tardis.yml"
        with open(path, "w") as file:
            file.write(TARDIS.format(folder=folder, key=key, known_hosts=known_hosts))
        configuration = Configuration(path)
        plugins = poolfactory.load_plugins()
        batch = poolfactory.BatchSystemAgent(
            batch_system_adapter=import_module("tardis.adapters.batchsystems.fakebatchsystem").FakeBatchSystemAdapter())
        site = poolfactory.SiteAgent(
            import_module("tardis.adapters.sites.slurm").SlurmAdapter(machine_type="one", site_name="Alpha"))
        make = partial(
            poolfactory.create_drone, site_agent=site, batch_system_agent=batch, plugins=plugins.values())

        async def run():
            began = time.monotonic()
            fleet = [make() for _ in range(drones)]
            tasks = [asyncio.ensure_future(drone.run()) for drone in fleet]
            # A drone leaves RequestState once it has a job, after its new state was written.
            while any(drone.state is None or isinstance(drone.state, RequestState) for drone in fleet):
                await asyncio.sleep(0.01)
            seconds = time.monotonic() - began
            have = sum(1 for drone in fleet if drone.resource_attributes.remote_resource_uuid)
            for task in tasks:
                task.cancel()
            if have < drones:
                sys.exit(f"peers.py: only {have} of {drones} drones have a job")
            print(f"tardis_s={seconds:.3f}", flush=True)

        asyncio.run(run())
        os._exit(0)  # COBalD's runtime was never started, and its threads would be waited for.


def dask(workers):
    from dask.distributed import Client
    from dask_jobqueue import SLURMCluster

    with SLURMCluster(cores=1, memory="256MB", walltime="00:10:00", queue="main") as cluster:
        with Client(cluster) as client:
            began = time.monotonic()
            cluster.scale(workers)
            client.wait_for_workers(workers, timeout=120)
            print(f"dask_s={time.monotonic() - began:.3f}", flush=True)


def psij():
    import psij

    with tempfile.TemporaryDirectory(dir=os.path.expanduser("~")) as folder:
        job = psij.Job(psij.JobSpec(
            executable="/bin/sh", arguments=["-c", f"sleep 3; date +%s.%N >{folder}/end"]))
        psij.JobExecutor.get_instance("slurm").submit(job)
        job.wait()
        known = time.time()
        with open(f"{folder}/end") as file:
            print(f"psij_known_s={known - float(file.read()):.3f}", flush=True)
    os._exit(0)


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["tardis"] and len(words) == 4:
        tardis(int(words[1]), words[2], words[3])
    elif words[:1] == ["dask"] and len(words) == 2:
        dask(int(words[1]))
    elif words == ["psij"]:
        psij()
    else:
        sys.exit(__doc__)
