"""delay.py LISTEN PORT MILLISECONDS: passes connections on to PORT of this machine, each byte later by so much, both ways."""

import asyncio
import sys

listen, target, delay = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000


async def pipe(reader, writer):
    loop = asyncio.get_running_loop()
    while data := await reader.read(65536):
        loop.call_later(delay, writer.write, data)
    loop.call_later(delay, writer.close)


async def serve(reader, writer):
    there, away = await asyncio.open_connection("127.0.0.1", target)
    await asyncio.gather(pipe(reader, away), pipe(there, writer))


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", listen) as server:
        await server.serve_forever()


asyncio.run(main())
