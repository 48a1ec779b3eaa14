"""usage: main.py PORT CITYPORT OTHERPORT"""
import asyncore
import sys

from tolls import CITY, Gate

if __name__ == "__main__":
    Gate(int(sys.argv[3]), CITY, 2)
    asyncore.loop()
    print("closed", flush=True)
