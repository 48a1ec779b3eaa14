"""usage: main.py PORT CITYPORT OTHERPORT"""
import asyncio
import sys

from tolls import CITY, Gate, tasks

if __name__ == "__main__":
    asyncio.run(tasks.run(Gate(int(sys.argv[3]), CITY, 2).serve_forever()))
    print("closed", flush=True)
